"""What is logged of Router calls, and when the Router's answers as a whole count as unusable."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import structlog
from structlog.testing import LogCapture

from scanner.escn import Escn
from tests.unit.router.test_limits import Clock
from validator.router import health as health_module
from validator.router.answers import RouterFailure, UnknownCard
from validator.router.config import Endpoint
from validator.router.health import MAX_KINDS, QUIET_S, REMIND_S, AccessMonitor, CallLog
from validator.router.reply import TryNextEndpoint
from validator.verdict import Reason

if TYPE_CHECKING:
    from validator.router.answers import RouterAnswer

STATUS_V2, VERIFIER = Endpoint.STATUS_V2, Endpoint.VERIFIER
GOOD = UnknownCard()
ODD = RouterFailure(Reason.ROUTER_ANSWER_UNUSABLE, "200, the status is none of the three words")
NO_JSON = RouterFailure(Reason.ROUTER_ANSWER_UNUSABLE, "200, not JSON in UTF-8")
SLOW = RouterFailure(Reason.ROUTER_TIMEOUT, "no answer in time")
RATE_LIMITED = RouterFailure(Reason.TOO_MANY_CHECKS, "our limit on calls per second")


@pytest.fixture(name="lines")
def _lines(monkeypatch: pytest.MonkeyPatch) -> list[structlog.typing.EventDict]:
    """What is logged during the test."""
    captured = LogCapture()
    monkeypatch.setattr(health_module, "log", structlog.wrap_logger(None, processors=[captured]))
    return captured.entries


@pytest.fixture(name="clock")
def _clock() -> Clock:
    return Clock()


@pytest.fixture(name="call_log")
def _call_log(clock: Clock) -> CallLog:
    return CallLog(clock)


def refusal(status: int) -> RouterFailure:
    """The failure if the Router refuses us access with this status."""
    return RouterFailure(Reason.ROUTER_REFUSED, str(status))


def test_a_refusal_is_logged_once_until_it_changes(lines: list[structlog.typing.EventDict]) -> None:
    """However many cards are refused, the log has one line; another status and the end have a line each."""
    monitor = AccessMonitor()
    for answer in (refusal(401), refusal(401), refusal(403), refusal(403), UnknownCard(), UnknownCard()):
        monitor.record(STATUS_V2, answer)

    assert [(line["event"], line["log_level"], line.get("status")) for line in lines] == [
        ("router_access_refused", "error", "401"),
        ("router_access_refused", "error", "403"),
        ("router_access_restored", "info", None),
    ]


def test_access_is_monitored_per_endpoint() -> None:
    """A success of one endpoint does not end the refusal of the other; another kind of failure does."""
    monitor = AccessMonitor()
    monitor.record(STATUS_V2, TryNextEndpoint(refusal(403), path_missing=False))
    monitor.record(VERIFIER, UnknownCard())
    assert monitor.refusing() == ("status-v2",)
    monitor.record(STATUS_V2, RouterFailure(Reason.ROUTER_ERROR, "500"))
    assert monitor.refusing() == ()


def card(issuer: int = 1) -> Escn:
    """A card of this issuer."""
    return Escn.parse(f"3e506370-826a-103d-bf76-001{issuer:09d}")


def record(call_log: CallLog, *answers: RouterAnswer) -> None:
    """Record these outcomes, all about one issuer's cards."""
    for answer in answers:
        call_log.record(card(), answer)


def details(lines: list[structlog.typing.EventDict]) -> list[tuple[object, ...]]:
    """The detail of each line (None for a recovery) and how many outcomes were skipped before it."""
    return [(line.get("why"), line["count"]) for line in lines]


def test_a_failure_is_logged_once_per_change_with_a_count(
    call_log: CallLog, lines: list[structlog.typing.EventDict]
) -> None:
    """Repeats are counted, another failure has another line, an answer ends it; no number is logged."""
    record(call_log, GOOD, ODD, ODD, ODD, SLOW, SLOW, GOOD, GOOD)

    assert details(lines) == [(ODD.detail, 0), (SLOW.detail, 0), (None, 3)]
    assert lines[0]["cause"] == "unusable"
    assert card().value not in str(lines)


def test_an_intermittent_failure_does_not_fill_the_log(
    call_log: CallLog, clock: Clock, lines: list[structlog.typing.EventDict]
) -> None:
    """One issuer's odd cards among good ones: two lines a minute at most."""
    for _ in range(int(3 * QUIET_S)):
        record(call_log, ODD, GOOD)
        clock.now += 1

    assert details(lines) == [(ODD.detail, 0), (None, 0), *[(ODD.detail, QUIET_S - 1), (None, 0)] * 2]


def test_a_lasting_failure_is_logged_every_hour(
    call_log: CallLog, clock: Clock, lines: list[structlog.typing.EventDict]
) -> None:
    """So a log that was rotated still has it."""
    for _ in range(3):
        record(call_log, SLOW)
        clock.now += REMIND_S / 2

    assert details(lines) == [(SLOW.detail, 0), (SLOW.detail, 1)]


def test_the_number_of_failure_kinds_in_memory_is_bounded(call_log: CallLog) -> None:
    """The Router chooses the statuses."""
    record(call_log, *(RouterFailure(Reason.ROUTER_ERROR, str(status)) for status in range(500, 600)))

    assert len(call_log._repeats._logged_at) == MAX_KINDS


@pytest.mark.parametrize(
    ("outcomes", "unusable"),
    [
        ({1: [ODD], 2: [NO_JSON]}, True),
        ({1: [ODD, ODD, GOOD], 2: [ODD], 3: [GOOD]}, True),
        ({1: [ODD] * 9}, False),
        ({1: [ODD] * 2, 2: [ODD, GOOD], 3: [GOOD] * 2}, False),
        ({1: [SLOW], 2: [SLOW], 3: [RATE_LIMITED]}, False),
        ({1: [ODD], 2: [ODD], 3: [SLOW] * 5}, True),
    ],
)
def test_answers_are_unusable_if_most_are_for_several_issuers(
    call_log: CallLog,
    clock: Clock,
    outcomes: dict[int, list[RouterAnswer]],
    unusable: bool,  # noqa: FBT001 - pytest's form
) -> None:
    """Odd cards of one issuer do not count against the Router; after an hour all is forgotten."""
    for issuer, answers in outcomes.items():
        for answer in answers:
            call_log.record(card(issuer), answer)

    assert call_log.recent().answers_unusable is unusable
    clock.now += REMIND_S
    assert not call_log.recent().answers_unusable


def test_the_last_outcome_counts(call_log: CallLog) -> None:
    """A call that we rejected changes nothing; an answer ends a failure, which is reported for an hour."""
    record(call_log, SLOW, SLOW, RATE_LIMITED)
    assert (call_log.recent().current_failure, call_log.recent().consecutive_failures) == (SLOW, 2)
    record(call_log, GOOD)
    assert (call_log.recent().current_failure, call_log.recent().consecutive_failures) == (None, 0)
    assert call_log.recent().latest_failure == SLOW
