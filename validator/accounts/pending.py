"""Steps that are begun and not finished, such as a sign-in that waits for its code.

Each belongs to the browser that has its token, ends by itself, and is used once. A change to the account ends
it too. Only the token's SHA-256 is kept.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import timedelta
from enum import Enum
from typing import TYPE_CHECKING, Any, cast

from sqlalchemy import and_, delete, select

from validator.accounts.models import STEP_BACK, PendingStep, Person

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from sqlalchemy import ColumnElement, CursorResult

    from validator.accounts.caller import Proven
    from validator.database import Database


class Kind(Enum):
    """What is begun, and how long it may take."""

    SIGN_IN = timedelta(minutes=5)  # a person types six digits
    CODES_OFFER = timedelta(minutes=10)  # a person installs an app


@dataclass(frozen=True, slots=True)
class Step:
    """What was begun, and by whom."""

    person_id: int
    sealed: str


class PendingSteps:
    """All unfinished steps of this site."""

    def __init__(self, database: Database, clock: Callable[[], datetime]) -> None:
        self._database = database
        self._clock = clock

    def begin(self, kind: Kind, token: str, who: Proven, sealed: str = "") -> None:
        """Keep this step for the browser with this token; an earlier one of this kind ends."""
        row = PendingStep(
            id_hash=_hash(kind, token),
            person_id=who.caller.id,
            alternative_id=who.alternative_id,
            sealed=sealed,
            ends_at=self._clock() + kind.value,
        )
        with self._database.session() as session:
            session.merge(row)

    def find(self, kind: Kind, token: str) -> Step | None:
        """What this browser has begun; None where that has ended, or the account was changed since."""
        stands = and_(
            PendingStep.person_id == Person.id,
            PendingStep.alternative_id == Person.alternative_id,
            Person.disabled_at.is_(None),
        )
        ours = select(PendingStep.person_id, PendingStep.sealed).join(Person, stands)
        with self._database.session() as session:
            row = session.execute(ours.where(self._goes_on(kind, token))).first()
        return Step(row.person_id, row.sealed) if row else None

    def use(self, kind: Kind, token: str) -> bool:
        """End this step because it is done; False where somebody else was faster, or it has ended."""
        with self._database.session() as session:
            used = session.execute(delete(PendingStep).where(self._goes_on(kind, token)))
            return cast("CursorResult[Any]", used).rowcount == 1

    def _goes_on(self, kind: Kind, token: str) -> ColumnElement[bool]:
        """It has not ended; one that ends later than it may was begun while the clock ran ahead."""
        now = self._clock()
        return and_(
            PendingStep.id_hash == _hash(kind, token),
            PendingStep.ends_at > now,
            PendingStep.ends_at <= now + kind.value + STEP_BACK,
        )

    def purge(self) -> None:
        """Delete what has ended."""
        with self._database.session() as session:
            session.execute(delete(PendingStep).where(PendingStep.ends_at <= self._clock()))


def _hash(kind: Kind, token: str) -> str:
    """Unsalted is enough for 256 random bits; a token of one kind is no good for another."""
    return hashlib.sha256(f"{kind.name} {token}".encode("utf-8", "surrogatepass")).hexdigest()
