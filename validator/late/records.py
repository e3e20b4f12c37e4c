"""Late checks in the database: found again by their id, shown to managers, deleted at their end."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

from sqlalchemy import CursorResult, and_, delete, select
from sqlalchemy.exc import IntegrityError

from validator.accounts.identity import CallerKind
from validator.accounts.models import Device, Person
from validator.late.models import LateCheck

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime
    from uuid import UUID

    from validator.database import Database
    from validator.verdict import Reason

_OF_DEVICE = and_(LateCheck.caller_kind == CallerKind.DEVICE, Device.id == LateCheck.caller_id)
_OF_PERSON = and_(LateCheck.caller_kind != CallerKind.DEVICE, Person.id == LateCheck.caller_id)


@dataclass(frozen=True, slots=True)
class Contradiction:
    """A device showed one thing, the Router said the opposite later; `name` is the device's or person's."""

    made_at: datetime
    delivered_at: datetime
    kind: CallerKind
    name: str
    shown: Reason
    answered: Reason


class Records:
    """All late checks of this site. Raises what the database raises."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def of(self, ids: Iterable[UUID]) -> dict[UUID, LateCheck]:
        """Those of these that were delivered before, by their id."""
        wanted = {str(one): one for one in ids}
        with self._database.session() as session:
            rows = session.scalars(select(LateCheck).where(LateCheck.check_id.in_(wanted)))
            return {wanted[row.check_id]: row for row in rows}

    def keep(self, row: LateCheck) -> LateCheck:
        """Keep it; where another delivery of the same id was faster, that one is given back."""
        try:
            with self._database.session() as session:
                session.add(row)
        except IntegrityError:
            with self._database.session() as session:
                return session.scalars(select(LateCheck).where(LateCheck.check_id == row.check_id)).one()
        return row

    def contradictions(self, limit: int) -> list[Contradiction]:
        """The latest ones, the newest check first."""
        names = select(LateCheck, Person.username, Device.name)
        joined = names.outerjoin(Person, _OF_PERSON).outerjoin(Device, _OF_DEVICE)
        latest = joined.where(LateCheck.contradicts.is_(True)).order_by(LateCheck.made_at.desc()).limit(limit)
        with self._database.session() as session:
            return [
                _contradiction(row, person or device or "") for row, person, device in session.execute(latest)
            ]

    def purge(self, before: datetime) -> int:
        """Delete what was delivered before this; tell how many."""
        with self._database.session() as session:
            done = session.execute(delete(LateCheck).where(LateCheck.delivered_at < before))
            return cast("CursorResult[tuple[()]]", done).rowcount


def _contradiction(row: LateCheck, name: str) -> Contradiction:
    return Contradiction(
        row.made_at, row.delivered_at, row.caller_kind, name, row.shown_reason, row.answer_reason
    )
