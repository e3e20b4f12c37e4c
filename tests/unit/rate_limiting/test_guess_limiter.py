"""The limits of callers: who is who, what a verdict teaches, and that nothing that is kept can break them."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING
from uuid import uuid4

import pytest
from structlog.testing import capture_logs

from scanner.escn import Escn
from scanner.payload import Payload
from scanner.pool import Reading
from tests.support.cards import ANNA
from tests.unit.rate_limiting.callers import FINGERPRINTS_KEY, NOON, THRESHOLDS, draws, issued
from tests.unit.rate_limiting.conftest import in_memory
from validator.accounts.identity import Caller, CallerKind
from validator.checking.checker import Admission
from validator.rate_limiting.guess_limiter import MAX_UNSAVED, GuessLimiter, answer_of
from validator.rate_limiting.rules import Answer
from validator.rate_limiting.state import from_text, to_text
from validator.rate_limiting.store import DegradingStore, SqliteStore, open_store
from validator.verdict import Card, Outcome, Reason, Source, Verdict

if TYPE_CHECKING:
    from pathlib import Path

SARA = Caller(CallerKind.PERSON, 1, "sara")
CARD = Payload(Escn(ANNA))


class Managers:
    """Hear of alerts."""

    def __init__(self) -> None:
        self.heard: list[tuple[Caller, str]] = []

    def alert(self, caller: Caller, kind: str) -> None:
        self.heard.append((caller, kind))


class Site:
    """Limits on a clock of their own."""

    def __init__(self) -> None:
        self.now = NOON
        self.managers = Managers()
        self.store = in_memory()
        self.limits = GuessLimiter(self.store, THRESHOLDS, FINGERPRINTS_KEY, lambda: self.now, self.managers)

    def guess(self, caller: Caller, times: int) -> int:
        """How many of these random numbers this caller gets checked."""
        return sum(self._guess(caller) for _ in range(times))

    def _guess(self, caller: Caller) -> bool:
        return checked(self.limits, caller, Payload(Escn(str(uuid4()))), Reason.UNKNOWN_CARD)


def checked(limits: GuessLimiter, caller: Caller, payload: Payload, reason: Reason) -> bool:
    """Whether this caller gets this answer."""
    admission = limits.allow(caller)
    if admission is Admission.DENIED:
        return False
    return limits.after_answer(caller, payload, verdict(reason), admission)


def verdict(reason: Reason) -> Verdict:
    return Verdict(reason, Source.ROUTER, Card("3e50…0001"))


@pytest.mark.parametrize("reason", list(Reason))
def test_what_a_verdict_teaches(reason: Reason) -> None:
    """Not valid is known, not registered is unknown, and no verdict teaches nothing."""
    expected = {
        Outcome.VALID: Answer.KNOWN,
        Outcome.NOT_VALID: Answer.KNOWN,
        Outcome.COULD_NOT_CHECK: Answer.NONE,
    }
    expects = Answer.UNKNOWN if reason is Reason.UNKNOWN_CARD else expected[reason.outcome]

    assert answer_of(verdict(reason)) is expects


def test_an_alert_names_the_caller_by_kind_and_id() -> None:
    """The alert names the caller, once; everybody else is as free as before."""
    site = Site()
    others = [
        replace(SARA, id=2),
        replace(SARA, kind=CallerKind.KIOSK),
        replace(SARA, kind=CallerKind.DEVICE),
    ]

    assert 30 < site.guess(SARA, 100) < 50
    assert site.managers.heard == [(SARA, "guessing")]
    assert all(site.limits.allow(other) is not Admission.DENIED for other in others)
    assert site.limits.allow(replace(SARA, name="sara by another name")) is Admission.DENIED


def test_codes_without_a_number_are_noted() -> None:
    """After two hundred of them a guesser is found a dozen guesses earlier."""
    plain, clumsy = Site(), Site()
    for _ in range(200):
        clumsy.limits.after_bad_input(SARA)

    assert clumsy.guess(SARA, 100) < plain.guess(SARA, 100) - 8


def test_remembered_answers_count_too() -> None:
    """An account with known cards from memory is not limited."""
    site = Site()
    site.guess(SARA, 30)
    for _ in range(15):
        payload = Payload(Escn(str(uuid4())))
        cached = replace(verdict(Reason.EXPIRED), source=Source.CACHE)
        site.limits.after_answer(SARA, payload, cached, site.limits.allow(SARA))

    assert site.guess(SARA, 30) == 30


def test_pictures_have_a_limit_of_their_own() -> None:
    """Two expensive ones use up a caller's uploads for twelve seconds; checks and other callers are free."""
    site = Site()
    sent = 0
    while sent < 10 and site.limits.allow_upload(SARA):
        site.limits.after_upload(SARA, Reading(seconds=2.0))
        sent += 1

    assert sent == 2
    assert site.limits.allow(SARA) is Admission.COUNTED
    assert site.limits.allow_upload(replace(SARA, id=2))
    site.now += 12
    assert site.limits.allow_upload(SARA)


@pytest.mark.parametrize("kept", ["", "nonsense", '{"v":0}', "[]", '{"v":1,"at":"noon"}'])
def test_a_damaged_state_starts_from_the_beginning(kept: str) -> None:
    """A file of another version delays no caller."""
    site = Site()
    site.store.change("person:1", lambda _kept: (kept, None), NOON)

    assert site.limits.allow(SARA) is Admission.COUNTED


def test_a_day_later_all_is_forgotten() -> None:
    """A purge deletes who was not here for a day; their next check is a initial's."""
    site = Site()
    site.guess(SARA, 100)

    site.now += 86_401
    site.limits.purge()

    assert 30 < site.guess(SARA, 100) < 50
    assert len(site.managers.heard) == 2


def test_sites_that_share_a_redis_share_no_count(redis_url: str, tmp_path: Path) -> None:
    """Keys begin with a hash of the site's secret; nothing is opened before the first use."""
    one, other = (open_store(secret, tmp_path, redis_url) for secret in ("one secret", "another"))

    assert one.change("sara", lambda text: ("1", text), NOON) is None
    assert other.change("sara", lambda text: ("1", text), NOON) is None
    assert one.change("sara", lambda text: ("1", text), NOON) == "1"
    assert one.healthy()
    one.close()
    other.close()
    assert not open_store("one secret", tmp_path / "gone", None).healthy()


class Counting(SqliteStore):
    """Memory that counts its writes."""

    def __init__(self) -> None:
        super().__init__(None)
        self.writes = 0

    def swap(self, key: str, old: str | None, new: str | None, now: float) -> bool:
        self.writes += 1
        return super().swap(key, old, new, now)


def two_processes() -> tuple[Counting, GuessLimiter, GuessLimiter]:
    """Two processes with one store, each with a memory of its own, at noon."""
    shared = Counting()
    one, other = (
        GuessLimiter(
            DegradingStore(shared, lambda: 0.0), THRESHOLDS, FINGERPRINTS_KEY, lambda: NOON, Managers()
        )
        for _ in range(2)
    )
    return shared, one, other


def test_a_check_writes_once_and_a_repeated_one_not_at_all() -> None:
    """The first check of a caller twice, since this process knows nothing of the caller."""
    shared, limits, _ = two_processes()
    draw = draws(1)
    assert checked(limits, SARA, CARD, Reason.ACTIVE)
    assert shared.writes == 2

    for _ in range(10):
        assert checked(limits, SARA, Payload(issued(draw)), Reason.ACTIVE)
    assert shared.writes == 12
    for _ in range(MAX_UNSAVED):
        assert checked(limits, SARA, CARD, Reason.ACTIVE)
    assert shared.writes == 12
    assert checked(limits, SARA, CARD, Reason.ACTIVE)
    assert shared.writes == 13


def test_no_answer_is_given_that_the_shared_state_does_not_allow() -> None:
    """This process last saw Sara far from every threshold; in another one she used up everything."""
    _, one, other = two_processes()
    draw = draws(2)
    assert checked(one, SARA, CARD, Reason.ACTIVE)
    while checked(other, SARA, Payload(issued(draw)), Reason.UNKNOWN_CARD):
        pass

    admission = one.allow(SARA)
    assert admission is Admission.PENDING
    assert not one.after_answer(SARA, Payload(issued(draw)), verdict(Reason.UNKNOWN_CARD), admission)
    assert one.allow(SARA) is Admission.DENIED


def test_checks_in_progress_count_before_their_answers() -> None:
    """However many begin together, no more are pending than a process may have uncounted."""
    _, limits, _ = two_processes()
    assert checked(limits, SARA, CARD, Reason.ACTIVE)
    begun = [limits.allow(SARA) for _ in range(300)]

    assert begun.count(Admission.PENDING) == THRESHOLDS.hour.size - THRESHOLDS.far
    assert begun.count(Admission.DENIED) >= 300 - THRESHOLDS.hour.size - THRESHOLDS.hour.size


def test_a_check_that_has_ended_is_no_longer_pending() -> None:
    """Of the checks that a new caller makes one after the other, those far from the limit are pending."""
    _, limits, _ = two_processes()
    assert checked(limits, SARA, CARD, Reason.ACTIVE)
    admissions = []
    for _ in range(100):
        admissions.append(limits.allow(SARA))
        limits.after_answer(SARA, CARD, verdict(Reason.ACTIVE), admissions[-1])

    assert admissions.count(Admission.PENDING) == THRESHOLDS.pace.size - 1 - THRESHOLDS.far


def test_one_that_ends_makes_room_for_one() -> None:
    """Fifty checks are in progress, as many as may be; after one has ended, one more may be pending."""
    _, limits, _ = two_processes()
    assert checked(limits, SARA, CARD, Reason.ACTIVE)
    assert {limits.allow(SARA) for _ in range(50)} == {Admission.PENDING}

    assert limits.after_answer(SARA, CARD, verdict(Reason.ACTIVE), Admission.PENDING)

    assert [limits.allow(SARA) for _ in range(2)] == [Admission.PENDING, Admission.COUNTED]


def in_another_process(shared: Counting, **levels: float) -> None:
    """Sara's checks there left so much."""
    text = shared.get("person:1", NOON) or ""
    state = from_text(text)
    assert state
    shared.swap("person:1", text, to_text(replace(state, **levels)), NOON)  # type: ignore[arg-type]  # floats


def test_unsaved_checks_count_where_another_process_left_little() -> None:
    """Three repeated checks are in this process alone; the other one left half a check."""
    shared, limits, _ = two_processes()
    assert all(checked(limits, SARA, CARD, Reason.ACTIVE) for _ in range(4))
    admission = limits.allow(SARA)
    in_another_process(shared, pace=0.5)

    assert not limits.after_answer(SARA, Payload(issued(draws(1))), verdict(Reason.ACTIVE), admission)


def test_an_alert_that_a_pending_check_causes_is_not_lost() -> None:
    """Another process used up the caller's hour, but for what an alert needs, while the check was pending."""
    shared, limits, _ = two_processes()
    assert checked(limits, SARA, CARD, Reason.ACTIVE)
    admission = limits.allow(SARA)
    in_another_process(shared, hour=15.0)

    assert limits.after_answer(SARA, Payload(issued(draws(1))), verdict(Reason.UNKNOWN_CARD), admission)
    assert isinstance(limits.alerts, Managers)
    assert limits.alerts.heard == [(SARA, "many_unknown")]


def test_an_alert_is_in_the_log_without_a_name() -> None:
    """By kind and id, as the audit log has the caller."""
    with capture_logs() as logs:
        Site().guess(SARA, 100)

    assert logs == [
        {"event": "alert", "log_level": "warning", "kind": "guessing", "caller": "person", "caller_id": 1}
    ]


def test_a_pending_check_counts_although_the_process_forgot_its_caller() -> None:
    """A purge between the check and its answer loses nothing."""
    shared, limits, _ = two_processes()
    assert checked(limits, SARA, CARD, Reason.ACTIVE)
    admission = limits.allow(SARA)
    limits.purge()
    before = shared.writes

    assert limits.after_answer(SARA, CARD, verdict(Reason.ACTIVE), admission)
    assert shared.writes == before + 1


def test_repeated_checks_use_up_the_pace() -> None:
    """Those that were counted in memory alone, too."""
    _, limits, _ = two_processes()
    allowed = [checked(limits, SARA, CARD, Reason.ACTIVE) for _ in range(200)]

    assert allowed.count(True) == THRESHOLDS.pace.size


def test_repeated_checks_in_two_processes_use_up_one_pace() -> None:
    """What a process has not saved is not lost when another one writes; at the end some are unsaved."""
    _, *both = two_processes()
    allowed = [checked(both[turn % 2], SARA, CARD, Reason.ACTIVE) for turn in range(300)]

    assert THRESHOLDS.pace.size <= allowed.count(True) <= THRESHOLDS.pace.size + MAX_UNSAVED


def test_a_purge_forgets_the_memory_of_a_process() -> None:
    """What is deleted from the store is not kept elsewhere."""
    _, limits, _ = two_processes()
    assert checked(limits, SARA, CARD, Reason.ACTIVE)
    limits.purge()

    assert limits.allow(SARA) is Admission.COUNTED
