"""Pending steps: steps that were started and not finished, such as a sign-in that waits for its code.

Each belongs to the browser that has its token, expires, and is used once. A change to the account ends it.
Only the token's SHA-256 is stored.
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

    from validator.accounts.identity import VerifiedPerson
    from validator.database import Database


class PendingKind(Enum):
    """The kinds of steps, each with its lifetime."""

    SIGN_IN = timedelta(minutes=5)  # a person types six digits
    CODES_OFFER = timedelta(minutes=10)  # a person installs an app


@dataclass(frozen=True, slots=True)
class FoundStep:
    """A pending step: the person who started it, and its encrypted secret."""

    person_id: int
    sealed: str


class PendingSteps:
    """All pending steps of this site."""

    def __init__(self, database: Database, clock: Callable[[], datetime]) -> None:
        self._database = database
        self._clock = clock

    def start(self, kind: PendingKind, token: str, who: VerifiedPerson, sealed: str = "") -> None:
        """Store a step for the browser with this token; it replaces an earlier one of the same kind."""
        row = PendingStep(
            id_hash=_hash(kind, token),
            person_id=who.caller.id,
            alternative_id=who.alternative_id,
            sealed=sealed,
            ends_at=self._clock() + kind.value,
        )
        with self._database.session() as session:
            session.merge(row)

    def find(self, kind: PendingKind, token: str) -> FoundStep | None:
        """The step of this browser; None if it has expired or the account was changed since."""
        is_unchanged = and_(
            PendingStep.person_id == Person.id,
            PendingStep.alternative_id == Person.alternative_id,
            Person.disabled_at.is_(None),
        )
        query = select(PendingStep.person_id, PendingStep.sealed).join(Person, is_unchanged)
        with self._database.session() as session:
            row = session.execute(query.where(self._is_open(kind, token))).first()
        return FoundStep(row.person_id, row.sealed) if row else None

    def consume(self, kind: PendingKind, token: str) -> bool:
        """End this step as done; False if another request was faster or it has expired."""
        with self._database.session() as session:
            used = session.execute(delete(PendingStep).where(self._is_open(kind, token)))
            return cast("CursorResult[Any]", used).rowcount == 1

    def purge(self) -> None:
        """Delete expired steps."""
        with self._database.session() as session:
            session.execute(delete(PendingStep).where(PendingStep.ends_at <= self._clock()))

    def _is_open(self, kind: PendingKind, token: str) -> ColumnElement[bool]:
        """Not expired; an end further ahead than the lifetime was written while the clock ran ahead."""
        now = self._clock()
        return and_(
            PendingStep.id_hash == _hash(kind, token),
            PendingStep.ends_at > now,
            PendingStep.ends_at <= now + kind.value + STEP_BACK,
        )


def _hash(kind: PendingKind, token: str) -> str:
    """No salt is needed for 256 random bits; a token of one kind is invalid for another."""
    return hashlib.sha256(f"{kind.name} {token}".encode("utf-8", "surrogatepass")).hexdigest()
