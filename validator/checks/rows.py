"""The check log in the database: what is written in one transaction, and how it is read back."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, cast

from sqlalchemy import bindparam, delete, func, insert, select, update

from validator.checks.chain import NOTHING, Entry, Fault, Head, Kept, Keys
from validator.checks.models import LogHead, LogRow

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Table
    from sqlalchemy.orm import Session

_HEAD = (LogHead.seq, LogHead.mac, LogHead.anchor_seq, LogHead.anchor_mac, LogHead.seal)
# Built once and on the tables themselves: a check waits for these, and building them took longer than SQLite.
_ROWS, _HEADS = cast("Table", LogRow.__table__), cast("Table", LogHead.__table__)
_ALONE = update(_HEADS).values(one=1).returning(*(_HEADS.c[column.key] for column in _HEAD))
_KEEP = update(_HEADS).values({column.key: bindparam(column.key) for column in _HEAD})
_INSERT = insert(_ROWS)
_READ = 1_000
# A clock may run ahead by this much: what is stamped later still never held up the end of what is before it.
AHEAD = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Draft:
    """An entry before it has its place; `card` and `salt` are None where there is no card."""

    entry: Entry
    card: str | None = None
    salt: str | None = None


def append(session: Session, keys: Keys, drafts: list[Draft]) -> int:
    """Write these after the last entry, under the first key; tell the last number.

    The head is written first, so that one writer goes on at a time and the others wait. After a head that is
    not ours a number is left out: what somebody did to the log stays visible in it.
    """
    head = _sound(session, keys)
    values = []
    for draft in drafts:
        entry = replace(draft.entry, seq=head.seq + 1)
        head = replace(head, seq=entry.seq, mac=entry.mac(keys[0], head.mac))
        values.append(_values(replace(draft, entry=entry), head.mac))
    session.connection().execute(_INSERT, values)
    _keep(session, head.sealed(keys[0]))
    return head.seq


def _sound(session: Session, keys: Keys) -> Head:
    """The head, locked until the end of the transaction."""
    found = session.connection().execute(_ALONE).one_or_none()
    head = Head(*found) if found else None
    if head is not None and head.holds(keys) and (head.seq or not _last(session)):
        return head
    if head is None:
        session.execute(insert(LogHead), [{"one": 1} | asdict(NOTHING)])
    seq = max(_last(session), head.seq if head else 0) + 1
    return replace(head or NOTHING, seq=seq, mac="")


def _last(session: Session) -> int:
    return session.scalar(select(func.max(LogRow.seq))) or 0


def _keep(session: Session, head: Head) -> None:
    values = {column.key: getattr(head, column.key) for column in _HEAD}
    session.connection().execute(_KEEP, values)


def _values(draft: Draft, mac: str) -> dict[str, object]:
    entry = draft.entry
    return {
        "seq": entry.seq,
        "at": datetime.fromtimestamp(entry.at, UTC),
        "event": entry.event,
        "caller_kind": entry.caller_kind,
        "caller_id": entry.caller_id,
        "word": entry.word,
        "source": entry.source,
        "card": draft.card,
        "salt": draft.salt,
        "seal": entry.seal,
        "mac": mac,
    }


def purge(session: Session, keys: Keys, before: datetime, now: datetime) -> int:
    """Delete the oldest entries up to the first of after this instant; tell how many.

    The head keeps where they ended, so that the rest can still be verified.
    """
    head = _sound(session, keys)
    counts = LogRow.at.between(before, now + AHEAD)
    first_kept = session.scalar(select(func.min(LogRow.seq)).where(counts))
    last = _last(session) if first_kept is None else first_kept - 1
    mac = session.scalar(select(LogRow.mac).where(LogRow.seq == last))
    if mac is None:
        return 0
    gone = session.scalars(delete(LogRow).where(LogRow.seq <= last).returning(LogRow.seq)).all()
    _keep(session, replace(head, anchor_seq=last, anchor_mac=mac).sealed(keys[0]))
    return len(gone)


def erase(session: Session, cards: set[str]) -> int:
    """Take these cards out of their entries, which stay in the chain and say nothing of them any more."""
    session.execute(_ALONE)
    done = session.scalars(
        update(LogRow).where(LogRow.card.in_(cards)).values(card=None, salt=None).returning(LogRow.seq)
    )
    return len(done.all())


def head_of(session: Session) -> Head | None:
    """Where the log stands; None where somebody took the head out."""
    found = session.execute(select(*_HEAD)).one_or_none()
    return Head(*found) if found else None


def kept(session: Session) -> Iterator[Kept]:
    """All entries, in order."""
    query = select(LogRow).order_by(LogRow.seq).execution_options(yield_per=_READ)
    for row in session.scalars(query):
        yield Kept(_entry(row), row.card, row.salt, row.mac)


def missing(session: Session, now: Head, head: str) -> Fault | None:
    """What is wrong if the log no longer goes on from the head that was noted; None where it does.

    What has been purged since cannot be looked at any more.
    """
    number, _, mac = head.partition(":")
    seq = int(number) if number.isdecimal() else 0
    if seq < now.anchor_seq:
        return None
    kept = (
        now.anchor_mac
        if seq == now.anchor_seq
        else session.scalar(select(LogRow.mac).where(LogRow.seq == seq))
    )
    return None if kept == mac else Fault(seq, "not the entry that was here when this head was noted")


def _entry(row: LogRow) -> Entry:
    at = int(row.at.timestamp())
    return Entry(row.seq, at, row.event, row.caller_kind, row.caller_id, row.word, row.source, row.seal)
