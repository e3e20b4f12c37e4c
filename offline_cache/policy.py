"""Whether a remembered answer may be served now, and which of two answers counts. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from offline_cache.store import Entry

# Hosts with NTP differ by milliseconds; an answer from further in the future means that a clock is wrong.
TOLERANCE_S = 5.0


class Decision(Enum):
    """How a remembered answer may be used."""

    FRESH = auto()  # serve it
    REVALIDATE = auto()  # serve it, and fetch in the background
    STALE = auto()  # fetch; serve it only if that fails
    MISS = auto()  # fetch; there is nothing to serve


@dataclass(frozen=True, slots=True)
class Lifetimes:
    """How long an answer may be served, in seconds since it was asked for; 0 turns a lifetime off.

    `refresh_s` follows the fresh lifetime of valid answers. In it, a card that was withdrawn meanwhile is
    shown as valid once more before the Router is asked; so it is off by default.
    """

    fresh_s: float
    stale_s: float
    fresh_not_valid_s: float
    stale_not_valid_s: float
    refresh_s: float = 0.0

    @property
    def longest_s(self) -> float:
        """The age from which no answer of any kind may be served."""
        return max(
            self.fresh_s + self.refresh_s, self.stale_s, self.fresh_not_valid_s, self.stale_not_valid_s
        )


def decide(entry: Entry | None, now: float, lifetimes: Lifetimes) -> Decision:
    """How this entry may be used at this time.

    An entry from further in the future than TOLERANCE_S is a MISS: the clock was set back, so the age is not
    known, and an answer without an age must not be served. NaN is a MISS too.
    """
    if entry is None or not entry.checked_at <= now + TOLERANCE_S:
        return Decision.MISS
    age = max(0.0, now - entry.checked_at)
    if not entry.valid:
        return _by_age(
            age, lifetimes.fresh_not_valid_s, lifetimes.fresh_not_valid_s, lifetimes.stale_not_valid_s
        )
    if entry.ends_at is not None and not now < entry.ends_at:
        return Decision.MISS
    return _by_age(age, lifetimes.fresh_s, lifetimes.fresh_s + lifetimes.refresh_s, lifetimes.stale_s)


def _by_age(age: float, fresh_s: float, refresh_s: float, stale_s: float) -> Decision:
    if age < fresh_s:
        return Decision.FRESH
    if age < refresh_s:
        return Decision.REVALIDATE
    if age < stale_s:
        return Decision.STALE
    return Decision.MISS


def newer(one: Entry, other: Entry) -> bool:
    """Whether `one` was asked for later. At the same instant NOT VALID counts as newer."""
    return (one.checked_at, not one.valid) > (other.checked_at, not other.valid)


def replaces(entry: Entry, kept: Entry, now: float) -> bool:
    """Whether `entry`, just arrived, replaces `kept`: if it is newer, or if only `kept` is from the future.

    Without the second rule, an answer kept while the clock ran ahead would keep all later ones out.
    """
    horizon = now + TOLERANCE_S
    return newer(entry, kept) or entry.checked_at <= horizon < kept.checked_at


def good_until(entry: Entry, lifetimes: Lifetimes) -> float:
    """The instant after which this answer may no longer be relied on, in epoch seconds."""
    end = entry.checked_at + (lifetimes.stale_s if entry.valid else lifetimes.stale_not_valid_s)
    return end if entry.ends_at is None else min(end, entry.ends_at)
