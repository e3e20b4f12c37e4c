"""What a second tier must do, whatever keeps it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from offline_cache.entry import Entry


class StoreError(Exception):
    """The store cannot be used now. Ordinary: memory answers alone, and the next request tries again."""


class Store(Protocol):
    """Keeps one entry a key, for all threads and processes.

    Any method may raise StoreError, and nothing else. A store answers or fails within some 100 ms, and opens
    nothing before it is first used.
    """

    def get(self, key: str) -> Entry | None:
        """Whatever is kept under this key, however old."""
        ...

    def put(self, entry: Entry, now: float) -> Entry:
        """Keep it if `policy.replaces` allows, in one atomic step; what is kept now is given back."""
        ...

    def forget(self, key: str) -> None:
        """Delete it, so that its bytes are gone."""
        ...

    def purge(self, before: float, after: float) -> int:
        """Delete what was asked for before the first or after the second instant; tell how many."""
        ...

    def claim(self, origin: str) -> int | None:
        """Note the origin of what is kept; delete what is of another one or of none, bytes and all.

        Tell how many were deleted; None where there was nothing of another origin.
        """
        ...

    def origin(self) -> str | None:
        """The origin that was noted last; None where none was."""
        ...

    def count(self) -> int:
        """How many entries are kept."""
        ...

    def close(self) -> None:
        """Let go of files and connections; later calls raise StoreError."""
        ...
