"""The chain of the check log: each entry's MAC covers the one before it. Pure."""

from __future__ import annotations

import hashlib
import hmac
import json
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

Keys = tuple[bytes, ...]


def chain_key(secret: str) -> bytes:
    """The key of the chain: who has only the database cannot write an entry that fits."""
    return hmac.digest(secret.encode(), b"esc-validator check log, shape 1", hashlib.sha256)


@dataclass(frozen=True, slots=True)
class Entry:
    """What the chain covers of one entry. `at` in whole epoch seconds; `seal` is "" for no card."""

    seq: int
    at: int
    event: str
    caller_kind: str
    caller_id: int
    word: str
    source: str
    seal: str

    def mac(self, key: bytes, before: str) -> str:
        """The MAC of this entry after the one with the MAC `before`."""
        return _mac(key, ["entry", before, self.seq, self.at, self.event, self.caller_kind, self.caller_id,
                          self.word, self.source, self.seal])  # fmt: skip


@dataclass(frozen=True, slots=True)
class Head:
    """Where the chain ends, and where what is kept of it begins: after `anchor_seq`."""

    seq: int
    mac: str
    anchor_seq: int
    anchor_mac: str
    seal: str

    def __str__(self) -> str:
        """What to keep elsewhere: with it a log is found out that was put back to an earlier state."""
        return f"{self.seq}:{self.mac}"

    def sealed(self, key: bytes) -> Head:
        """The same with its seal."""
        return replace(self, seal=self._seal(key))

    def holds(self, keys: Keys) -> bool:
        """Whether we sealed it; a head that was never written to needs no seal."""
        if self == NOTHING:
            return True
        return any(hmac.compare_digest(self.seal, self._seal(key)) for key in keys)

    def _seal(self, key: bytes) -> str:
        return _mac(key, ["head", self.seq, self.mac, self.anchor_seq, self.anchor_mac])


NOTHING = Head(0, "", 0, "", "")


@dataclass(frozen=True, slots=True)
class Kept:
    """An entry as it is kept; `card` and `salt` are None where the card was erased or there is none."""

    entry: Entry
    card: str | None
    salt: str | None
    mac: str


@dataclass(frozen=True, slots=True)
class Fault:
    """Something is wrong at this number."""

    seq: int
    what: str


def seal(salt: str, card: str) -> str:
    """What the chain covers of a card: without the salt it says nothing, whoever has the keys."""
    return hashlib.sha256(f"{salt} {card}".encode()).hexdigest()


def faults(keys: Keys, head: Head | None, rows: Iterable[Kept]) -> Iterator[Fault]:
    """Everything that is wrong with these entries, in their order; nothing where all is as it was written.

    What cannot be told: that the database as a whole was put back to an earlier state of itself.
    """
    if head is None:
        yield Fault(0, "the log’s head is missing")
        head = NOTHING
    elif not head.holds(keys):
        yield Fault(head.seq, "the log’s head was changed")
    seq, before = head.anchor_seq, head.anchor_mac
    for row in rows:
        found = row.entry.seq
        if found != seq + 1:
            yield Fault(seq + 1, "removed" if found == seq + 2 else f"removed, and all up to {found - 1}")
        elif not any(hmac.compare_digest(row.mac, row.entry.mac(key, before)) for key in keys):
            yield Fault(found, "changed, moved or written by somebody else")
        if row.card is not None and row.entry.seal != seal(row.salt or "", row.card):
            yield Fault(found, "its card was changed")
        seq, before = found, row.mac
    if (seq, before) != (head.seq, head.mac):
        yield Fault(seq + 1, "the end of the log is missing or was written by somebody else")


def _mac(key: bytes, parts: list[object]) -> str:
    return hmac.digest(key, json.dumps(parts).encode(), hashlib.sha256).hex()
