"""The head and the incidents of the audit log in the database. Every transaction starts and ends here."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from enum import Enum, auto
from typing import TYPE_CHECKING, Any, cast

from sqlalchemy import bindparam, delete, insert, select, update

from validator.audit import entries
from validator.audit.chain import Fault, MacKeys, Position, merge_adjacent
from validator.audit.head import EMPTY_HEAD, Head, Incident, head_fault, incidents_digest, rollback_fault
from validator.audit.models import HeadRow, IncidentRow

if TYPE_CHECKING:
    from sqlalchemy import Table
    from sqlalchemy.orm import Session

HEAD_TYPES = {
    "seq": int,
    "mac": str,
    "anchor_seq": int,
    "anchor_mac": str,
    "seal": str,
    "anchor_at": int,
    "incidents": str,
}
_TABLE = cast("Table", HeadRow.__table__)
_COLUMNS = [_TABLE.c[name] for name in HEAD_TYPES]
_ONE = _TABLE.c.one == 1
_LOCK = update(_TABLE).where(_ONE).values(one=1).returning(*_COLUMNS)
_STORE = update(_TABLE).where(_ONE).values({name: bindparam(name) for name in HEAD_TYPES})
_INCIDENTS = select(
    IncidentRow.number,
    IncidentRow.first,
    IncidentRow.last,
    IncidentRow.found_at,
    IncidentRow.what,
    IncidentRow.mac,
).order_by(IncidentRow.number)
_MAX_WORDS = 1_000


@dataclass(frozen=True, slots=True)
class Outcome:
    """The result of a transaction: the new head, the incidents recorded, the number of entries changed."""

    head: Head
    incidents: tuple[Incident, ...] = ()
    count: int = 0


class Continuity(Enum):
    """Whether the log continues from a head that was noted earlier."""

    CONTINUES = auto()
    DELETED = auto()
    DIFFERS = auto()


def load_head(session: Session) -> Head | None:
    """The head; None where it is missing or unreadable."""
    return head_from(session.execute(select(*_COLUMNS).where(_ONE)).one_or_none())


def load_incidents(session: Session) -> list[Incident]:
    """All incidents, in order."""
    return [Incident(*row[:-1], mac=entries.as_text(row[-1])) for row in session.execute(_INCIDENTS)]


def lock_head(session: Session, keys: MacKeys, now: int, seen: Head | None) -> Outcome:
    """Lock the head until the end of the transaction, so that only one process writes, and verify it.

    Records an incident where the head is not authentic, and where the log does not continue from `seen`,
    the head that this process saw last. Writing then continues after the last entry. `now` is in epoch
    seconds.
    """
    found = head_from(session.connection().execute(_LOCK).one_or_none())
    last = entries.last_seq(session)
    if (fault := head_fault(keys, found, last)) is not None:
        return record_incident(session, keys, _repaired(session, keys, found, last), [fault], now)
    assert found is not None  # noqa: S101 - head_fault reports a missing head
    if found.is_first_format(keys):
        entries.mark_earlier_erasures(session, keys)
    mac_at_seen = None if seen is None else _mac_at(session, found, seen.seq)
    fault = rollback_fault(found, seen, mac_at_seen)
    return Outcome(found) if fault is None else record_incident(session, keys, found, [fault], now)


def store_head(session: Session, keys: MacKeys, head: Head) -> Head:
    """Write the head, sealed under the first key."""
    sealed = head.sealed(keys[0])
    session.connection().execute(_STORE, asdict(sealed))
    return sealed


def record_incident(session: Session, keys: MacKeys, head: Head, faults: list[Fault], now: int) -> Outcome:
    """Record an incident. It extends the one before it if that was found at the same time, next to it."""
    recorded = load_incidents(session)
    words = "; ".join(map(str, merge_adjacent(faults)))
    if incidents_digest(recorded) != head.incidents:
        words += "; the list of incidents was changed too"
    new = Incident(
        number=max((one.number for one in recorded), default=0) + 1,
        first=min(one.seq for one in faults),
        last=max(one.last or one.seq for one in faults),
        found_at=now,
        what=words,
    )
    previous = recorded[-1] if recorded and recorded[-1].is_authentic(keys) else None
    if previous and previous.found_at == now and previous.last + 1 == new.first:
        recorded.pop()
        new = replace(previous, last=new.last, what=f"{previous.what}; {words}")
    new = replace(new, what=_shortened(new.what)).sealed(keys[0])
    _store_incidents(session, [new])
    return Outcome(replace(head, incidents=incidents_digest([*recorded, new])), (new,))


def reseal_incidents(session: Session, keys: MacKeys, head: Head) -> Head:
    """Seal the incidents under the first key if all are authentic: earlier keys are removed one day."""
    recorded = load_incidents(session) if head.incidents and len(keys) > 1 else []
    is_intact = incidents_digest(recorded) == head.incidents and all(
        one.is_authentic(keys) for one in recorded
    )
    if not recorded or not is_intact:
        return head
    resealed = [one.sealed(keys[0]) for one in recorded]
    _store_incidents(session, resealed)
    return replace(head, incidents=incidents_digest(resealed))


def continuity(session: Session, now: Head, noted: Position) -> Continuity:
    """Whether the log continues from this noted head. Deleted entries can no longer be compared."""
    if noted.seq < now.anchor_seq:
        return Continuity.DELETED
    return Continuity.CONTINUES if _mac_at(session, now, noted.seq) == noted.mac else Continuity.DIFFERS


def head_from(row: Any) -> Head | None:  # noqa: ANN401 - the values of HEAD_TYPES, or None
    """The head; None where a value has a type that we never write."""
    if row is None or not all(map(isinstance, row, HEAD_TYPES.values())):
        return None
    return Head(*row)


def _mac_at(session: Session, head: Head, seq: int) -> str | None:
    known = head.known_mac(seq)
    return entries.mac_of(session, seq) if known is None and seq < head.seq else known


def _repaired(session: Session, keys: MacKeys, found: Head | None, last: int) -> Head:
    """The head to continue with where the log does not end as its head says: after the last entry."""
    head = found or EMPTY_HEAD
    if found is None:
        session.execute(delete(_TABLE).where(_ONE))
        session.execute(insert(_TABLE), [{"one": 1} | asdict(EMPTY_HEAD)])
    if not last:
        seq = max(head.seq, head.anchor_seq, 0)
        return replace(head, seq=seq, mac="", anchor_seq=seq, anchor_mac="", anchor_at=0)
    before = (entries.first_seq(session) or last) - 1
    if not head.is_authentic(keys) and head.anchor_seq != before:
        head = replace(head, anchor_seq=before, anchor_mac="", anchor_at=0)
    return replace(head, seq=last, mac=entries.mac_of(session, last) or "")


def _store_incidents(session: Session, changed: list[Incident]) -> None:
    for one in changed:
        session.merge(IncidentRow(**asdict(one)))
    session.flush()


def _shortened(words: str) -> str:
    return words if len(words) <= _MAX_WORDS else f"{words[:_MAX_WORDS]} … and more"
