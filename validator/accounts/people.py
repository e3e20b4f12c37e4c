"""People: names, changes to accounts, and the verification of passwords."""

from __future__ import annotations

import re
import secrets
import unicodedata
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from validator.accounts.errors import BadNameError, NameTakenError, NotFoundError
from validator.accounts.identity import Caller, CallerKind, VerifiedPerson
from validator.accounts.models import Person, Role
from validator.accounts.password_queue import TRUSTED
from validator.accounts.passwords import Busy, Passwords, validated

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy.orm import Session

    from validator.accounts.password_queue import Origin
    from validator.database import Database

# In characters. The time to compose accents grows with the square of their number; no name needs more.
MAX_TYPED = 256
_USERNAME = re.compile(r"[\w.@+-]{1,64}")


def canonical_username(text: str) -> str:
    """The user name in its canonical form, or BadNameError."""
    name = composed(text.strip())
    if not _USERNAME.fullmatch(name):
        raise BadNameError(
            "A user name has 1 to 64 letters, figures or . _ - @ + and no spaces: choose such a one."
        )
    return name


def composed(text: str) -> str:
    """The text in the form NFKC; "" if it is too long to be a name."""
    return unicodedata.normalize("NFKC", text) if len(text) <= MAX_TYPED else ""


def unique_key(name: str) -> str:
    """The form in which names are unique: without differences of capitals."""
    return unicodedata.normalize("NFKC", name.casefold())


def login_key(typed: str) -> str:
    """The unique key of a typed user name; "" for all text that cannot be one (PostgreSQL rejects some)."""
    try:
        return unique_key(canonical_username(typed))
    except BadNameError:
        return ""


class People:
    """All people of this site. Capitals make no difference in names; a name is never given twice."""

    def __init__(self, database: Database, passwords: Passwords, clock: Callable[[], datetime]) -> None:
        self._database = database
        self._passwords = passwords
        self._clock = clock

    def add(self, username: str, password: str, role: Role) -> str:
        """Add a person and return the name as stored; or an AccountRefusedError."""
        name = canonical_username(username)
        self._insert(name, validated(password, name), role)
        return name

    def all(self) -> list[Person]:
        """All people by name, including disabled ones."""
        with self._database.session() as session:
            return list(session.scalars(select(Person).order_by(Person.username_key)))

    def set_password(self, username: str, password: str) -> None:
        """Change the password and end every session; NotFoundError, BadPasswordError or TooBusyError."""
        with self._database.session() as session:
            stored_name = _find(session, username).username
        # Hashed between two transactions: it takes long, and a writer would block all others.
        self._replace_password(username, validated(password, stored_name))

    def set_role(self, username: str, role: Role) -> None:
        """Change the role and end every session; or NotFoundError."""
        with self._database.session() as session:
            person = _find(session, username)
            person.role = role
            person.alternative_id = _new_id()

    def sign_out(self, username: str) -> None:
        """End every session; or NotFoundError."""
        with self._database.session() as session:
            _find(session, username).alternative_id = _new_id()

    def disable(self, username: str) -> None:
        """Refuse sign-in from now on and end every session; or NotFoundError."""
        with self._database.session() as session:
            person = _find(session, username)
            person.disabled_at = person.disabled_at or self._clock()
            person.alternative_id = _new_id()

    def enable(self, username: str) -> None:
        """Let a disabled person sign in again with the old password; or NotFoundError."""
        with self._database.session() as session:
            _find(session, username).disabled_at = None

    def ensure(self, username: str, password: str, role: Role) -> None:
        """Add this person, or set this password if it differs. Accepts any password: for the demo."""
        with self._database.session() as session:
            found = _by_name(session, username)
        if found is None:
            try:
                self._insert(username, password, role)
            except NameTakenError:
                # Another worker that started at the same moment was faster.
                return
        elif self._passwords.matches(password, found.password_hash) is False:
            self._replace_password(username, password)

    def authenticate(
        self, username: str, password: str, origin: Origin = TRUSTED
    ) -> VerifiedPerson | Busy | None:
        """The person; None for a wrong name, a wrong password or a disabled person, after the same time."""
        with self._database.session() as session:
            person = _by_name(session, username)
        usable = person if person is not None and person.disabled_at is None else None
        matches = self._passwords.matches(password, usable.password_hash if usable else None, origin)
        if isinstance(matches, Busy):
            return matches
        return _verified(usable) if usable and matches else None

    def is_busy(self, origin: Origin) -> bool:
        """Whether another sign-in from this origin would be rejected now because too many are waiting."""
        return self._passwords.is_full(origin)

    def is_password_of(self, person_id: int, password: str) -> bool | Busy:
        """Whether this is the password of a person who is signed in."""
        with self._database.session() as session:
            stored = session.scalar(select(Person.password_hash).where(Person.id == person_id))
        return self._passwords.matches(password, stored)

    def get_enabled(self, person_id: int) -> VerifiedPerson | None:
        """This person with the account's current state; None if it is disabled."""
        with self._database.session() as session:
            person = session.get(Person, person_id)
        return _verified(person) if person is not None and person.disabled_at is None else None

    def _insert(self, name: str, password: str, role: Role) -> None:
        person = Person(
            username=name,
            username_key=unique_key(name),
            password_hash=self._passwords.hash(password),
            role=role,
            alternative_id=_new_id(),
            created_at=self._clock(),
        )
        try:
            with self._database.session() as session:
                session.add(person)
        except IntegrityError as error:
            raise NameTakenError(
                f"There is a person called {name} already: choose another user name."
            ) from error

    def _replace_password(self, username: str, password: str) -> None:
        new_hash = self._passwords.hash(password)
        with self._database.session() as session:
            person = _find(session, username)
            person.password_hash = new_hash
            person.alternative_id = _new_id()


def ensure_demo_people(database: Database, password: str) -> None:
    """Add the demo's people `staff` and `manager` with this password.

    Nothing changes if they have it already, so their sessions survive a restart.
    """
    people = People(database, Passwords(), lambda: datetime.now(UTC))
    for role in Role:
        people.ensure(role.value, password, role)


def _verified(person: Person) -> VerifiedPerson:
    return VerifiedPerson(
        Caller(CallerKind.PERSON, person.id, person.username, person.role), person.alternative_id
    )


def _new_id() -> str:
    return secrets.token_urlsafe(32)


def _by_name(session: Session, username: str) -> Person | None:
    return session.scalar(select(Person).where(Person.username_key == login_key(username)))


def _find(session: Session, username: str) -> Person:
    person = _by_name(session, username)
    if person is None:
        raise NotFoundError("No person has that name: `flask --app wsgi user list` shows all user names.")
    return person
