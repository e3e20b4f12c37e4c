"""Sessions are rows: a browser has a random id, and it opens nothing once the row is gone.

A session ends after a shift however busy it is, and sooner where nobody uses it; a kiosk's after thirty days.
It lives under the person's `alternative_id` of its beginning, so that a change to the account ends it in that
very moment, whatever else is under way.
"""

from __future__ import annotations

import hashlib
import secrets
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any, cast

from sqlalchemy import and_, delete, exists, or_, select, update
from sqlalchemy.exc import SQLAlchemyError

from validator.accounts.caller import Caller, CallerKind, Opened, SignedIn
from validator.accounts.models import STEP_BACK, Person, SessionKind, SessionRow

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from sqlalchemy import ColumnElement, CursorResult

    from validator.accounts.caller import Proven
    from validator.accounts.models import Role
    from validator.database import Database

# A tablet at a door must survive nights, weekends and power cuts.
KIOSK_LIFE = timedelta(days=30)
# How exactly it is known when a session was last used: a write for each card would be many.
SEEN_EVERY = timedelta(minutes=1)
_BYTES = 32
_IS_KIOSK = SessionRow.kind == SessionKind.KIOSK
# Under the account as it is: neither changed nor disabled since.
_STANDS = and_(SessionRow.alternative_id == Person.alternative_id, Person.disabled_at.is_(None))
_OF_PERSON = and_(SessionRow.person_id == Person.id, _STANDS)


@dataclass(frozen=True, slots=True)
class Lives:
    """How long a person's session lives: at most, and without being used."""

    most: timedelta
    idle: timedelta


class Sessions:
    """All open sessions of this site."""

    def __init__(self, database: Database, lives: Lives, clock: Callable[[], datetime]) -> None:
        self._database = database
        self._lives = lives
        self._clock = clock

    def begin(self, who: Proven, kind: SessionKind, label: str) -> SignedIn:
        """Open a session; it never opens anything where the account was changed since it was proven."""
        token = secrets.token_urlsafe(_BYTES)
        now = self._clock()
        row = SessionRow(
            id_hash=_hash(token),
            person_id=who.caller.id,
            alternative_id=who.alternative_id,
            kind=kind,
            label=label,
            began_at=now,
            seen_at=now,
            ends_at=now + (KIOSK_LIFE if kind is SessionKind.KIOSK else self._lives.most),
        )
        with self._database.session() as session:
            session.add(row)
        caller = _caller(kind, who.caller.id, who.caller.name, who.caller.role)
        return SignedIn(caller, Opened(row.id, token, who.alternative_id, now, row.ends_at))

    def find(self, token: str) -> SignedIn | None:
        """Whose session this is; None where it has ended. One indexed SELECT."""
        columns = select(
            SessionRow.id, SessionRow.kind, SessionRow.alternative_id, SessionRow.seen_at, SessionRow.ends_at,
            Person.id.label("person"), Person.username, Person.role,
        )  # fmt: skip
        ours = columns.join(Person, _OF_PERSON).where(SessionRow.id_hash == _hash(token))
        with self._database.session() as session:
            row = session.execute(ours.where(self._is_open())).first()
        if row is None:
            return None
        caller = _caller(row.kind, row.person, row.username, row.role)
        return SignedIn(caller, Opened(row.id, token, row.alternative_id, row.seen_at, row.ends_at))

    def is_due(self, opened: Opened) -> bool:
        """Whether it is worth writing down that this session is in use."""
        return self._clock() - opened.seen_at >= SEEN_EVERY

    def seen(self, opened: Opened) -> None:
        """Write down that this session is in use; one that was ended meanwhile stays ended."""
        is_it = SessionRow.id == opened.row
        # A full or read-only disk must not keep anybody from checking cards.
        with suppress(SQLAlchemyError), self._database.session() as session:
            session.execute(update(SessionRow).where(is_it).values(seen_at=self._clock()))

    def end(self, person_id: int, row: int) -> bool:
        """End one session of this person; False where there is no such one."""
        return self._delete(SessionRow.person_id == person_id, SessionRow.id == row) > 0

    def end_others(self, person_id: int, row: int) -> int:
        """End every session of this person but one; how many there were."""
        return self._delete(SessionRow.person_id == person_id, SessionRow.id != row)

    def of(self, person_id: int) -> list[SessionRow]:
        """The open sessions of this person, the latest used first."""
        theirs = select(SessionRow).join(Person, _OF_PERSON).where(Person.id == person_id, self._is_open())
        with self._database.session() as session:
            return list(session.scalars(theirs.order_by(SessionRow.seen_at.desc(), SessionRow.id.desc())))

    def purge(self) -> int:
        """Delete what has ended; how many there were."""
        stands = exists().where(_OF_PERSON)
        return self._delete(or_(~self._is_open(), ~stands))

    def _is_open(self) -> ColumnElement[bool]:
        now = self._clock()
        is_lately = and_(SessionRow.seen_at > now - self._lives.idle, SessionRow.seen_at <= now + STEP_BACK)
        is_used = or_(_IS_KIOSK, is_lately)
        return and_(SessionRow.ends_at > now, is_used)

    def _delete(self, *which: ColumnElement[bool]) -> int:
        statement = delete(SessionRow).where(*which).execution_options(synchronize_session=False)
        with self._database.session() as session:
            return cast("CursorResult[Any]", session.execute(statement)).rowcount


def _caller(kind: SessionKind, person: int, name: str, role: Role | None) -> Caller:
    """A kiosk has the id and the name of who locked it, and no role."""
    if kind is SessionKind.KIOSK:
        return Caller(CallerKind.KIOSK, person, name)
    return Caller(CallerKind.PERSON, person, name, role)


def _hash(token: str) -> str:
    """Unsalted is enough for 256 random bits, and lets the index find it."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()
