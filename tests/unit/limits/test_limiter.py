"""The limits of callers: who is who, what a verdict teaches, and that nothing that is kept can break them."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING
from uuid import uuid4

import pytest

from scanner.escn import Escn
from scanner.payload import Payload
from tests.support.cards import ANNA
from tests.unit.limits.callers import FIGURES, NOON, PRINTS_KEY
from validator.accounts.identity import Caller, CallerKind
from validator.limits.brake import Answer
from validator.limits.limiter import Limiter, answer_of
from validator.limits.parts import limits, redis_store
from validator.limits.shared import Shared
from validator.limits.store import OwnStore
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
        self.store = OwnStore()
        shared = Shared(self.store, lambda: self.now)
        self.limits = Limiter(shared, FIGURES, PRINTS_KEY, lambda: self.now, self.managers)

    def guess(self, caller: Caller, times: int) -> int:
        """How many of so many random numbers this caller has checked."""
        return sum(self._guess(caller) for _ in range(times))

    def _guess(self, caller: Caller) -> bool:
        payload = Payload(Escn(str(uuid4())))
        if not self.limits.admits(caller, payload):
            return False
        self.limits.told(caller, payload, verdict(Reason.UNKNOWN_CARD))
        return True


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


def test_a_guesser_is_told_of_by_kind_and_id() -> None:
    """The alert names the caller, once; everybody else is as free as before."""
    site = Site()
    others = [
        replace(SARA, id=2),
        replace(SARA, kind=CallerKind.KIOSK),
        replace(SARA, kind=CallerKind.DEVICE),
    ]

    assert 30 < site.guess(SARA, 100) < 50
    assert site.managers.heard == [(SARA, "guessing")]
    assert all(site.limits.admits(other, CARD) for other in others)
    assert not site.limits.admits(replace(SARA, name="sara by another name"), CARD)


def test_codes_without_a_number_are_noted() -> None:
    """After two hundred of them a guesser is found a dozen guesses earlier."""
    plain, clumsy = Site(), Site()
    for _ in range(200):
        clumsy.limits.refused(SARA)

    assert clumsy.guess(SARA, 100) < plain.guess(SARA, 100) - 8


def test_remembered_answers_count_too() -> None:
    """Sixty known cards from memory keep an account free of the brake."""
    site = Site()
    site.guess(SARA, 30)
    for _ in range(15):
        payload = Payload(Escn(str(uuid4())))
        site.limits.told(SARA, payload, replace(verdict(Reason.EXPIRED), source=Source.CACHE))

    assert site.guess(SARA, 30) == 30


@pytest.mark.parametrize("kept", ["", "nonsense", '{"v":0}', "[]", '{"v":1,"at":"noon"}'])
def test_a_standing_that_cannot_be_read_starts_anew(kept: str) -> None:
    """A file of another version holds nobody back."""
    site = Site()
    site.store.change("person:1", lambda _kept: (kept, None), NOON)

    assert site.limits.admits(SARA, CARD)


def test_a_day_later_all_is_forgotten() -> None:
    """A purge deletes who was not here for a day; their next check is a newcomer's."""
    site = Site()
    site.guess(SARA, 100)

    site.now += 86_401
    site.limits.purge()

    assert 30 < site.guess(SARA, 100) < 50
    assert len(site.managers.heard) == 2


def test_sites_that_share_a_redis_share_no_count(tmp_path: Path) -> None:
    """Keys begin with what the site's secret gives; opening is left to the first use."""
    one, other = (redis_store(secret, "redis://127.0.0.1:1/0") for secret in ("one secret", "another"))

    assert vars(one)["_prefix"] != vars(other)["_prefix"]
    built = limits("one secret", tmp_path / "gone", None, Managers())
    assert built.admits(SARA, CARD)
    assert not built.healthy()
