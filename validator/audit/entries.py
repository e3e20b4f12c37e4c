"""The table of audit log entries: insert, read, erase cards."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, cast

from sqlalchemy import String, and_, bindparam, func, insert, select, type_coerce, update

from validator.accounts.identity import CallerKind
from validator.accounts.models import Device, Person
from validator.audit.chain import (
    UNREADABLE_TIME,
    Entry,
    MacKeys,
    StoredEntry,
    erasure_mark,
    has_original_card,
)
from validator.audit.models import EntryRow

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from sqlalchemy import Table
    from sqlalchemy.orm import Session

_TABLE = cast("Table", EntryRow.__table__)
_OF_DEVICE = and_(EntryRow.caller_kind == CallerKind.DEVICE.value, Device.id == EntryRow.caller_id)
_OF_PERSON = and_(EntryRow.caller_kind != CallerKind.DEVICE.value, Person.id == EntryRow.caller_id)
_ERASE = update(_TABLE).where(_TABLE.c.seq == bindparam("number"))
_ERASE = _ERASE.values(card=None, salt=None, erased=bindparam("mark"))
_READ_AT_ONCE = 1_000
# A time is read as the text that is stored: a damaged one is a fault to report, not an error.
_STORED = select(
    EntryRow.seq,
    type_coerce(EntryRow.at, String),
    EntryRow.event,
    EntryRow.caller_kind,
    EntryRow.caller_id,
    EntryRow.word,
    EntryRow.source,
    EntryRow.seal,
    EntryRow.card,
    EntryRow.salt,
    EntryRow.mac,
    EntryRow.erased,
).order_by(EntryRow.seq)


@dataclass(frozen=True, slots=True)
class NewEntry:
    """An entry without its number; `card` and `salt` are None, and `seal` "", where there is no card."""

    at: int
    event: str
    caller_kind: str
    caller_id: int
    word: str
    source: str
    seal: str = ""
    card: str | None = None
    salt: str | None = None

    def chained(self, key: bytes, seq: int, previous_mac: str) -> StoredEntry:
        """The entry with its number and its MAC."""
        caller = (self.caller_kind, self.caller_id)
        entry = Entry(seq, self.at, self.event, *caller, self.word, self.source, self.seal)
        return StoredEntry(entry, self.card, self.salt, entry.mac(key, previous_mac))


@dataclass(frozen=True, slots=True)
class NamedEntry:
    """An entry as people read it. `name` is the person's or device's, empty where it was deleted.

    `word` is a reason or the kind of an alert.
    """

    seq: int
    at: datetime
    event: str
    kind: CallerKind
    name: str
    word: str
    source: str


def insert_entries(session: Session, added: list[StoredEntry]) -> None:
    """Insert entries."""
    session.connection().execute(insert(_TABLE), [_values(stored) for stored in added])


def last_seq(session: Session) -> int:
    """The highest number, 0 without any entry."""
    return session.scalar(select(func.max(EntryRow.seq))) or 0


def first_seq(session: Session) -> int | None:
    """The lowest number that we may have written, None without any entry."""
    return session.scalar(select(func.min(EntryRow.seq)).where(EntryRow.seq > 0))


def mac_of(session: Session, seq: int) -> str | None:
    """The stored MAC of one entry, None where it is missing."""
    found = session.scalar(select(EntryRow.mac).where(EntryRow.seq == seq))
    return None if found is None else as_text(found)


def stored_entries(session: Session, limit: int | None = None) -> Iterator[StoredEntry]:
    """The oldest entries, or all, in order."""
    query = _STORED.limit(limit).execution_options(yield_per=_READ_AT_ONCE)
    return (_stored(row) for row in session.execute(query))


def latest_entries(session: Session, count: int, event: str | None) -> list[NamedEntry]:
    """The newest entries, of one kind of event or of all, the newest first."""
    query = select(EntryRow, Person.username, Device.name)
    query = query.outerjoin(Person, _OF_PERSON).outerjoin(Device, _OF_DEVICE)
    if event is not None:
        query = query.where(EntryRow.event == event)
    found = session.execute(query.order_by(EntryRow.seq.desc()).limit(count))
    return [_named(row, person or device or "") for row, person, device in found]


def erase_cards(session: Session, keys: MacKeys, cards: set[str]) -> int:
    """Remove these cards from their entries; returns the number of entries.

    An entry that does not have its original card gets no mark: it stays a fault.
    """
    found = [_stored(row) for row in session.execute(_STORED.where(EntryRow.card.in_(cards)))]
    _erase(session, ((row, _mark(keys, row) if has_original_card(row) else None) for row in found))
    return len(found)


def mark_earlier_erasures(session: Session, keys: MacKeys) -> None:
    """Mark the entries whose card was erased by a version that made no marks."""
    is_erased = (EntryRow.card.is_(None), EntryRow.salt.is_(None), EntryRow.seal != "")
    query = _STORED.where(*is_erased, EntryRow.erased.is_(None))
    found = [_stored(row) for row in session.execute(query)]
    _erase(session, ((row, _mark(keys, row)) for row in found))


def as_text(value: object) -> str:
    """A stored text; for a value of another type, which we never write, a text that no MAC equals."""
    return value if isinstance(value, str) else repr(value)


def _mark(keys: MacKeys, stored: StoredEntry) -> str:
    return erasure_mark(keys[0], stored.entry.seq, stored.mac)


def _erase(session: Session, marks: Iterable[tuple[StoredEntry, str | None]]) -> None:
    if values := [{"number": stored.entry.seq, "mark": mark} for stored, mark in marks]:
        session.connection().execute(_ERASE, values)


def _values(stored: StoredEntry) -> dict[str, object]:
    entry = stored.entry
    return {
        "seq": entry.seq,
        "at": datetime.fromtimestamp(entry.at, UTC),
        "event": entry.event,
        "caller_kind": entry.caller_kind,
        "caller_id": entry.caller_id,
        "word": entry.word,
        "source": entry.source,
        "card": stored.card,
        "salt": stored.salt,
        "seal": entry.seal,
        "mac": stored.mac,
    }


def _stored(row: Any) -> StoredEntry:  # noqa: ANN401 - a row of _STORED
    seq, at, event, kind, caller, word, source, seal, card, salt, mac, erased = row
    entry = Entry(seq, _seconds(at), event, kind, caller, word, source, seal)
    return StoredEntry(entry, card, salt, as_text(mac), erased)


def _named(row: EntryRow, name: str) -> NamedEntry:
    return NamedEntry(row.seq, row.at, row.event, CallerKind(row.caller_kind), name, row.word, row.source)


def _seconds(at: object) -> int:
    """Epoch seconds of a time as we write it: whole, in UTC. UNREADABLE_TIME for anything else."""
    try:
        time = datetime.fromisoformat(at) if isinstance(at, str) else at
        if not isinstance(time, datetime) or time.microsecond:
            return UNREADABLE_TIME
        if isinstance(at, str) and at != time.isoformat(sep=" ", timespec="microseconds"):
            return UNREADABLE_TIME
        # SQLite stores no zone; every time was written in UTC.
        return int((time.replace(tzinfo=UTC) if time.tzinfo is None else time).timestamp())
    except (ValueError, OverflowError):
        return UNREADABLE_TIME
