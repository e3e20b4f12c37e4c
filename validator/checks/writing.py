"""The check log’s transactions: entries are added, cards are taken out, old entries are deleted.

Nothing is sealed that was not verified: a fault becomes an incident that stays.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy import delete

from validator.checks import head as heads
from validator.checks import rows
from validator.checks.chain import Fault, follow
from validator.checks.models import LogRow

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.orm import Session

    from validator.checks.chain import Entry, Keys
    from validator.checks.head import Written
    from validator.checks.rows import Draft
    from validator.checks.sealed import Head

# As many as are verified and deleted in some milliseconds: others wait for the lock meanwhile.
BATCH = 200
# A clock may run ahead by this much: what is stamped later still never held up the end of what is before it.
AHEAD = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Writer:
    """The keys, the time in epoch seconds, and the head that this process saw last."""

    keys: Keys
    now: int
    seen: Head | None = None


@dataclass(frozen=True, slots=True)
class Ends:
    """What ends: entries from before `before`, as seen at `now`."""

    before: datetime
    now: datetime

    def end(self, entry: Entry) -> bool:
        """Whether this entry ends, if those before it do."""
        return not self.before.timestamp() <= entry.at <= (self.now + AHEAD).timestamp()


def append(session: Session, writer: Writer, drafts: list[Draft]) -> Written:
    """Write these after the last entry, under the first key."""
    opened = heads.locked(session, writer.keys, writer.now, writer.seen)
    head, added = opened.head, list[tuple["Draft", str]]()
    for draft in drafts:
        entry = replace(draft.entry, seq=head.seq + 1)
        head = replace(head, seq=entry.seq, mac=entry.mac(writer.keys[0], head.mac))
        added.append((replace(draft, entry=entry), head.mac))
    rows.add(session, added)
    return replace(opened, head=heads.keep(session, writer.keys, head), count=len(added))


def erase(session: Session, writer: Writer, cards: set[str]) -> Written:
    """Take these cards out of their entries, which stay in the chain and say nothing of them any more."""
    opened = heads.locked(session, writer.keys, writer.now, writer.seen)
    count = rows.take_out(session, writer.keys, cards)
    return replace(opened, head=heads.keep(session, writer.keys, opened.head), count=count)


def purge(session: Session, writer: Writer, ends: Ends) -> Written:
    """Verify and delete the oldest entries, BATCH at most, up to the first that stays.

    The head keeps where they ended, so that the rest can still be verified.
    """
    keys = writer.keys
    opened = heads.locked(session, keys, writer.now, writer.seen)
    done = replace(opened, head=heads.rekeyed(session, keys, opened.head))
    place, faults, last = done.head.anchor, list[Fault](), None
    for row in list(rows.kept(session, BATCH)):
        if not ends.end(row.entry):
            break
        place, found = follow(keys, place, row)
        faults += found
        last, done = row.entry.seq, replace(done, count=done.count + 1)
    if last is not None:
        session.execute(delete(LogRow).where(LogRow.seq <= last))
        head = replace(done.head, anchor_seq=place.seq, anchor_mac=place.mac, anchor_at=place.at)
        done = replace(done, head=head)
    if faults:
        found_out = heads.record(session, keys, done.head, faults, writer.now)
        done = replace(found_out, incidents=(*done.incidents, *found_out.incidents), count=done.count)
    return replace(done, head=heads.keep(session, keys, done.head))
