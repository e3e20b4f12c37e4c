"""The transactions of the audit log: append entries, erase cards, purge old entries.

Nothing is sealed without verification: a fault becomes an incident, which is never deleted.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy import delete

from validator.audit import entries, head_store
from validator.audit.chain import Fault, verify_next
from validator.audit.models import EntryRow

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy.orm import Session

    from validator.audit.chain import Entry, MacKeys, StoredEntry
    from validator.audit.entries import NewEntry
    from validator.audit.head import Head
    from validator.audit.head_store import Outcome

# Verified and deleted within some milliseconds, while other writers wait for the lock.
PURGE_BATCH = 200
# A clock may be ahead by this much. An entry with a later time does not stop the purge of older ones.
MAX_CLOCK_LEAD = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Writer:
    """The keys, the time in epoch seconds, and the head that this process saw last."""

    keys: MacKeys
    now: int
    seen: Head | None = None


@dataclass(frozen=True, slots=True)
class PurgeRange:
    """Entries older than `before` are deleted; `now` shows which times are in the future."""

    before: datetime
    now: datetime

    def contains(self, entry: Entry) -> bool:
        """Whether this entry is deleted, if those before it are."""
        return not self.before.timestamp() <= entry.at <= (self.now + MAX_CLOCK_LEAD).timestamp()


def extend_chain(
    keys: MacKeys, head: Head, new_entries: Sequence[NewEntry]
) -> tuple[list[StoredEntry], Head]:
    """These entries after the last one, with numbers and MACs, and the head after them, not yet sealed."""
    seq, mac, added = head.seq, head.mac, list["StoredEntry"]()
    for new in new_entries:
        seq += 1
        added.append(new.chained(keys[0], seq, mac))
        mac = added[-1].mac
    return added, replace(head, seq=seq, mac=mac)


def append(session: Session, writer: Writer, new_entries: Sequence[NewEntry]) -> Outcome:
    """Write these entries after the last one, under the first key."""
    locked = head_store.lock_head(session, writer.keys, writer.now, writer.seen)
    added, head = extend_chain(writer.keys, locked.head, new_entries)
    entries.insert_entries(session, added)
    return replace(locked, head=head_store.store_head(session, writer.keys, head), count=len(added))


def erase(session: Session, writer: Writer, cards: set[str]) -> Outcome:
    """Remove these cards from their entries. The entries stay in the chain."""
    locked = head_store.lock_head(session, writer.keys, writer.now, writer.seen)
    count = entries.erase_cards(session, writer.keys, cards)
    return replace(locked, head=head_store.store_head(session, writer.keys, locked.head), count=count)


def purge(session: Session, writer: Writer, old: PurgeRange) -> Outcome:
    """Verify and delete old entries, oldest first, at most PURGE_BATCH.

    The head keeps the end of the deleted part as its anchor, so that the rest can still be verified.
    """
    keys = writer.keys
    locked = head_store.lock_head(session, keys, writer.now, writer.seen)
    done = replace(locked, head=head_store.reseal_incidents(session, keys, locked.head))
    position, faults, last = done.head.anchor, list[Fault](), None
    for stored in list(entries.stored_entries(session, PURGE_BATCH)):
        if not old.contains(stored.entry):
            break
        position, found = verify_next(keys, position, stored)
        faults += found
        last, done = stored.entry.seq, replace(done, count=done.count + 1)
    if last is not None:
        session.execute(delete(EntryRow).where(EntryRow.seq <= last))
        done = replace(done, head=done.head.with_anchor(position))
    if faults:
        recorded = head_store.record_incident(session, keys, done.head, faults, writer.now)
        done = replace(recorded, incidents=(*done.incidents, *recorded.incidents), count=done.count)
    return replace(done, head=head_store.store_head(session, keys, done.head))
