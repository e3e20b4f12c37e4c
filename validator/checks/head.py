"""The head of the check log and its incidents in the database: what each transaction begins and ends with."""

from __future__ import annotations

import re
from dataclasses import asdict, dataclass, replace
from enum import Enum, auto
from typing import TYPE_CHECKING, Any, cast

from sqlalchemy import bindparam, delete, insert, select, update

from validator.checks import rows
from validator.checks.chain import Fault, Keys, Place, grouped
from validator.checks.models import LogHead, LogIncident
from validator.checks.sealed import NOTHING, Head, Incident, digest

if TYPE_CHECKING:
    from sqlalchemy import Table
    from sqlalchemy.orm import Session

_TYPES = {
    "seq": int,
    "mac": str,
    "anchor_seq": int,
    "anchor_mac": str,
    "seal": str,
    "anchor_at": int,
    "incidents": str,
}
# Built once and on the table itself: a check waits for these, and building them took longer than SQLite.
_HEADS = cast("Table", LogHead.__table__)
_COLUMNS = [_HEADS.c[name] for name in _TYPES]
_OURS = _HEADS.c.one == 1
_LOCK = update(_HEADS).where(_OURS).values(one=1).returning(*_COLUMNS)
_KEEP = update(_HEADS).where(_OURS).values({name: bindparam(name) for name in _TYPES})
_INCIDENTS = select(
    LogIncident.number,
    LogIncident.first,
    LogIncident.last,
    LogIncident.found_at,
    LogIncident.what,
    LogIncident.mac,
).order_by(LogIncident.number)
_NOTED = re.compile(r"([0-9]{1,18}):([0-9a-f]{64})?")
_MOST_WORDS = 1_000


@dataclass(frozen=True, slots=True)
class Written:
    """What a transaction leaves: the head, the incidents that it recorded, how many entries it touched."""

    head: Head
    incidents: tuple[Incident, ...] = ()
    count: int = 0


class Since(Enum):
    """What has become of the entry that an earlier head names."""

    GOES_ON = auto()
    DELETED = auto()
    DIFFERS = auto()


def read(session: Session) -> Head | None:
    """Where the log stands; None where somebody took the head out or made it unreadable."""
    return _head(session.execute(select(*_COLUMNS).where(_OURS)).one_or_none())


def incidents(session: Session) -> list[Incident]:
    """All incidents, in order."""
    return [Incident(*row[:-1], mac=rows.text(row[-1])) for row in session.execute(_INCIDENTS)]


def locked(session: Session, keys: Keys, now: int, seen: Head | None) -> Written:
    """The head, locked until the end of the transaction, so that one writer goes on at a time.

    An incident is recorded where the head is not ours, and where the log does not go on from `seen`, the head
    that this process saw last. The log then goes on after the last entry that is there. `now` is in epoch
    seconds.
    """
    found = _head(session.connection().execute(_LOCK).one_or_none())
    last = rows.last(session)
    if (fault := _fault(keys, found, last)) is not None:
        return record(session, keys, _after(session, keys, found, last), [fault], now)
    head = cast("Head", found)
    if head.is_of_first_shape(keys):
        rows.mark_erased(session, keys)
    gone = _gone_back(session, head, seen)
    return Written(head) if gone is None else record(session, keys, head, [gone], now)


def keep(session: Session, keys: Keys, head: Head) -> Head:
    """Write the head, sealed under the first key."""
    sealed = head.sealed(keys[0])
    session.connection().execute(_KEEP, {name: getattr(sealed, name) for name in _TYPES})
    return sealed


def record(session: Session, keys: Keys, head: Head, faults: list[Fault], now: int) -> Written:
    """Record an incident; it extends the one before it if that was found at the same time, next to it."""
    kept = incidents(session)
    words = "; ".join(map(str, grouped(faults)))
    if digest(kept) != head.incidents:
        words += "; the list of incidents was changed too"
    new = Incident(
        number=max((one.number for one in kept), default=0) + 1,
        first=min(one.seq for one in faults),
        last=max(one.last or one.seq for one in faults),
        found_at=now,
        what=words,
    )
    if kept and kept[-1].holds(keys) and kept[-1].found_at == now and kept[-1].last + 1 == new.first:
        before = kept.pop()
        new = replace(before, last=new.last, what=f"{before.what}; {words}")
    new = replace(new, what=_short(new.what)).sealed(keys[0])
    _put(session, [new])
    return Written(replace(head, incidents=digest([*kept, new])), (new,))


def rekeyed(session: Session, keys: Keys, head: Head) -> Head:
    """Seal the incidents under the first key, if all of them are ours: an earlier key ends one day."""
    kept = incidents(session) if head.incidents and len(keys) > 1 else []
    if not kept or digest(kept) != head.incidents or not all(one.holds(keys) for one in kept):
        return head
    new = [one.sealed(keys[0]) for one in kept]
    _put(session, new)
    return replace(head, incidents=digest(new))


def noted(text: str) -> Place:
    """The head that somebody noted; raises ValueError where it is none."""
    if (found := _NOTED.fullmatch(text)) is None:
        raise ValueError("no head of a check log")
    return Place(int(found[1]), found[2] or "")


def since(session: Session, now: Head, earlier: Place) -> Since:
    """Whether the log goes on from this earlier head; what was deleted since can no longer be compared."""
    if earlier.seq < now.anchor_seq:
        return Since.DELETED
    return Since.GOES_ON if _mac_at(session, now, earlier.seq) == earlier.mac else Since.DIFFERS


def _fault(keys: Keys, head: Head | None, last: int) -> Fault | None:
    if head is None:
        return Fault(1, "the log’s head was missing or unreadable; entries may be missing", last)
    if not head.holds(keys):
        return Fault(1, "the log’s head was changed; entries may be missing", max(last, head.seq))
    if last > head.seq:
        return Fault(head.seq + 1, "written by somebody else, or the log’s head was put back", last)
    return None


def _gone_back(session: Session, head: Head, seen: Head | None) -> Fault | None:
    """What is wrong where the log does not go on from what this process saw last."""
    if seen is None or seen.seq < head.anchor_seq:
        return None
    if seen.seq > head.seq:
        return Fault(head.seq + 1, "gone: the log was put back to an earlier state", seen.seq)
    # One that is missing is found when the entries are verified.
    is_same = _mac_at(session, head, seen.seq) in {None, seen.mac}
    return None if is_same else Fault(seen.seq, "not the entry that was here: the log was exchanged")


def _mac_at(session: Session, head: Head, seq: int) -> str | None:
    if seq == head.seq:
        return head.mac
    if seq == head.anchor_seq:
        return head.anchor_mac
    return rows.mac_of(session, seq) if seq < head.seq else None


def _after(session: Session, keys: Keys, found: Head | None, last: int) -> Head:
    """Where the log goes on when it does not end as its head says: after the last entry that is there."""
    head = found or NOTHING
    if found is None:
        session.execute(delete(LogHead).where(LogHead.one == 1))
        session.execute(insert(LogHead), [{"one": 1} | asdict(NOTHING)])
    if not last:
        seq = max(head.seq, head.anchor_seq, 0)
        return replace(head, seq=seq, mac="", anchor_seq=seq, anchor_mac="", anchor_at=0)
    before = (rows.first(session) or last) - 1
    if not head.holds(keys) and head.anchor_seq != before:
        head = replace(head, anchor_seq=before, anchor_mac="", anchor_at=0)
    return replace(head, seq=last, mac=rows.mac_of(session, last) or "")


def _put(session: Session, changed: list[Incident]) -> None:
    for one in changed:
        session.merge(LogIncident(**asdict(one)))
    session.flush()


def _head(row: Any) -> Head | None:  # noqa: ANN401 - a row of _COLUMNS, or None
    """The head, None where a value has a type that we never write."""
    if row is None or not all(map(isinstance, row, _TYPES.values())):
        return None
    return Head(*row)


def _short(words: str) -> str:
    return words if len(words) <= _MOST_WORDS else f"{words[:_MOST_WORDS]} … and more"
