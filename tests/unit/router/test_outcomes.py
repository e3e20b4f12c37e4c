"""What is logged of failed calls, and when the Router's answers as a whole cannot be used."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import structlog
from structlog.testing import LogCapture

from scanner.escn import Escn
from tests.unit.router.test_pacing import Clock
from validator.router import outcomes as outcomes_module
from validator.router.answers import RouterFailure, UnknownCard
from validator.router.outcomes import MOST_KINDS, QUIET_S, REMIND_S, OutcomeLog
from validator.verdict import Reason

if TYPE_CHECKING:
    from validator.router.answers import RouterAnswer

FINE = UnknownCard()
ODD = RouterFailure(Reason.ROUTER_ANSWER_UNUSABLE, "200, the status is none of the three words")
NO_JSON = RouterFailure(Reason.ROUTER_ANSWER_UNUSABLE, "200, not JSON in UTF-8")
SLOW = RouterFailure(Reason.ROUTER_TIMEOUT, "no answer in time")
HELD_BACK = RouterFailure(Reason.TOO_MANY_CHECKS, "the ceiling on our own calls")


@pytest.fixture(name="lines")
def _lines(monkeypatch: pytest.MonkeyPatch) -> list[structlog.typing.EventDict]:
    """What is logged from here on."""
    captured = LogCapture()
    monkeypatch.setattr(outcomes_module, "log", structlog.wrap_logger(None, processors=[captured]))
    return captured.entries


@pytest.fixture(name="clock")
def _clock() -> Clock:
    return Clock()


@pytest.fixture(name="noted")
def _noted(clock: Clock) -> OutcomeLog:
    return OutcomeLog(clock)


def card(issuer: int = 1) -> Escn:
    """A card of this issuer."""
    return Escn.parse(f"3e506370-826a-103d-bf76-001{issuer:09d}")


def note(noted: OutcomeLog, *answers: RouterAnswer) -> None:
    """Note these outcomes, all about one issuer's cards."""
    for answer in answers:
        noted.note(card(), answer)


def told(lines: list[structlog.typing.EventDict]) -> list[tuple[object, ...]]:
    """The detail of each line, None for the end of a failure, and how many were passed over."""
    return [(line.get("why"), line["count"]) for line in lines]


def test_a_failure_is_logged_once_per_change_with_a_count(
    noted: OutcomeLog, lines: list[structlog.typing.EventDict]
) -> None:
    """A repeat is counted, another failure is another line, the first answer ends it; no number is logged."""
    note(noted, FINE, ODD, ODD, ODD, SLOW, SLOW, FINE, FINE)

    assert told(lines) == [(ODD.detail, 0), (SLOW.detail, 0), (None, 3)]
    assert lines[0]["cause"] == "unusable"
    assert card().value not in str(lines)


def test_what_comes_and_goes_does_not_fill_the_log(
    noted: OutcomeLog, clock: Clock, lines: list[structlog.typing.EventDict]
) -> None:
    """One issuer's odd cards among good ones: two lines a minute at most."""
    for _ in range(int(3 * QUIET_S)):
        note(noted, ODD, FINE)
        clock.now += 1

    assert told(lines) == [(ODD.detail, 0), (None, 0), *[(ODD.detail, QUIET_S - 1), (None, 0)] * 2]


def test_a_failure_that_goes_on_is_logged_every_hour(
    noted: OutcomeLog, clock: Clock, lines: list[structlog.typing.EventDict]
) -> None:
    """So that a log that was rotated still says it."""
    for _ in range(3):
        note(noted, SLOW)
        clock.now += REMIND_S / 2

    assert told(lines) == [(SLOW.detail, 0), (SLOW.detail, 1)]


def test_no_number_of_odd_details_fills_the_memory(noted: OutcomeLog) -> None:
    """Statuses are the Router's to choose."""
    note(noted, *(RouterFailure(Reason.ROUTER_ERROR, str(status)) for status in range(500, 600)))

    assert len(noted._lines._at) == MOST_KINDS


@pytest.mark.parametrize(
    ("outcomes", "unusable"),
    [
        ({1: [ODD], 2: [NO_JSON]}, True),
        ({1: [ODD, ODD, FINE], 2: [ODD], 3: [FINE]}, True),
        ({1: [ODD] * 9}, False),
        ({1: [ODD] * 2, 2: [ODD, FINE], 3: [FINE] * 2}, False),
        ({1: [SLOW], 2: [SLOW], 3: [HELD_BACK]}, False),
        ({1: [ODD], 2: [ODD], 3: [SLOW] * 5}, True),
    ],
)
def test_answers_are_unusable_where_most_are_over_several_issuers(
    noted: OutcomeLog,
    clock: Clock,
    outcomes: dict[int, list[RouterAnswer]],
    unusable: bool,  # noqa: FBT001 - pytest's form
) -> None:
    """One issuer's odd cards are that issuer's; no answer says nothing; an hour later nobody knows."""
    for issuer, answers in outcomes.items():
        for answer in answers:
            noted.note(card(issuer), answer)

    assert noted.lately().unusable is unusable
    clock.now += REMIND_S
    assert not noted.lately().unusable


def test_the_last_outcome_is_the_one_that_counts(noted: OutcomeLog) -> None:
    """What we hold back changes nothing; an answer ends a failure, which stays known for an hour."""
    note(noted, SLOW, SLOW, HELD_BACK)
    assert (noted.lately().failing, noted.lately().in_a_row) == (SLOW, 2)
    note(noted, FINE)
    assert (noted.lately().failing, noted.lately().in_a_row) == (None, 0)
    assert noted.lately().latest_failure == SLOW
