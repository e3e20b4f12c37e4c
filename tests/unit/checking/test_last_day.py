"""Verifier: whether a card's last day is over, by the site's time zone and by a clock that may be wrong."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from structlog.testing import capture_logs

from scanner import parse_payload
from tests.support.cards import ANNA
from tests.unit.checking.site import ACTIVE, DOWN, NOON, Site
from validator.router.clock_skew import ClockOffset
from validator.verdict import Reason, Source

DAYS = 86_400.0


@pytest.mark.parametrize(
    ("ahead", "last_day", "reason"),
    [
        (ClockOffset(3 * DAYS, 3 * DAYS), -2, Reason.ACTIVE),
        (ClockOffset(3 * DAYS, 3 * DAYS), -4, Reason.EXPIRED),
        (ClockOffset(-3 * DAYS, -3 * DAYS), 2, Reason.EXPIRED),
        (ClockOffset(-3 * DAYS, -3 * DAYS), 3, Reason.ACTIVE),
        (ClockOffset(DAYS / 24 * 14, None), -1, Reason.ACTIVE),
        (ClockOffset(None, 3 * DAYS), -2, Reason.ROUTER_ANSWER_UNUSABLE),
        (ClockOffset(None, -3 * DAYS), 2, Reason.ROUTER_ANSWER_UNUSABLE),
        (ClockOffset(None, -3 * DAYS), 3, Reason.ACTIVE),
        (ClockOffset(0.0, 3 * DAYS), 0, Reason.ACTIVE),
    ],
)
def test_the_last_day_is_the_routers_not_that_of_a_wrong_clock(
    site: Site, ahead: ClockOffset, last_day: int, reason: Reason
) -> None:
    """If our clock is known to be wrong, the Router's time decides; if it may be, there is no verdict."""
    site.ahead = ahead
    site.router.answer = replace(ACTIVE, expires_at=NOON.date() + timedelta(days=last_day))

    assert site.check().reason is reason
    assert site.check().reason is reason


@pytest.mark.parametrize("last_day", [1, 0])
def test_a_remembered_answer_ends_with_the_last_day_by_the_routers_time(site: Site, last_day: int) -> None:
    """Whether the clock error was known when the answer was kept or became known later."""
    site.ahead = ClockOffset(-DAYS, -DAYS) if last_day else ClockOffset()
    site.router.answer = replace(ACTIVE, expires_at=NOON.date() + timedelta(days=last_day))
    assert site.check().reason is Reason.ACTIVE
    site.router.answer = DOWN
    site.wait(hours=5)
    assert site.check().reason is Reason.ACTIVE

    site.ahead = ClockOffset(-DAYS, -DAYS)
    site.wait(hours=7)

    assert site.check().reason is Reason.ROUTER_UNREACHABLE


def test_the_last_day_ends_at_midnight_where_the_site_is(site: Site) -> None:
    """Half past midnight in Brussels is 23:30 UTC of the day before; the remembered answer agrees."""
    site.now = datetime(2026, 11, 23, 23, 30, tzinfo=UTC)
    site.router.answer = replace(ACTIVE, expires_at=NOON.date())

    assert [site.check().reason for _ in range(2)] == [Reason.EXPIRED, Reason.EXPIRED]
    assert site.router.asked == 1


def test_the_end_in_a_verdict_is_by_the_routers_time(site: Site) -> None:
    """Our clock is a day behind, so the last day ends when it still shows the day before."""
    site.ahead = ClockOffset(-DAYS, -DAYS)
    site.router.answer = replace(ACTIVE, expires_at=NOON.date() + timedelta(days=1))

    assert site.check().good_until == datetime(2026, 11, 23, 23, tzinfo=UTC)


def test_a_remembered_answer_is_not_served_while_its_day_is_uncertain(site: Site) -> None:
    """One reply says that our clock is a day behind: it may be the day after the last one already."""
    site.router.answer = replace(ACTIVE, expires_at=NOON.date())
    assert site.check().reason is Reason.ACTIVE
    site.router.answer = DOWN

    site.ahead = ClockOffset(None, -DAYS)

    assert site.check().reason is Reason.ROUTER_UNREACHABLE


def test_an_uncertain_day_is_in_the_log_with_its_remedy(site: Site) -> None:
    """IT reads what is wrong and what to do; the verdict has the time spent on the Router."""
    site.ahead = ClockOffset(None, -DAYS)
    site.router.answer = replace(ACTIVE, expires_at=NOON.date())
    ticks = iter((0.0, 0.25))
    verifier = replace(site.verifier, monotonic=lambda: next(ticks))

    with capture_logs() as logs:
        verdict = verifier.verify(parse_payload(ANNA))

    assert (verdict.source, verdict.router_ms) == (Source.ROUTER, 250)
    assert [(line["event"], line["log_level"]) for line in logs] == [("card_day_unknown", "warning")]
    assert "clock" in logs[0]["why"]
    assert "NTP" in logs[0]["hint"]
