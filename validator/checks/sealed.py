"""What is sealed of the check log: its head and its incidents, and what is wrong with all of it. Pure."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from validator.checks.chain import Fault, Kept, Place, follow, mac_over, same

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from validator.checks.chain import Keys


@dataclass(frozen=True, slots=True)
class Incident:
    """A fault that was found while writing or deleting. It is sealed and kept for good."""

    number: int
    first: int
    last: int
    found_at: int
    what: str
    mac: str = ""

    def sealed(self, key: bytes) -> Incident:
        """The same with its MAC."""
        return replace(self, mac=self._mac(key))

    def holds(self, keys: Keys) -> bool:
        """Whether we sealed it."""
        return any(same(self.mac, self._mac(key)) for key in keys)

    def _mac(self, key: bytes) -> str:
        return mac_over(key, ["incident", self.number, self.first, self.last, self.found_at, self.what])


@dataclass(frozen=True, slots=True)
class Head:
    """Where the chain ends, and where what is kept of it begins: after `anchor_seq`, the last one deleted.

    `incidents` is the digest of all incidents, "" where there was none.
    """

    seq: int
    mac: str
    anchor_seq: int
    anchor_mac: str
    seal: str
    anchor_at: int = 0
    incidents: str = ""

    def __str__(self) -> str:
        """What to keep elsewhere: with it a log is found out that was put back to an earlier state."""
        return f"{self.seq}:{self.mac}"

    @property
    def anchor(self) -> Place:
        """The last entry that was deleted at its end."""
        return Place(self.anchor_seq, self.anchor_mac, self.anchor_at)

    def sealed(self, key: bytes) -> Head:
        """The same with its seal."""
        return replace(self, seal=self._seal(key))

    def holds(self, keys: Keys) -> bool:
        """Whether we sealed it; a head that was never written to needs no seal."""
        if self == NOTHING or any(same(self.seal, self._seal(key)) for key in keys):
            return True
        return self.is_of_first_shape(keys)

    def is_of_first_shape(self, keys: Keys) -> bool:
        """Whether it was sealed by a version that knew neither incidents nor marks of erasures."""
        if self.incidents or self.anchor_at:
            return False
        return any(same(self.seal, self._first_seal(key)) for key in keys)

    def _seal(self, key: bytes) -> str:
        covered = [self.seq, self.mac, self.anchor_seq, self.anchor_mac, self.anchor_at, self.incidents]
        return mac_over(key, ["head, shape 2", *covered])

    def _first_seal(self, key: bytes) -> str:
        return mac_over(key, ["head", self.seq, self.mac, self.anchor_seq, self.anchor_mac])


NOTHING = Head(0, "", 0, "", "")


def digest(incidents: Sequence[Incident]) -> str:
    """What the head keeps of all incidents, in their order."""
    if not incidents:
        return ""
    return hashlib.sha256("\n".join(one.mac for one in incidents).encode()).hexdigest()


def faults(
    keys: Keys, head: Head | None, rows: Iterable[Kept], incidents: Sequence[Incident] = ()
) -> Iterator[Fault]:
    """Everything that is wrong with these entries, and every incident; nothing where all is as written.

    What cannot be found: that the log as a whole was put back to an earlier state of itself.
    """
    if head is None:
        yield Fault(1, "the log’s head is missing or unreadable; entries may be missing")
        head, end = NOTHING, None
    elif not head.holds(keys):
        last = max(head.seq, head.anchor_seq)
        yield Fault(1, "the log’s head was changed; entries may be missing", last)
        end = None
    else:
        end = head.seq
    yield from _incident_faults(keys, head, incidents)
    yield from _row_faults(keys, head, rows, end)


def _incident_faults(keys: Keys, head: Head, incidents: Sequence[Incident]) -> Iterator[Fault]:
    if digest(incidents) != head.incidents:
        yield Fault(0, "the list of incidents was changed")
    for one in incidents:
        if one.holds(keys):
            at = datetime.fromtimestamp(one.found_at, UTC).isoformat()
            yield Fault(one.first, f"incident {one.number}, found at {at}: {one.what}", one.last)
        else:
            yield Fault(0, f"incident {one.number} was changed or written by somebody else")


def _row_faults(keys: Keys, head: Head, rows: Iterable[Kept], end: int | None) -> Iterator[Fault]:
    place, beyond = head.anchor, 0
    marks = not head.is_of_first_shape(keys)
    for row in rows:
        if end is not None and row.entry.seq > end:
            beyond = row.entry.seq
            continue
        place, found = follow(keys, place, row, marks=marks)
        yield from found
    if beyond:
        yield Fault(head.seq + 1, "written by somebody else, or the log’s head was put back", beyond)
    if place.seq < head.seq:
        yield Fault(place.seq + 1, "the end of the log is missing", head.seq)
    elif (place.seq, place.mac) != (head.seq, head.mac):
        yield Fault(place.seq, "the log does not end with this entry")
