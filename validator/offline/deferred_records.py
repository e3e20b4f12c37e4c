"""The table of deferred checks: found by their id, listed for managers, deleted after the retention.

It contains no card number, only a keyed hash.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime  # noqa: TC003 - SQLAlchemy reads the annotations when the class is made
from typing import TYPE_CHECKING, cast

from sqlalchemy import CursorResult, Enum, String, and_, delete, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Mapped, mapped_column

from validator.accounts.identity import CallerKind
from validator.accounts.models import Device, Person
from validator.database import Base, Instant
from validator.verdict import Outcome, Reason, Source

if TYPE_CHECKING:
    from collections.abc import Iterable
    from uuid import UUID

    from validator.database import Database


def _enum(kind: type[CallerKind | Outcome | Reason | Source], length: int) -> Enum:
    return Enum(kind, native_enum=False, length=length, create_constraint=False, values_callable=list)


class DeferredCheckRow(Base):
    """One delivered check: who made it, what was shown then, and what the Router answered later.

    `router` identifies that Router, empty where it was not recorded.
    """

    __tablename__ = "late_checks"

    id: Mapped[int] = mapped_column(primary_key=True)
    check_id: Mapped[str] = mapped_column(String(36), unique=True)
    caller_kind: Mapped[CallerKind] = mapped_column(_enum(CallerKind, 16))
    caller_id: Mapped[int]
    made_at: Mapped[datetime] = mapped_column(Instant)
    delivered_at: Mapped[datetime] = mapped_column(Instant, index=True)
    card_key: Mapped[str] = mapped_column(String(32))
    shown_reason: Mapped[Reason] = mapped_column(_enum(Reason, 32))
    answer_reason: Mapped[Reason] = mapped_column(_enum(Reason, 32))
    answer_source: Mapped[Source] = mapped_column(_enum(Source, 16))
    checked_at: Mapped[datetime] = mapped_column(Instant)
    contradicts: Mapped[bool]
    router: Mapped[str] = mapped_column(String(16), server_default="")

    def __repr__(self) -> str:
        return f"DeferredCheckRow({self.id})"


_ROW = DeferredCheckRow
_OF_DEVICE = and_(_ROW.caller_kind == CallerKind.DEVICE, Device.id == _ROW.caller_id)
_OF_PERSON = and_(_ROW.caller_kind != CallerKind.DEVICE, Person.id == _ROW.caller_id)


@dataclass(frozen=True, slots=True)
class Contradiction:
    """A device showed one thing, the Router answered the opposite later; `name` is the device or person."""

    made_at: datetime
    delivered_at: datetime
    kind: CallerKind
    name: str
    shown: Reason
    answered: Reason


class DeferredRecords:
    """All deferred checks of this site. Raises what the database raises."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def find(self, ids: Iterable[UUID]) -> dict[UUID, DeferredCheckRow]:
        """The checks with these ids that were delivered before."""
        wanted = {str(one): one for one in ids}
        with self._database.session() as session:
            rows = session.scalars(select(_ROW).where(_ROW.check_id.in_(wanted)))
            return {wanted[row.check_id]: row for row in rows}

    def add(self, row: DeferredCheckRow) -> DeferredCheckRow:
        """Store the row; returns the stored one where another delivery of the same id was faster."""
        try:
            with self._database.session() as session:
                session.add(row)
        except IntegrityError:
            with self._database.session() as session:
                return session.scalars(select(_ROW).where(_ROW.check_id == row.check_id)).one()
        return row

    def contradictions(self, limit: int) -> list[Contradiction]:
        """The latest contradictions, the newest check first."""
        names = select(_ROW, Person.username, Device.name)
        joined = names.outerjoin(Person, _OF_PERSON).outerjoin(Device, _OF_DEVICE)
        latest = joined.where(_ROW.contradicts.is_(True)).order_by(_ROW.made_at.desc()).limit(limit)
        with self._database.session() as session:
            return [
                _contradiction(row, person or device or "") for row, person, device in session.execute(latest)
            ]

    def purge(self, before: datetime) -> int:
        """Delete the checks that were delivered before this time; returns their number."""
        with self._database.session() as session:
            done = session.execute(delete(_ROW).where(_ROW.delivered_at < before))
            return cast("CursorResult[tuple[()]]", done).rowcount


def _contradiction(row: DeferredCheckRow, name: str) -> Contradiction:
    return Contradiction(
        row.made_at, row.delivered_at, row.caller_kind, name, row.shown_reason, row.answer_reason
    )
