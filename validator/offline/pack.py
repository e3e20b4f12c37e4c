"""The offline pack: what changed since a device's last sync, one page at a time, with a sealed cursor."""

from __future__ import annotations

import hashlib
import hmac
import re
from base64 import b64encode
from dataclasses import dataclass, field, replace
from itertools import groupby
from typing import TYPE_CHECKING

from validator.offline.pack_rows import ROW_BYTES, derive_row_key, read_body, unseal
from validator.offline.pack_store import RowRange

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from validator.offline.pack_rows import Body, RowKey
    from validator.offline.pack_store import PackStore, Salt, SealedRow
    from validator.offline.pack_writer import PackWriter

PAGE_ROWS = 5_000
FORMAT = 2
# 18 digits: SQLite's integers end at 19.
_NUMBER = "(0|[1-9][0-9]{0,17})"
_CURSOR = re.compile(
    rf"([0-9a-f]{{16}}-[0-9a-f]{{16}})\.{_NUMBER}(?:\.{_NUMBER}\.{_NUMBER}\.([0-9a-f]{{32}}))?\.([0-9a-f]{{16}})",
    re.ASCII,
)


@dataclass(frozen=True, slots=True)
class SyncPosition:
    """A position inside a sync of the rows up to number `upto`: the rows to `salt`, `id` have arrived."""

    upto: int
    salt: int
    id: bytes


@dataclass(frozen=True, slots=True)
class Cursor:
    """How far a device has come: number `seq` of `generation`, and the position in an unfinished sync.

    It is opaque to the device.
    """

    generation: str
    seq: int
    position: SyncPosition | None = None

    def sealed(self, key: bytes) -> str:
        """The text for the device, sealed: no device can request the whole pack as a small change."""
        text = f"{self.generation}.{self.seq}"
        if self.position is not None:
            text += f".{self.position.upto}.{self.position.salt}.{self.position.id.hex()}"
        return f"{text}.{_mac(key, text)}"


@dataclass(frozen=True, slots=True)
class PackPage:
    """One page. With `reset` the device first drops what it has; with `more` it asks again at once.

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
    """Provides the pack: at most `max_cards` rows. With 0 there are no rows and no `writer`."""

    store: PackStore
    writer: PackWriter | None
    key: bytes = field(repr=False)
    max_cards: int
    max_age_s: float
    clock: Callable[[], datetime]
    page_rows: int = PAGE_ROWS

    def changes_since(self, cursor: str) -> PackPage:
        """What changed since this cursor; everything, with `reset`, for a cursor of another server.

        Raises StoreError where the file cannot be read now: the device then keeps what it has.
        """
        empty = self.empty_page()
        if not self.max_cards:
            return empty
        # Creates the salt if there is none: a device encrypts the answers it gets, also into an empty pack.
        self.store.salt(empty.now.timestamp())
        salts = self.store.salts(empty.now.timestamp())
        start, position, reset = self._start(cursor, salts)
        wanted = RowRange(start.seq, position.upto, position.salt, position.id)
        found = self.store.rows(wanted, salts, self.page_rows + 1) if position.upto > start.seq else []
        rows, more = found[: self.page_rows], len(found) > self.page_rows
        if more:
            after = replace(start, position=SyncPosition(position.upto, rows[-1].salt, rows[-1].id))
        else:
            after = replace(start, seq=position.upto)
        return replace(
            empty,
            cursor=after.sealed(self.key),
            reset=reset,
            more=more,
            max_cards=self.max_cards,
            large=(reset or more) and not position.id,
            salts=salts,
            sealed=_rows_by_salt(rows),
        )

    def empty_page(self) -> PackPage:
        """The page for a device that gets no pack: it drops what it has."""
        max_age_s = int(self.max_age_s)
        return PackPage("", reset=True, more=False, now=self.clock(), max_cards=0, max_age_s=max_age_s)

    def claim(self) -> None:
        """Delete the rows of another origin, or all where no pack is offered; raises StoreError."""
        if self.store.path.exists():
            now = self.clock().timestamp()
            if self.max_cards:
                self.store.claim(now)
            else:
                self.store.clear(now)

    def reset(self) -> None:
        """Make every device drop its pack and fetch it again; raises StoreError.

        An answer whose row is not written yet gets no row.
        """
        if self.max_cards or self.store.path.exists():
            self.store.start_generation(self.clock().timestamp())

    def clear(self) -> None:
        """Delete every row, overwrite its bytes, and make devices drop theirs; raises StoreError."""
        if self.store.path.exists():
            self.store.clear(self.clock().timestamp())

    def purge(self) -> None:
        """Delete expired rows and overwrite their bytes; raises StoreError."""
        if self.store.path.exists():
            self.store.purge(self.clock().timestamp())

    def erase(self, number: str) -> int:
        """Delete the rows of this card and overwrite their bytes; returns their number; raises StoreError."""
        found = self._rows_of(number)
        self.store.erase([(salt, row.id) for salt, row, _ in found])
        return sum(sealed is not None for *_, sealed in found)

    def contents_of(self, number: str) -> list[Body | None]:
        """The bodies of this card's rows, None where one cannot be read; raises StoreError."""
        found = [(row, sealed) for _, row, sealed in self._rows_of(number) if sealed is not None]
        return [read_body(unseal(row, sealed) or b"") for row, sealed in found]

    def _rows_of(self, number: str) -> list[tuple[Salt, RowKey, bytes | None]]:
        """The row of this card under each salt, None where there is none."""
        if not self.store.path.exists():
            return []
        salts = self.store.salts(self.clock().timestamp())
        keys = [(salt, derive_row_key(number, salt.salt, salt.rounds)) for salt in salts]
        return [(salt, key, self.store.get(salt, key.id)) for salt, key in keys]

    def close(self) -> None:
        """End the writer and close the file."""
        if self.writer is not None:
            self.writer.close()
        self.store.close()

    def _start(self, text: str, salts: list[Salt]) -> tuple[Cursor, SyncPosition, bool]:
        """Where the sync continues, its position with the end, and whether the device must start again."""
        state = self.store.state()
        generation = generation_id(state.generation, self.store.origin)
        given = parse_cursor(text, self.key)
        if given is None or given.generation != generation or given.seq > state.latest:
            given = None
        if given is not None and given.position is not None:
            return replace(given, position=None), given.position, False
        seq = given.seq if given else 0
        if state.latest - seq > self.max_cards:
            # A device that is so far behind would drop the older rows anyway.
            seq = max(seq, self.store.seq_before_newest(self.max_cards, salts))
        return Cursor(generation, seq), SyncPosition(state.latest, 0, b""), given is None


def generation_id(generation: str, origin: str) -> str:
    """The identity of a sequence of rows: another file, generation or origin is another sequence."""
    return f"{generation}-{hashlib.sha256(origin.encode()).hexdigest()[:16]}"


def parse_cursor(text: str, key: bytes) -> Cursor | None:
    """The cursor in this text; None for anything that `Cursor.sealed` did not write with this key."""
    found = _CURSOR.fullmatch(text)
    if found is None or not hmac.compare_digest(_mac(key, text.rpartition(".")[0]), found[6]):
        return None
    position = SyncPosition(int(found[3]), int(found[4]), bytes.fromhex(found[5])) if found[3] else None
    return Cursor(found[1], int(found[2]), position)


def _mac(key: bytes, text: str) -> str:
    return hmac.digest(key, text.encode(), "sha256")[:8].hex()


def _rows_by_salt(rows: list[SealedRow]) -> dict[str, str]:
    """The rows of each salt, concatenated, in base64."""
    return {
        str(salt): b64encode(b"".join(row.id + row.sealed for row in under)).decode()
        for salt, under in groupby(rows, lambda row: row.salt)
    }
