"""Entries of the check log as people read them: with the name of whoever checked."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import and_, select

from validator.accounts.caller import CallerKind
from validator.accounts.models import Device, Person
from validator.checks.models import LogRow

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.orm import Session

_OF_DEVICE = and_(LogRow.caller_kind == CallerKind.DEVICE.value, Device.id == LogRow.caller_id)
_OF_PERSON = and_(LogRow.caller_kind != CallerKind.DEVICE.value, Person.id == LogRow.caller_id)


@dataclass(frozen=True, slots=True)
class Told:
    """One entry. `name` is the person's or device's, empty where it is gone; `word` a reason or an alert."""

    seq: int
    at: datetime
    event: str
    kind: CallerKind
    name: str
    word: str
    source: str


def latest(session: Session, count: int, event: str | None) -> list[Told]:
    """The newest entries, of one kind of event or of all, the newest first."""
    named = select(LogRow, Person.username, Device.name)
    query = named.outerjoin(Person, _OF_PERSON).outerjoin(Device, _OF_DEVICE)
    if event is not None:
        query = query.where(LogRow.event == event)
    found = session.execute(query.order_by(LogRow.seq.desc()).limit(count))
    return [_told(row, person or device or "") for row, person, device in found]


def _told(row: LogRow, name: str) -> Told:
    return Told(row.seq, row.at, row.event, CallerKind(row.caller_kind), name, row.word, row.source)
