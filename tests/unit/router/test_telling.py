"""What the operator is told: a refusal once, a biting ceiling once a minute, a clock that is wrong."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
import structlog
from structlog.testing import LogCapture

from tests.unit.router.test_pacing import Clock
from validator.router import alarm as alarm_module
from validator.router import ceiling as ceiling_module
from validator.router.alarm import RefusalAlarm
from validator.router.answers import RouterFailure, UnknownCard
from validator.router.ceiling import TOLD_EVERY_S, Ceiling
from validator.router.config import Endpoint
from validator.router.reply import Elsewhere
from validator.router.skew import Skew
from validator.verdict import Reason

STATUS_V2, VERIFIER = Endpoint.STATUS_V2, Endpoint.VERIFIER
NOON = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)


@pytest.fixture(name="lines")
def _lines(monkeypatch: pytest.MonkeyPatch) -> list[structlog.typing.EventDict]:
    """What is logged from here on."""
    captured = LogCapture()
    for module in (alarm_module, ceiling_module):
        monkeypatch.setattr(module, "log", structlog.wrap_logger(None, processors=[captured]))
    return captured.entries


def refusal(status: int) -> RouterFailure:
    """How the Router refuses us."""
    return RouterFailure(Reason.ROUTER_REFUSED, str(status))


def test_a_refusal_is_told_once_until_it_changes(lines: list[structlog.typing.EventDict]) -> None:
    """However many cards are refused, the log has one line; another status is another one, so is its end."""
    alarm = RefusalAlarm()
    for reading in (refusal(401), refusal(401), refusal(403), refusal(403), UnknownCard(), UnknownCard()):
        alarm.note(STATUS_V2, reading)

    told = [(line["event"], line["log_level"], line.get("status")) for line in lines]
    assert told == [
        ("router_refuses_us", "error", "401"),
        ("router_refuses_us", "error", "403"),
        ("router_lets_us_ask_again", "info", None),
    ]


def test_each_endpoint_has_its_own_alarm() -> None:
    """One that helps out does not end the other's alarm, and another failure says nothing about access."""
    alarm = RefusalAlarm()
    alarm.note(STATUS_V2, Elsewhere(refusal(403), path_missing=False))
    alarm.note(VERIFIER, UnknownCard())
    assert alarm.refused() == ("status-v2",)
    alarm.note(STATUS_V2, RouterFailure(Reason.ROUTER_ERROR, "500"))
    assert alarm.refused() == ()


def test_a_biting_ceiling_is_told_once_a_minute(lines: list[structlog.typing.EventDict]) -> None:
    """The first call that is kept back is told at once, the others together a minute later."""
    clock = Clock()
    ceiling = Ceiling(0.001, clock)
    assert ceiling.allows()
    assert ceiling.held_back() == 0
    for pause in (0.0, 1.0, 1.0, TOLD_EVERY_S):
        clock.now += pause
        assert not ceiling.allows()

    assert [(line["event"], line["held_back"]) for line in lines] == [
        ("router_ceiling_bites", 1),
        ("router_ceiling_bites", 3),
    ]
    assert ceiling.held_back() == 3
    clock.now += TOLD_EVERY_S
    assert ceiling.held_back() == 0


@pytest.fixture(name="skew")
def _skew() -> Skew:
    return Skew(NOON.timestamp)


def test_a_slow_clock_is_seen(skew: Skew) -> None:
    """Three replies from seven minutes ahead of us are enough to know."""
    theirs = format_datetime(NOON + timedelta(minutes=7), usegmt=True)
    for _ in range(2):
        skew.note(theirs)
        assert skew.seconds() is None
    skew.note(theirs)
    assert skew.seconds() == -420


def test_one_odd_reply_is_no_reason_to_doubt_a_clock(skew: Skew) -> None:
    """A cache between us and the Router may hand out an old one; the middle one counts."""
    for ahead_s in (0, -1, 86_400, 1, -90_000):
        skew.note(format_datetime(NOON - timedelta(seconds=ahead_s), usegmt=True))
    assert skew.seconds() == 0


def test_an_old_reply_is_forgotten(skew: Skew) -> None:
    """Once the clock is set right, the last few replies say so."""
    for minutes in (9, 9, 9, 9, 9, 0, 0, 0):
        skew.note(format_datetime(NOON + timedelta(minutes=minutes), usegmt=True))
    assert skew.seconds() == 0


@pytest.mark.parametrize(
    "odd",
    [None, "", "yesterday", "Tue, 99 Nov 2026 12:00:00 GMT", "Tue, 24 Nov 99999 12:00:00 GMT", "0" * 5000],
)
def test_what_is_no_date_is_passed_over(skew: Skew, odd: str | None) -> None:
    """Whatever stands in the header, nothing is raised and nothing learnt."""
    for _ in range(5):
        skew.note(odd)
    assert skew.seconds() is None
