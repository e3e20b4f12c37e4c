"""Entries of the check log as they stand in the database, and back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, cast

from sqlalchemy import String, bindparam, func, insert, select, type_coerce, update

from validator.checks.chain import NO_TIME, Entry, Kept, Keys, card_fits, erasure
from validator.checks.models import LogRow

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from sqlalchemy import Table
    from sqlalchemy.orm import Session

# Built once and on the table itself: a check waits for these, and building them took longer than SQLite.
_ROWS = cast("Table", LogRow.__table__)
_LAST = select(func.max(_ROWS.c.seq))
_INSERT = insert(_ROWS)
_ERASE = update(_ROWS).where(_ROWS.c.seq == bindparam("number"))
_ERASE = _ERASE.values(card=None, salt=None, erased=bindparam("mark"))
_READ = 1_000
# Times are read as they are kept: what is no time is a fault to be found, and not an error.
_KEPT = select(
    LogRow.seq,
    type_coerce(LogRow.at, String),
    LogRow.event,
    LogRow.caller_kind,
    LogRow.caller_id,
    LogRow.word,
    LogRow.source,
    LogRow.seal,
    LogRow.card,
    LogRow.salt,
    LogRow.mac,
    LogRow.erased,
).order_by(LogRow.seq)


@dataclass(frozen=True, slots=True)
class Draft:
    """An entry; `card` and `salt` are None where there is no card."""

    entry: Entry
    card: str | None = None
    salt: str | None = None


def add(session: Session, entries: list[tuple[Draft, str]]) -> None:
    """Write entries, each with its MAC."""
    session.connection().execute(_INSERT, [_values(draft, mac) for draft, mac in entries])


def last(session: Session) -> int:
    """The highest number, 0 where there is no entry."""
    return session.connection().execute(_LAST).scalar() or 0


def first(session: Session) -> int | None:
    """The lowest number that we may have written, None where there is none."""
    return session.scalar(select(func.min(LogRow.seq)).where(LogRow.seq > 0))


def mac_of(session: Session, seq: int) -> str | None:
    """The MAC of one entry, None where it is not there."""
    found = session.scalar(select(LogRow.mac).where(LogRow.seq == seq))
    return None if found is None else text(found)


def kept(session: Session, most: int | None = None) -> Iterator[Kept]:
    """The oldest entries or all, in order."""
    query = _KEPT.limit(most).execution_options(yield_per=_READ)
    return (_kept(row) for row in session.execute(query))


def take_out(session: Session, keys: Keys, cards: set[str]) -> int:
    """Take these cards out of their entries; tell of how many.

    An entry whose card was put there by somebody else gets no mark: it stays a fault.
    """
    found = [_kept(row) for row in session.execute(_KEPT.where(LogRow.card.in_(cards)))]
    marks = ((row, erasure(keys[0], row.entry.seq, row.mac) if card_fits(row) else None) for row in found)
    _mark(session, marks)
    return len(found)


def mark_erased(session: Session, keys: Keys) -> None:
    """Mark the entries whose card was erased by a version that made no marks."""
    is_blank = (LogRow.card.is_(None), LogRow.salt.is_(None), LogRow.seal != "", LogRow.erased.is_(None))
    found = [_kept(row) for row in session.execute(_KEPT.where(*is_blank))]
    _mark(session, ((row, erasure(keys[0], row.entry.seq, row.mac)) for row in found))


def text(value: object) -> str:
    """A text as it is kept; of a value of another type, which we never write, a text that is not ours."""
    return value if isinstance(value, str) else repr(value)


def _mark(session: Session, marks: Iterable[tuple[Kept, str | None]]) -> None:
    if values := [{"number": row.entry.seq, "mark": mark} for row, mark in marks]:
        session.connection().execute(_ERASE, values)


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


def _kept(row: Any) -> Kept:  # noqa: ANN401 - a row of _KEPT
    seq, at, event, kind, caller, word, source, seal, card, salt, mac, erased = row
    entry = Entry(seq, _seconds(at), event, kind, caller, word, source, seal)
    return Kept(entry, card, salt, text(mac), erased)


def _seconds(at: object) -> int:
    """Epoch seconds of a time as we write it: whole, in UTC. NO_TIME for anything else."""
    try:
        time = datetime.fromisoformat(at) if isinstance(at, str) else at
        if not isinstance(time, datetime) or time.microsecond:
            return NO_TIME
        if isinstance(at, str) and at != time.isoformat(sep=" ", timespec="microseconds"):
            return NO_TIME
        # SQLite keeps no zone, and what was written was UTC.
        return int((time.replace(tzinfo=UTC) if time.tzinfo is None else time).timestamp())
    except (ValueError, OverflowError):
        return NO_TIME
