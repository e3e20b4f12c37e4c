"""Dates, times and ages as a person reads them: 24 hours, four-digit years, whole units."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from babel.dates import format_date, format_skeleton

from validator.i18n import gettext as _
from validator.i18n import language, ngettext

if TYPE_CHECKING:
    from datetime import date
    from zoneinfo import ZoneInfo

JUST_NOW_S = 3
MINUTE_S, HOUR_S, DAY_S = 60, 3_600, 86_400
# Crockford's base 32: no letter is taken for a digit when the code is read aloud.
_CODE_DIGITS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_HALF_CODE = 5
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Moment:
    """A time for people, and the same in ISO 8601 for `<time datetime>`."""

    text: str
    iso: str


def day(value: date) -> Moment:
    """A calendar day: 7 March 2026."""
    return Moment(_day(value), value.isoformat())


def instant(value: datetime, zone: ZoneInfo) -> Moment:
    """An instant on the place's own clock: 7 March 2026, 14:05."""
    local = value.astimezone(zone)
    time = format_skeleton("Hm", local, locale=language().locale, tzinfo=zone)
    text = _("%(date)s, %(time)s", date=_day(local), time=time)
    return Moment(text, local.isoformat(timespec="seconds"))


def age(seconds: int) -> str:
    """How long ago, in the largest whole unit, rounded down as people say it: "3 h ago"."""
    if seconds < JUST_NOW_S:
        return _("just now")
    if seconds < MINUTE_S:
        return _("%(num)s s ago", num=seconds)
    if seconds < HOUR_S:
        return _("%(num)s min ago", num=seconds // MINUTE_S)
    if seconds < DAY_S:
        return _("%(num)s h ago", num=seconds // HOUR_S)
    return ngettext("%(num)s day ago", "%(num)s days ago", seconds // DAY_S)


def check_code(now: datetime) -> str:
    """The instant of a check, to the millisecond, in ten letters and digits."""
    left = (now - _EPOCH) // timedelta(milliseconds=1)
    digits = "".join(_CODE_DIGITS[left >> 5 * place & 31] for place in reversed(range(2 * _HALF_CODE)))
    return f"{digits[:_HALF_CODE]}-{digits[_HALF_CODE:]}"


def _day(value: date) -> str:
    return format_date(value, "long", locale=language().locale)
