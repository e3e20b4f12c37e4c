"""The order in which answers were kept, for whoever follows them from elsewhere."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol, runtime_checkable

if TYPE_CHECKING:
    from offline_cache.entry import Entry


@dataclass(frozen=True, slots=True)
class Journal:
    """How far the order has come. `generation` names the order itself: another one's numbers mean nothing."""

    generation: str
    latest: int


@runtime_checkable
class ChangeLog(Protocol):
    """A store that numbers what it keeps: each change gets the next number, also after a purge.

    Every method may raise StoreError. What is deleted is not told: who follows drops it by its own end, or at
    once where the order begins anew.
    """

    def journal(self) -> Journal:
        """Where the order stands."""
        ...

    def before_newest(self, count: int) -> int:
        """The number after which at most `count` entries come: the newest."""
        ...

    def changed_since(self, seq: int, limit: int) -> tuple[list[Entry], int]:
        """The first `limit` entries after this number, in order, and the number to go on from."""
        ...

    def begin_anew(self) -> None:
        """Make all that is kept a new order, so that whoever follows drops everything and starts again."""
        ...
