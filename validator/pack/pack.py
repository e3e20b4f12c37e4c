"""The offline pack: what changed since a device's last sync, a page at a time."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from validator.pack.cursor import Cursor, order, read_cursor
from validator.pack.keys import base64url, key_id
from validator.pack.rows import Row, Rules, rows

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from offline_cache import ChangeLog

PAGE = 5_000


@dataclass(frozen=True, slots=True)
class Pack:
    """One page. With `reset` the device drops what it has before; with `more` it asks again at once."""

    cursor: str
    reset: bool
    more: bool
    now: datetime
    key_id: str
    key: str
    max_cards: int
    max_age_s: int
    issuers: dict[str, str]
    rows: list[Row]


@dataclass(frozen=True, slots=True)
class OfflinePack:
    """Gives out the pack. At most `max_cards` cards, none where that is 0 or the store keeps no order."""

    changes: ChangeLog | None
    key: bytes
    max_cards: int
    rules: Rules
    clock: Callable[[], datetime]
    page: int = PAGE

    def since(self, text: str) -> Pack:
        """What changed since this cursor; everything, with `reset`, where it is not one of ours.

        Raises StoreError where the memory cannot be read now: the device then keeps what it has.
        """
        now = self.clock()
        nothing = self._nothing(now)
        if self.changes is None or not self.max_cards:
            return nothing
        start, latest, reset = self._start(self.changes, text)
        entries, seq = self.changes.changed_since(start.seq, self.page)
        made, issuers = rows(entries, now, self.rules)
        cursor = str(Cursor(start.order, seq))
        more = len(entries) == self.page and seq < latest
        return replace(nothing, cursor=cursor, reset=reset, more=more, issuers=issuers, rows=made)

    def _start(self, changes: ChangeLog, text: str) -> tuple[Cursor, int, bool]:
        """Where to go on from, the latest number, and whether the device must begin anew."""
        journal = changes.journal()
        ours = order(journal.generation, key_id(self.key))
        given = read_cursor(text)
        known = given is not None and given.order == ours and given.seq <= journal.latest
        seq = given.seq if known and given else 0
        if journal.latest - seq > self.max_cards:
            # Whoever is this far behind would drop the older ones anyway.
            seq = max(seq, changes.before_newest(self.max_cards))
        return Cursor(ours, seq), journal.latest, not known

    def _nothing(self, now: datetime) -> Pack:
        """The pack of a site that gives none: devices drop what they have."""
        return Pack(
            cursor="",
            reset=True,
            more=False,
            now=now,
            key_id=key_id(self.key),
            key=base64url(self.key),
            max_cards=self.max_cards,
            max_age_s=int(self.rules.max_age_s),
            issuers={},
            rows=[],
        )
