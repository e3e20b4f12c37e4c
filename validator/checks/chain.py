"""The chain of the check log: each entry's MAC covers the one before it. Pure.

The order of the chain is the order of writing, and only that: times may go back in it, where a clock was set
back, where several servers write, or where an entry had to wait. Each time is covered by its entry's MAC.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

Keys = tuple[bytes, ...]

NO_TIME = -(2**62)
"""Stands for a time that cannot be read; no entry was ever written with it."""
CHANGED = "changed, moved or written by somebody else"
CARD_CHANGED = "its card was changed"
CARD_TAKEN_OUT = "its card was taken out, and not by an erasure"


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
        who = (self.caller_kind, self.caller_id)
        covered = ["entry", before, self.seq, self.at, self.event, *who, self.word, self.source, self.seal]
        return mac_over(key, covered)


@dataclass(frozen=True, slots=True)
class Kept:
    """An entry as it is kept. `card` and `salt` are None where there is no card or where it was erased.

    An erasure leaves its own mark in `erased`. Values of a wrong type count as changed.
    """

    entry: Entry
    card: str | None
    salt: str | None
    mac: str
    erased: str | None = None


@dataclass(frozen=True, slots=True)
class Fault:
    """Something is wrong with this entry, or with all entries from `seq` up to `last`."""

    seq: int
    what: str
    last: int | None = None

    def __str__(self) -> str:
        """One line for people."""
        if self.last is None or self.last <= self.seq:
            return f"entry {self.seq}: {self.what}"
        return f"entries {self.seq} to {self.last}: {self.what}"


@dataclass(frozen=True, slots=True)
class Place:
    """An entry that the chain goes on after: its number and MAC, and the last time that was verified.

    In epoch seconds, 0 where none was.
    """

    seq: int
    mac: str
    at: int = 0


def seal(salt: str, card: str) -> str:
    """What the chain covers of a card: without the salt it says nothing, whoever has the keys."""
    return hashlib.sha256(f"{salt} {card}".encode()).hexdigest()


def erasure(key: bytes, seq: int, mac: str) -> str:
    """The mark of an erased card: who has only the database cannot take a card out of this entry."""
    return mac_over(key, ["erased", seq, mac])


def follow(keys: Keys, place: Place, row: Kept, *, marks: bool = True) -> tuple[Place, list[Fault]]:
    """Go on from `place` to this entry: the new place, and what is wrong between the two.

    Without `marks` an erased card needs no mark: the log was last written by a version that made none.
    """
    found = row.entry.seq
    if found <= place.seq:
        return place, [Fault(found, CHANGED)]
    is_next = found == place.seq + 1
    is_ours = is_next and any(same(row.mac, row.entry.mac(key, place.mac)) for key in keys)
    faults = []
    if not is_next:
        faults.append(Fault(place.seq + 1, f"removed, so that entry {found} cannot be verified", found))
    elif not is_ours:
        faults.append(Fault(found, CHANGED))
    if (fault := _card_fault(keys, row, marks=marks)) is not None:
        faults.append(Fault(found, fault))
    return Place(found, row.mac, row.entry.at if is_ours else place.at), faults


def grouped(faults: Iterable[Fault]) -> Iterator[Fault]:
    """The same faults; neighbours with the same words become one."""
    held: list[Fault] = []
    for one in faults:
        if held and one.what == held[0].what and one.seq == (held[0].last or held[0].seq) + 1:
            held = [replace(held[0], last=one.last or one.seq)]
        else:
            yield from held
            held = [one]
    yield from held


def card_fits(row: Kept) -> bool:
    """Whether the card is the one that the entry was written with, and was never erased."""
    if row.card is None or row.salt is None or row.erased is not None:
        return False
    return same(row.entry.seal, seal(row.salt, row.card))


def _card_fault(keys: Keys, row: Kept, *, marks: bool) -> str | None:
    if row.card is not None or row.salt is not None:
        return None if card_fits(row) else CARD_CHANGED
    if not row.entry.seal:
        return None if row.erased is None else CARD_CHANGED
    if row.erased is None and not marks:
        return None
    is_ours = any(same(row.erased, erasure(key, row.entry.seq, row.mac)) for key in keys)
    return None if is_ours else CARD_TAKEN_OUT


def same(given: object, right: str) -> bool:
    """Whether this is the MAC or seal that it should be; a value of another type is not."""
    return isinstance(given, str) and hmac.compare_digest(given.encode(), right.encode())


def mac_over(key: bytes, parts: list[object]) -> str:
    """The MAC of these values."""
    # Somebody may have put values of any type into the database: those never give the same MAC.
    return hmac.digest(key, json.dumps(parts, default=repr).encode(), hashlib.sha256).hex()
