"""Dates, times and ages as people read them."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from tests.support.verdicts import BRUSSELS
from validator.web.moments import age, day, instant
from validator.web.present import logo_hint


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0, "just now"),
        (2, "just now"),
        (3, "3 s ago"),
        (59, "59 s ago"),
        (60, "1 min ago"),
        (3_599, "59 min ago"),
        (3_600, "1 h ago"),
        (86_399, "23 h ago"),
        (86_400, "1 day ago"),
        (172_800, "2 days ago"),
    ],
)
def test_ages_have_one_unit(seconds: int, text: str) -> None:
    """An age is told in its largest whole unit."""
    assert age(seconds) == text


def test_times_stand_on_the_clock_of_the_place() -> None:
    """An instant is told in the site's own zone, 24 hours, and keeps its offset for programs."""
    told = instant(datetime(2026, 7, 7, 22, 30, tzinfo=UTC), BRUSSELS)

    assert (told.text, told.iso) == ("8 July 2026, 00:30", "2026-07-08T00:30:00+02:00")
    assert day(date(2026, 3, 7)).text == "7 March 2026"


def test_the_logo_changes_on_the_first_of_january_2028() -> None:
    """Until 31 December 2027 a hologram counts too; from the next day on only the new logo."""
    assert "hologram or the new" in logo_hint(date(2027, 12, 31))
    assert "bears the new European Student Card logo" in logo_hint(date(2028, 1, 1))
