"""The sealed head of the audit log, its incidents, and the verification of the whole log. Pure."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from validator.audit.chain import Fault, Position, StoredEntry, compute_mac, is_same_mac, verify_next

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from validator.audit.chain import MacKeys

_PRINTED_HEAD = re.compile(r"([0-9]{1,18}):([0-9a-f]{64})?")


@dataclass(frozen=True, slots=True)
class Incident:
    """A fault that was found while writing or deleting. It is sealed and never deleted."""

    number: int
    first: int
    last: int
    found_at: int
    what: str
    mac: str = ""

    def sealed(self, key: bytes) -> Incident:
        """The same with its MAC."""
        return replace(self, mac=self._mac(key))

    def is_authentic(self, keys: MacKeys) -> bool:
        """Whether one of these keys sealed it."""
        return any(is_same_mac(self.mac, self._mac(key)) for key in keys)

    def _mac(self, key: bytes) -> str:
        return compute_mac(key, ["incident", self.number, self.first, self.last, self.found_at, self.what])


@dataclass(frozen=True, slots=True)
class Head:
    """The end of the chain, and the anchor: the last entry that the retention deleted.

    `incidents` is the digest of all incidents, "" without any.
    """

    seq: int
    mac: str
    anchor_seq: int
    anchor_mac: str
    seal: str
    anchor_at: int = 0
    incidents: str = ""

    def __str__(self) -> str:
        """The text to note elsewhere. It shows when the log was put back to an earlier state."""
        return f"{self.seq}:{self.mac}"

    @property
    def anchor(self) -> Position:
        """The last entry that the retention deleted."""
        return Position(self.anchor_seq, self.anchor_mac, self.anchor_at)

    def with_anchor(self, anchor: Position) -> Head:
        """The same with another anchor, not yet sealed."""
        return replace(self, anchor_seq=anchor.seq, anchor_mac=anchor.mac, anchor_at=anchor.at)

    def known_mac(self, seq: int) -> str | None:
        """The MAC of the last entry or of the anchor, None for any other number."""
        return self.mac if seq == self.seq else self.anchor_mac if seq == self.anchor_seq else None

    def sealed(self, key: bytes) -> Head:
        """The same with its seal."""
        return replace(self, seal=self._seal(key))

    def is_authentic(self, keys: MacKeys) -> bool:
        """Whether one of these keys sealed it. The head of a log without any entry needs no seal."""
        if self == EMPTY_HEAD or any(is_same_mac(self.seal, self._seal(key)) for key in keys):
            return True
        return self.is_first_format(keys)

    def is_first_format(self, keys: MacKeys) -> bool:
        """Whether a version without incidents and erasure marks sealed it."""
        if self.incidents or self.anchor_at:
            return False
        return any(is_same_mac(self.seal, self._first_format_seal(key)) for key in keys)

    def _seal(self, key: bytes) -> str:
        covered = [self.seq, self.mac, self.anchor_seq, self.anchor_mac, self.anchor_at, self.incidents]
        return compute_mac(key, ["head, shape 2", *covered])

    def _first_format_seal(self, key: bytes) -> str:
        return compute_mac(key, ["head", self.seq, self.mac, self.anchor_seq, self.anchor_mac])


EMPTY_HEAD = Head(0, "", 0, "", "")


def parse_head(text: str) -> Position:
    """The head that was noted as text; raises ValueError for any other text."""
    if (found := _PRINTED_HEAD.fullmatch(text)) is None:
        raise ValueError("no head of an audit log")
    return Position(int(found[1]), found[2] or "")


def head_fault(keys: MacKeys, head: Head | None, last_seq: int) -> Fault | None:
    """The fault of a head that is not authentic or that does not cover the last entry."""
    if head is None:
        return Fault(1, "the log’s head was missing or unreadable; entries may be missing", last_seq)
    if not head.is_authentic(keys):
        return Fault(1, "the log’s head was changed; entries may be missing", max(last_seq, head.seq))
    if last_seq > head.seq:
        return Fault(head.seq + 1, "not written by this site, or the log’s head was put back", last_seq)
    return None


def rollback_fault(head: Head, seen: Head | None, mac_at_seen: str | None) -> Fault | None:
    """The fault of a log that does not continue from `seen`, the head that this process saw last.

    `mac_at_seen` is the MAC of the entry `seen.seq` now; None where the entry is missing, which the
    verification of the entries finds.
    """
    if seen is None or seen.seq < head.anchor_seq:
        return None
    if seen.seq > head.seq:
        return Fault(head.seq + 1, "gone: the log was put back to an earlier state", seen.seq)
    if mac_at_seen in {None, seen.mac}:
        return None
    return Fault(seen.seq, "not the entry that was here: the log was exchanged")


def incidents_digest(incidents: Sequence[Incident]) -> str:
    """What the head stores about all incidents, in their order."""
    if not incidents:
        return ""
    return hashlib.sha256("\n".join(one.mac for one in incidents).encode()).hexdigest()


def find_faults(
    keys: MacKeys, head: Head | None, entries: Iterable[StoredEntry], incidents: Sequence[Incident] = ()
) -> Iterator[Fault]:
    """Everything that is wrong with these entries, and every incident.

    This cannot find that the whole log was put back to an earlier state of itself.
    """
    if head is None:
        yield Fault(1, "the log’s head is missing or unreadable; entries may be missing")
        head, end = EMPTY_HEAD, None
    elif not head.is_authentic(keys):
        last = max(head.seq, head.anchor_seq)
        yield Fault(1, "the log’s head was changed; entries may be missing", last)
        end = None
    else:
        end = head.seq
    yield from _incident_faults(keys, head, incidents)
    yield from _entry_faults(keys, head, entries, end)


def _incident_faults(keys: MacKeys, head: Head, incidents: Sequence[Incident]) -> Iterator[Fault]:
    if incidents_digest(incidents) != head.incidents:
        yield Fault(0, "the list of incidents was changed")
    for one in incidents:
        if one.is_authentic(keys):
            at = datetime.fromtimestamp(one.found_at, UTC).isoformat()
            yield Fault(one.first, f"incident {one.number}, found at {at}: {one.what}", one.last)
        else:
            yield Fault(0, f"incident {one.number} was changed or not written by this site")


def _entry_faults(
    keys: MacKeys, head: Head, entries: Iterable[StoredEntry], end: int | None
) -> Iterator[Fault]:
    position, beyond = head.anchor, 0
    needs_marks = not head.is_first_format(keys)
    for stored in entries:
        if end is not None and stored.entry.seq > end:
            beyond = stored.entry.seq
            continue
        position, found = verify_next(keys, position, stored, needs_marks=needs_marks)
        yield from found
    if beyond:
        yield Fault(head.seq + 1, "not written by this site, or the log’s head was put back", beyond)
    if position.seq < head.seq:
        yield Fault(position.seq + 1, "the end of the log is missing", head.seq)
    elif (position.seq, position.mac) != (head.seq, head.mac):
        yield Fault(position.seq, "the log does not end with this entry")
