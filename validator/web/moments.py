"""Dates, times and ages as a person reads them: 24 hours, four-digit years, whole units."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import date, datetime
    from zoneinfo import ZoneInfo

JUST_NOW_S = 3
# Largest first: seconds, what one of them is called, what several are.
UNITS = ((86_400, "day", "days"), (3_600, "h", "h"), (60, "min", "min"), (1, "s", "s"))
MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)
DAY = "{day} {month} {year}"
INSTANT = "{date}, {time}"
JUST_NOW = ("a moment", "just now")
AGO = "{figure} ago"


@dataclass(frozen=True, slots=True)
class Moment:
    """A time for people, and the same in ISO 8601 for `<time datetime>`."""

    text: str
    iso: str


@dataclass(frozen=True, slots=True)
class Age:
    """How old an answer is: `figure` in large type ("3 h"), `text` in a sentence ("3 h ago")."""

    figure: str
    text: str


def day(value: date) -> Moment:
    """A calendar day: 7 March 2026."""
    return Moment(_day(value), value.isoformat())


def instant(value: datetime, zone: ZoneInfo) -> Moment:
    """An instant on the place's own clock: 7 March 2026, 14:05."""
    local = value.astimezone(zone)
    text = INSTANT.format(date=_day(local), time=f"{local:%H:%M}")
    return Moment(text, local.isoformat(timespec="seconds"))


def age(seconds: int) -> Age:
    """An age in its largest whole unit, rounded down as people say it."""
    if seconds < JUST_NOW_S:
        return Age(*JUST_NOW)
    size, one, many = next(unit for unit in UNITS if seconds >= unit[0])
    count = seconds // size
    figure = f"{count} {one if count == 1 else many}"
    return Age(figure, AGO.format(figure=figure))


def _day(value: date) -> str:
    return DAY.format(day=value.day, month=MONTHS[value.month - 1], year=value.year)
