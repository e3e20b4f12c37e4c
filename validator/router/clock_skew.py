"""How far our clock is from the Router's, measured by the Date header of its replies."""

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

SAMPLES = 5
MIN_SAMPLES = 3
"""A single odd reply (for example from a cache between) is no reason to doubt our clock."""

NOISE_S = 5.0
"""The header has whole seconds, and a reply takes up to the deadline: smaller offsets are ignored."""


@dataclass(frozen=True, slots=True)
class ClockOffset:
    """How far our clock is ahead of the Router's: by the median of several replies, and by the last reply."""

    known_s: float | None = None
    last_s: float | None = None

    @property
    def correction_s(self) -> float:
        """Seconds to subtract from our clock to get the Router's time; 0 if that is not known."""
        return self.known_s if self.known_s is not None and abs(self.known_s) > NOISE_S else 0.0

    def possible_days(self, now: datetime, zone: ZoneInfo) -> frozenset[date]:
        """The day by the Router's clock; if its time is not known, by our clock and by its last reply."""
        offsets = {self.correction_s}
        if self.known_s is None and self.last_s is not None and abs(self.last_s) > NOISE_S:
            offsets.add(self.last_s)
        return frozenset(_earlier(now, offset).astimezone(zone).date() for offset in offsets)

    def corrected(self, now: datetime) -> datetime:
        """Our time, corrected by the known offset."""
        return _earlier(now, self.correction_s)


class ClockSkew:
    """The offset over the last few replies. Thread-safe; `now` gives epoch seconds."""

    def __init__(self, now: Callable[[], float]) -> None:
        self._now = now
        self._samples: deque[float] = deque(maxlen=SAMPLES)

    def record(self, date: str | None) -> None:
        """Take one reply's Date header as a sample; an invalid one is ignored."""
        if date is None:
            return
        try:
            router_time = parsedate_to_datetime(date).timestamp()
        except (ValueError, TypeError, IndexError, OverflowError):
            return
        self._samples.append(self._now() - router_time)

    def offset(self) -> ClockOffset:
        """How far our clock is ahead, as far as that is known."""
        samples = tuple(self._samples)
        known_s = median(samples) if len(samples) >= MIN_SAMPLES else None
        return ClockOffset(known_s, samples[-1] if samples else None)


def _earlier(now: datetime, seconds: float) -> datetime:
    """This many seconds earlier; unchanged if that is outside the calendar."""
    try:
        return now - timedelta(seconds=seconds)
    except OverflowError:
        return now
