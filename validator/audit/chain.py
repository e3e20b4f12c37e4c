"""The chain of the audit log: the MAC of each entry covers the MAC of the entry before it. Pure.

The chain has the order of writing and no other: times may decrease along it, because a clock was set back,
because several servers write, or because an entry had to wait. The MAC of an entry covers its time.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

MacKeys = tuple[bytes, ...]

UNREADABLE_TIME = -(2**62)
"""Replaces a time that cannot be read. No entry was ever written with it."""
CHANGED = "changed, moved or not written by this site"
CARD_CHANGED = "its card was changed"
CARD_REMOVED = "its card was taken out, and not by an erasure"
# The database may hold values of any type where it was changed: they get a MAC, but never a valid one.
_as_json = json.JSONEncoder(default=repr).encode


@dataclass(frozen=True, slots=True)
class Entry:
    """The part of an entry that the chain covers. `at` is in epoch seconds; `seal` is "" without a card."""

    seq: int
    at: int
    event: str
    caller_kind: str
    caller_id: int
    word: str
    source: str
    seal: str

    def mac(self, key: bytes, previous_mac: str) -> str:
        """The MAC of this entry when it follows the entry with the MAC `previous_mac`."""
        caller = (self.caller_kind, self.caller_id)
        answer = (self.word, self.source, self.seal)
        return compute_mac(key, ["entry", previous_mac, self.seq, self.at, self.event, *caller, *answer])


@dataclass(frozen=True, slots=True)
class StoredEntry:
    """An entry as the database has it. `card` and `salt` are None without a card and after an erasure.

    An erasure sets `erased`. A value of a wrong type counts as changed.
    """

    entry: Entry
    card: str | None
    salt: str | None
    mac: str
    erased: str | None = None


@dataclass(frozen=True, slots=True)
class Fault:
    """Something is wrong with this entry, or with all entries from `seq` to `last`."""

    seq: int
    what: str
    last: int | None = None

    def __str__(self) -> str:
        """One line for people."""
        if self.last is None or self.last <= self.seq:
            return f"entry {self.seq}: {self.what}"
        return f"entries {self.seq} to {self.last}: {self.what}"


@dataclass(frozen=True, slots=True)
class Position:
    """A position in the chain: number and MAC of the last entry, and the last time that was verified.

    `at` is in epoch seconds, 0 where no time was verified.
    """

    seq: int
    mac: str
    at: int = 0


def commit_to_card(salt: str, card: str) -> str:
    """The hash of a card that the chain covers. It reveals nothing without the salt, also to a key holder."""
    return hashlib.sha256(f"{salt} {card}".encode()).hexdigest()


def erasure_mark(key: bytes, seq: int, mac: str) -> str:
    """The mark of an erased card. Write access to the database alone is not enough to make one."""
    return compute_mac(key, ["erased", seq, mac])


def verify_next(
    keys: MacKeys, position: Position, stored: StoredEntry, *, needs_marks: bool = True
) -> tuple[Position, list[Fault]]:
    """Verify the entry that follows `position`. Returns the new position and the faults up to there.

    Without `needs_marks` an erased card needs no mark: a version that made no marks wrote the log last.
    """
    seq = stored.entry.seq
    if seq <= position.seq:
        return position, [Fault(seq, CHANGED)]
    is_next = seq == position.seq + 1
    is_authentic = is_next and any(
        is_same_mac(stored.mac, stored.entry.mac(key, position.mac)) for key in keys
    )
    faults = []
    if not is_next:
        faults.append(Fault(position.seq + 1, f"removed, so that entry {seq} cannot be verified", seq))
    elif not is_authentic:
        faults.append(Fault(seq, CHANGED))
    if (fault := _card_fault(keys, stored, needs_marks=needs_marks)) is not None:
        faults.append(Fault(seq, fault))
    return Position(seq, stored.mac, stored.entry.at if is_authentic else position.at), faults


def merge_adjacent(faults: Iterable[Fault]) -> Iterator[Fault]:
    """The same faults; adjacent faults with the same words become one."""
    pending: Fault | None = None
    for fault in faults:
        if pending and fault.what == pending.what and fault.seq == (pending.last or pending.seq) + 1:
            pending = replace(pending, last=fault.last or fault.seq)
            continue
        if pending:
            yield pending
        pending = fault
    if pending:
        yield pending


def has_original_card(stored: StoredEntry) -> bool:
    """Whether the entry has the card that it was written with, and was never erased."""
    if stored.card is None or stored.salt is None or stored.erased is not None:
        return False
    return is_same_mac(stored.entry.seal, commit_to_card(stored.salt, stored.card))


def _card_fault(keys: MacKeys, stored: StoredEntry, *, needs_marks: bool) -> str | None:
    if stored.card is not None or stored.salt is not None:
        return None if has_original_card(stored) else CARD_CHANGED
    if not stored.entry.seal:
        return None if stored.erased is None else CARD_CHANGED
    if stored.erased is None and not needs_marks:
        return None
    marks = (erasure_mark(key, stored.entry.seq, stored.mac) for key in keys)
    return None if any(is_same_mac(stored.erased, mark) for mark in marks) else CARD_REMOVED


def is_same_mac(stored: object, expected: str) -> bool:
    """Whether a stored value is the expected MAC or hash; a value of another type is not."""
    return isinstance(stored, str) and hmac.compare_digest(stored.encode(), expected.encode())


def compute_mac(key: bytes, parts: list[object]) -> str:
    """The MAC of these values."""
    return hmac.digest(key, _as_json(parts).encode(), "sha256").hex()
