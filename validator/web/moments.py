"""Dates, times and ages as a person reads them: 24 hours, four-digit years, whole units."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import date, datetime
    from zoneinfo import ZoneInfo

JUST_NOW_S = 3
_UNITS = ((86_400, "day"), (3_600, "h"), (60, "min"), (1, "s"))


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
    return Moment(f"{value.day} {value:%B %Y}", value.isoformat())


def instant(value: datetime, zone: ZoneInfo) -> Moment:
    """An instant on the place's own clock: 7 March 2026, 14:05."""
    local = value.astimezone(zone)
    return Moment(f"{local.day} {local:%B %Y, %H:%M}", local.isoformat(timespec="seconds"))


def age(seconds: int) -> Age:
    """An age in its largest whole unit, rounded down as people say it."""
    if seconds < JUST_NOW_S:
        return Age("a moment", "just now")
    size, unit = next((size, unit) for size, unit in _UNITS if seconds >= size)
    count = seconds // size
    figure = f"{count} {unit}{'s' if unit == 'day' and count > 1 else ''}"
    return Age(figure, f"{figure} ago")
