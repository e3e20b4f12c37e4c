"""One remembered answer, and what a store (the second tier) must do."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Entry:
    """An answer about one card. All instants are epoch seconds.

    `key` identifies the card without revealing it. `body` is opaque and hidden from `repr`. `checked_at` is
    when the answer was asked for. `ends_at` is when the card itself ends, None if never.
    """

    key: str
    valid: bool
    body: str = field(repr=False)
    checked_at: float
    ends_at: float | None = None


class UnreadableEntry(ValueError):
    """The body of an entry is damaged. The entry must be deleted, and its content never guessed."""


class StoreError(Exception):
    """The store cannot be used now. Not fatal: memory alone serves, and the next request tries again."""


class Store(Protocol):
    """Keeps one entry per key, for all threads and processes.

    Any method may raise StoreError and nothing else. A store answers or fails within about 100 ms, and opens
    nothing before its first use.
    """

    def get(self, key: str) -> Entry | None:
        """The entry of this key, however old."""
        ...

    def put(self, entry: Entry, now: float) -> Entry:
        """Keep it if `policy.replaces` allows, in one atomic step; returns the entry kept now."""
        ...

    def forget(self, key: str) -> None:
        """Delete the entry including its bytes on disk."""
        ...

    def purge(self, before: float, after: float) -> int:
        """Delete entries asked for before the first or after the second instant; returns how many."""
        ...

    def claim(self, origin: str) -> int | None:
        """Store the origin; delete entries of another or unknown origin, bytes included.

        Returns how many were deleted; None if there was no other origin.
        """
        ...

    def origin(self) -> str | None:
        """The stored origin; None if there is none."""
        ...

    def count(self) -> int:
        """The number of entries."""
        ...

    def close(self) -> None:
        """Close files and connections; later calls raise StoreError."""
        ...
