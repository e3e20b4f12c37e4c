"""Sessions: rows in the database; a browser holds a random token, which is worthless once its row is deleted.

A session ends after a shift, and earlier if it is idle; a kiosk's ends after thirty days. It is valid only
while the person has the `alternative_id` it was started with, so that a change to the account ends it at
once.
"""

from __future__ import annotations

import hashlib
import secrets
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING, Any, cast

from sqlalchemy import and_, delete, exists, or_, select, update
from sqlalchemy.exc import SQLAlchemyError

from validator.accounts.identity import Caller, CallerKind, CurrentSession, LoginUser
from validator.accounts.identity_cache import IdentityCache
from validator.accounts.models import STEP_BACK, Person, SessionKind, SessionRow
from validator.i18n import gettext as _

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from sqlalchemy import ColumnElement, CursorResult

    from validator.accounts.identity import VerifiedPerson
    from validator.accounts.identity_cache import Revision
    from validator.accounts.models import Role
    from validator.database import Database

# A tablet at a door must survive nights, weekends and power cuts.
KIOSK_LIFETIME = timedelta(days=30)
# The precision of `seen_at`: one write for each card would be too many.
RECORD_USE_EVERY = timedelta(minutes=1)
_TOKEN_BYTES = 32
# The account was neither changed nor disabled since the session started.
_OF_PERSON = and_(
    SessionRow.person_id == Person.id,
    SessionRow.alternative_id == Person.alternative_id,
    Person.disabled_at.is_(None),
)
# In this order: most browsers also name those that they descend from.
_BROWSERS = (
    ("Edg", "Edge"), ("OPR/", "Opera"), ("SamsungBrowser", "Samsung Internet"), ("Firefox", "Firefox"),
    ("FxiOS", "Firefox"), ("CriOS", "Chrome"), ("Chrome", "Chrome"), ("Safari", "Safari"),
)  # fmt: skip
_SYSTEMS = (
    ("Android", "Android"), ("iPhone", "iPhone"), ("iPad", "iPad"), ("Windows", "Windows"), ("Mac OS", "Mac"),
    ("CrOS", "Chromebook"), ("Linux", "Linux"),
)  # fmt: skip

# Labels are stored in English.
_OTHER_BROWSER, _ON, _OTHER_SYSTEM = "Another browser", " on ", "another system"


def label_of(user_agent: str) -> str:
    """A browser's name in the list of sessions ("Chrome on Android"); nothing of the header itself."""
    browser = next((name for sign, name in _BROWSERS if sign in user_agent), _OTHER_BROWSER)
    system = next((name for sign, name in _SYSTEMS if sign in user_agent), _OTHER_SYSTEM)
    return f"{browser}{_ON}{system}"


def translated_label(label: str) -> str:
    """A label that `label_of` made, in the language of the request."""
    browser, _separator, system = label.partition(_ON)
    return _(
        "%(browser)s on %(system)s",
        browser=_("Another browser") if browser == _OTHER_BROWSER else browser,
        system=_("another system") if system == _OTHER_SYSTEM else system,
    )


@dataclass(frozen=True, slots=True)
class SessionLifetimes:
    """The longest life of a person's session, and its longest idle time."""

    absolute: timedelta
    idle: timedelta


@dataclass(frozen=True, slots=True)
class StoredSession:
    """What a request needs of a session's row and its person."""

    id: int
    kind: SessionKind
    alternative_id: str
    seen_at: datetime
    ends_at: datetime
    person_id: int
    username: str
    role: Role


class Sessions:
    """All open sessions of this site."""

    def __init__(
        self,
        database: Database,
        lifetimes: SessionLifetimes,
        clock: Callable[[], datetime],
        revision: Revision,
    ) -> None:
        self._cache: IdentityCache[StoredSession] = IdentityCache(revision)
        self._database = database
        self._lifetimes = lifetimes
        self._clock = clock

    def start(self, who: VerifiedPerson, kind: SessionKind, label: str) -> LoginUser:
        """Start a session; it is invalid from the start if the account was changed after the verification."""
        token = secrets.token_urlsafe(_TOKEN_BYTES)
        now = self._clock()
        row = SessionRow(
            id_hash=_hash(token),
            person_id=who.caller.id,
            alternative_id=who.alternative_id,
            kind=kind,
            label=label,
            began_at=now,
            seen_at=now,
            ends_at=now + (KIOSK_LIFETIME if kind is SessionKind.KIOSK else self._lifetimes.absolute),
        )
        with self._database.session() as session:
            session.add(row)
        caller = _caller(kind, who.caller.id, who.caller.name, who.caller.role)
        return LoginUser(caller, CurrentSession(row.id, token, who.alternative_id, now, row.ends_at))

    def find(self, token: str, used_at: datetime | None = None) -> LoginUser | None:
        """The caller and session of this token; None if it has ended.

        `used_at`: when the browser says it last decided a check offline, which counts as use of the session.
        """
        id_hash = _hash(token)

        def is_open(found: StoredSession) -> bool:
            return self._is_open(found.kind, found.seen_at, found.ends_at, used_at)

        # Another process may have recorded a later use: an entry that looks idle is read again.
        found = self._cache.get(id_hash, partial(self._read, id_hash), is_open)
        if found is None or not is_open(found):
            return None
        caller = _caller(found.kind, found.person_id, found.username, found.role)
        return LoginUser(
            caller, CurrentSession(found.id, token, found.alternative_id, found.seen_at, found.ends_at)
        )

    def should_record_use(self, current: CurrentSession, used_at: datetime) -> bool:
        """Whether the stored time of last use is old enough to be written again."""
        return used_at - current.seen_at >= RECORD_USE_EVERY

    def record_use(self, current: CurrentSession, used_at: datetime) -> None:
        """Store that this session was in use; one that was ended meanwhile stays ended."""
        which = SessionRow.id == current.id, SessionRow.seen_at < used_at
        # A full or read-only disk must not prevent checks.
        with suppress(SQLAlchemyError), self._database.session() as session:
            session.execute(update(SessionRow).where(*which).values(seen_at=used_at))
        self._cache.forget(_hash(current.token))

    def end(self, person_id: int, session_id: int) -> bool:
        """End one session of this person; False if there is no such session."""
        return self._delete(SessionRow.person_id == person_id, SessionRow.id == session_id) > 0

    def end_others(self, person_id: int, session_id: int) -> int:
        """End every session of this person except one; returns their number."""
        return self._delete(SessionRow.person_id == person_id, SessionRow.id != session_id)

    def list_for(self, person_id: int) -> list[SessionRow]:
        """The open sessions of this person, the latest used first."""
        query = select(SessionRow).join(Person, _OF_PERSON).where(Person.id == person_id)
        with self._database.session() as session:
            rows = session.scalars(query.order_by(SessionRow.seen_at.desc(), SessionRow.id.desc())).all()
        return [row for row in rows if self._is_open(row.kind, row.seen_at, row.ends_at)]

    def purge(self) -> int:
        """Delete sessions that can never be open again; returns their number.

        An idle one stays until its end: its browser may have used it offline.
        """
        is_valid = exists().where(_OF_PERSON)
        return self._delete(or_(SessionRow.ends_at <= self._clock(), ~is_valid))

    def _read(self, id_hash: str) -> StoredSession | None:
        """One indexed SELECT."""
        columns = select(
            SessionRow.id, SessionRow.kind, SessionRow.alternative_id, SessionRow.seen_at, SessionRow.ends_at,
            Person.id.label("person_id"), Person.username, Person.role,
        )  # fmt: skip
        query = columns.join(Person, _OF_PERSON).where(SessionRow.id_hash == id_hash)
        with self._database.session() as session:
            row = session.execute(query).first()
        return StoredSession(*row) if row else None

    def _is_open(
        self, kind: SessionKind, seen_at: datetime, ends_at: datetime, used_at: datetime | None = None
    ) -> bool:
        """Neither at its end nor idle; times too far ahead were written while the clock ran ahead."""
        now = self._clock()
        last_use = now - self._lifetimes.idle
        uses = [seen_at] if used_at is None else [seen_at, used_at]
        is_used = kind is SessionKind.KIOSK or any(last_use < use <= now + STEP_BACK for use in uses)
        return ends_at > now and is_used

    def _delete(self, *which: ColumnElement[bool]) -> int:
        statement = delete(SessionRow).where(*which).execution_options(synchronize_session=False)
        with self._database.session() as session:
            return cast("CursorResult[Any]", session.execute(statement)).rowcount


def _caller(kind: SessionKind, person_id: int, name: str, role: Role | None) -> Caller:
    """A kiosk has the id and the name of the person who locked it, and no role."""
    if kind is SessionKind.KIOSK:
        return Caller(CallerKind.KIOSK, person_id, name)
    return Caller(CallerKind.PERSON, person_id, name, role)


def _hash(token: str) -> str:
    """No salt is needed for 256 random bits, and without one the index finds it."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()
