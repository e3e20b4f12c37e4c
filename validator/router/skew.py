"""How far our clock is from the Router's, by the Date header of its replies."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from datetime import timedelta
from email.utils import parsedate_to_datetime
from statistics import median
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date, datetime
    from zoneinfo import ZoneInfo

KEPT = 5
ENOUGH = 3
"""One odd reply, from a cache between perhaps, is no reason to doubt a clock."""

NOISE_S = 5.0
"""The header tells whole seconds, and a reply takes up to the deadline: less than this is no difference."""


@dataclass(frozen=True, slots=True)
class Ahead:
    """How far our clock is ahead of the Router's: by several replies, and by the last one alone."""

    known_s: float | None = None
    last_s: float | None = None

    @property
    def correction_s(self) -> float:
        """What to take off our clock to have the Router's time; 0 where that is not known."""
        return self.known_s if self.known_s is not None and abs(self.known_s) > NOISE_S else 0.0

    def days(self, now: datetime, zone: ZoneInfo) -> frozenset[date]:
        """Which day it is: the Router's where its time is known, else ours and that of its last reply."""
        offsets = {self.correction_s}
        if self.known_s is None and self.last_s is not None and abs(self.last_s) > NOISE_S:
            offsets.add(self.last_s)
        return frozenset(_moved(now, offset).astimezone(zone).date() for offset in offsets)

    def corrected(self, now: datetime) -> datetime:
        """Our time, corrected by what is known."""
        return _moved(now, self.correction_s)


class Skew:
    """The median over the last few replies. Thread-safe; `now` gives epoch seconds."""

    def __init__(self, now: Callable[[], float]) -> None:
        self._now = now
        self._ahead: deque[float] = deque(maxlen=KEPT)

    def note(self, date: str | None) -> None:
        """Take note of one reply's Date header; one that is none is passed over."""
        if date is None:
            return
        try:
            theirs = parsedate_to_datetime(date).timestamp()
        except (ValueError, TypeError, IndexError, OverflowError):
            return
        self._ahead.append(self._now() - theirs)

    def seconds(self) -> float | None:
        """How far our clock is ahead, None where too few replies told the time."""
        return self.ahead().known_s

    def ahead(self) -> Ahead:
        """The same, with what the last reply said."""
        told = tuple(self._ahead)
        return Ahead(median(told) if len(told) >= ENOUGH else None, told[-1] if told else None)


def _moved(now: datetime, seconds: float) -> datetime:
    """So many seconds earlier; as it is where no calendar reaches that far."""
    try:
        return now - timedelta(seconds=seconds)
    except OverflowError:
        return now
