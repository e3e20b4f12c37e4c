"""What may be done with a remembered answer now, and which of two answers counts. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from offline_cache.entry import Entry

# Hosts kept by NTP differ by milliseconds; an answer from further ahead than this tells of a wrong clock.
TOLERANCE_S = 5.0


class Decision(Enum):
    """What may be done with what is remembered."""

    FRESH = auto()  # give it, ask nobody
    REFRESH = auto()  # give it, and ask in the background
    FALLBACK = auto()  # ask; give it only where that fails
    MISS = auto()  # ask; there is nothing to give


@dataclass(frozen=True, slots=True)
class Windows:
    """How long an answer serves, in seconds since it was asked for; 0 turns a window off.

    `refresh_s` follows the fresh window of valid answers. A card withdrawn meanwhile then reads as valid once
    more, without anybody having asked; so it is off unless a site wants it.
    """

    fresh_s: float
    stale_s: float
    fresh_not_valid_s: float
    stale_not_valid_s: float
    refresh_s: float = 0.0

    @property
    def longest_s(self) -> float:
        """The age from which no answer of any kind can be given."""
        return max(
            self.fresh_s + self.refresh_s, self.stale_s, self.fresh_not_valid_s, self.stale_not_valid_s
        )


def decide(entry: Entry | None, now: float, windows: Windows) -> Decision:
    """What may be done with this entry at this time.

    An entry from further ahead than TOLERANCE_S is a MISS: the clock was stepped back, so its age cannot be
    known, and an answer without an age must not be given. NaN ends in a MISS, too.
    """
    if entry is None or not entry.checked_at <= now + TOLERANCE_S:
        return Decision.MISS
    age = max(0.0, now - entry.checked_at)
    if not entry.valid:
        return _by_age(age, windows.fresh_not_valid_s, windows.fresh_not_valid_s, windows.stale_not_valid_s)
    if entry.ends_at is not None and not now < entry.ends_at:
        return Decision.MISS
    return _by_age(age, windows.fresh_s, windows.fresh_s + windows.refresh_s, windows.stale_s)


def _by_age(age: float, fresh_s: float, refresh_s: float, stale_s: float) -> Decision:
    if age < fresh_s:
        return Decision.FRESH
    if age < refresh_s:
        return Decision.REFRESH
    if age < stale_s:
        return Decision.FALLBACK
    return Decision.MISS


def newer(one: Entry, other: Entry) -> bool:
    """Whether `one` was asked for later; at the same instant NOT VALID counts, so that no tie undoes it."""
    return (one.checked_at, not one.valid) > (other.checked_at, not other.valid)


def replaces(entry: Entry, kept: Entry, now: float) -> bool:
    """Whether `entry`, just arrived, takes the place of `kept`: if newer, or if only `kept` is of the future.

    Without the second rule, an answer kept while the clock ran ahead would keep all later ones out.
    """
    horizon = now + TOLERANCE_S
    return newer(entry, kept) or entry.checked_at <= horizon < kept.checked_at


def good_until(entry: Entry, windows: Windows) -> float:
    """The instant after which this answer may no longer be relied on, in epoch seconds."""
    end = entry.checked_at + (windows.stale_s if entry.valid else windows.stale_not_valid_s)
    return end if entry.ends_at is None else min(end, entry.ends_at)
