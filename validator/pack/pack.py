"""The offline pack: what changed since a device's last sync, a page at a time."""

from __future__ import annotations

from base64 import b64encode
from dataclasses import dataclass, field, replace
from itertools import groupby
from typing import TYPE_CHECKING

from validator.pack.body import read_body
from validator.pack.cursor import Cursor, Place, order, read_cursor
from validator.pack.sealing import ROW_BYTES, derive, unseal
from validator.pack.store import Stretch

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from validator.pack.body import Body
    from validator.pack.sealing import RowKey
    from validator.pack.store import PackStore, Salt, SealedRow
    from validator.pack.writer import PackWriter

PAGE = 5_000
FORMAT = 2


@dataclass(frozen=True, slots=True)
class Pack:
    """One page. With `reset` the device drops what it has before; with `more` it asks again at once.

    `large` where a sync begins that brings everything, or more than one page. `sealed` has rows by salt.
    """

    cursor: str
    reset: bool
    more: bool
    now: datetime
    max_cards: int
    max_age_s: int
    large: bool = False
    salts: list[Salt] = field(default_factory=list)
    sealed: dict[str, str] = field(default_factory=dict)
    row_bytes: int = ROW_BYTES
    format: int = FORMAT


@dataclass(frozen=True, slots=True)
class OfflinePack:
    """Gives out the pack: at most `max_cards` rows; none, and no `writer`, where that is 0."""

    store: PackStore
    writer: PackWriter | None
    key: bytes = field(repr=False)
    max_cards: int
    max_age_s: float
    clock: Callable[[], datetime]
    page: int = PAGE

    def since(self, text: str) -> Pack:
        """What changed since this cursor; everything, with `reset`, where it is not one of ours.

        Raises StoreError where the file cannot be read now: the device then keeps what it has.
        """
        nothing = self.nothing()
        if not self.max_cards:
            return nothing
        # Made here if need be: a device seals what it is told itself, also before anything is in the pack.
        self.store.salt(nothing.now.timestamp())
        salts = self.store.salts(nothing.now.timestamp())
        start, place, reset = self._start(text, salts)
        stretch = Stretch(start.seq, place.upto, place.salt, place.id)
        found = self.store.rows(stretch, salts, self.page + 1) if place.upto > start.seq else []
        rows, more = found[: self.page], len(found) > self.page
        ends = replace(start, seq=place.upto)
        goes_on = replace(start, place=Place(place.upto, rows[-1].salt, rows[-1].id)) if more else ends
        return replace(
            nothing,
            cursor=goes_on.written(self.key),
            reset=reset,
            more=more,
            max_cards=self.max_cards,
            large=(reset or more) and not place.id,
            salts=salts,
            sealed=_packed(rows),
        )

    def nothing(self) -> Pack:
        """The pack of whoever gets none: devices drop what they have."""
        return Pack("", reset=True, more=False, now=self.clock(), max_cards=0, max_age_s=int(self.max_age_s))

    def claim(self) -> None:
        """Drop the rows of another origin, or all of them where no pack is given; raises StoreError."""
        if self.store.path.exists():
            now = self.clock().timestamp()
            if self.max_cards:
                self.store.claim(now)
            else:
                self.store.clear(now)

    def reset(self) -> None:
        """Make every device drop its pack and fetch it anew; raises StoreError.

        What waits for its row at this moment gets none.
        """
        if self.max_cards or self.store.path.exists():
            self.store.begin_anew(self.clock().timestamp())

    def clear(self) -> None:
        """Delete every row, bytes and all, and make devices drop theirs; raises StoreError."""
        if self.store.path.exists():
            self.store.clear(self.clock().timestamp())

    def purge(self) -> None:
        """Delete what is past its end, bytes and all; raises StoreError."""
        if self.store.path.exists():
            self.store.purge(self.clock().timestamp())

    def erase(self, number: str) -> int:
        """Delete the rows of this card, bytes and all, and tell how many; raises StoreError."""
        found = self._rows_of(number)
        self.store.erase([(salt, row.id) for salt, row, _ in found])
        return sum(sealed is not None for *_, sealed in found)

    def say(self, number: str) -> list[Body | None]:
        """What the rows of this card say, None where one cannot be read; raises StoreError."""
        found = [(row, sealed) for _, row, sealed in self._rows_of(number) if sealed is not None]
        return [read_body(unseal(row, sealed) or b"") for row, sealed in found]

    def _rows_of(self, number: str) -> list[tuple[Salt, RowKey, bytes | None]]:
        """The row of this card under each salt, if there is one."""
        if not self.store.path.exists():
            return []
        salts = self.store.salts(self.clock().timestamp())
        keys = [(salt, derive(number, salt.salt, salt.rounds)) for salt in salts]
        return [(salt, key, self.store.get(salt, key.id)) for salt, key in keys]

    def close(self) -> None:
        """End the writing and let go of the file."""
        if self.writer is not None:
            self.writer.close()
        self.store.close()

    def _start(self, text: str, salts: list[Salt]) -> tuple[Cursor, Place, bool]:
        """Where to go on from, up to where, and whether the device must begin anew."""
        journal = self.store.journal()
        ours = order(journal.generation, self.store.origin)
        given = read_cursor(text, self.key)
        if given is None or given.order != ours or given.seq > journal.latest:
            given = None
        if given is not None and given.place is not None:
            return replace(given, place=None), given.place, False
        seq = given.seq if given else 0
        if journal.latest - seq > self.max_cards:
            # Whoever is this far behind would drop the older ones anyway.
            seq = max(seq, self.store.before_newest(self.max_cards, salts))
        return Cursor(ours, seq), Place(journal.latest, 0, b""), given is None


def _packed(rows: list[SealedRow]) -> dict[str, str]:
    """The rows of each salt one after another, in base64."""
    return {
        str(salt): b64encode(b"".join(row.id + row.sealed for row in under)).decode()
        for salt, under in groupby(rows, lambda row: row.salt)
    }
