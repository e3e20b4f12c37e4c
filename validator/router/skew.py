"""How far our clock is from the Router's, by the Date header of its replies. Never changes a verdict."""

from __future__ import annotations

from collections import deque
from email.utils import parsedate_to_datetime
from statistics import median
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

KEPT = 5
ENOUGH = 3
"""One odd reply, from a cache between perhaps, is no reason to doubt a clock."""


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
        ahead = tuple(self._ahead)
        return median(ahead) if len(ahead) >= ENOUGH else None
