"""People: adding them, changing them, and finding them again at sign-in."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from validator.accounts import names
from validator.accounts.caller import Caller, CallerKind, Proven
from validator.accounts.models import Person, Role
from validator.accounts.passwords import Busy, Passwords, accepted
from validator.accounts.refusals import NameTakenError, NotFoundError
from validator.accounts.turns import TRUSTED

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from sqlalchemy.orm import Session

    from validator.accounts.turns import Origin
    from validator.database import Database


class People:
    """All people of this site. Names are the same whatever their capitals; none is ever given away twice."""

    def __init__(self, database: Database, passwords: Passwords, clock: Callable[[], datetime]) -> None:
        self._database = database
        self._passwords = passwords
        self._clock = clock

    def add(self, username: str, password: str, role: Role) -> str:
        """Add a person and return the name as kept; or an AccountRefusedError."""
        name = names.username(username)
        self._insert(name, accepted(password, name), role)
        return name

    def all(self) -> list[Person]:
        """Everybody, by name, the disabled ones too."""
        with self._database.session() as session:
            return list(session.scalars(select(Person).order_by(Person.username_key)))

    def set_password(self, username: str, password: str) -> None:
        """Change the password and end every session; NotFoundError, BadPasswordError or TooBusyError."""
        with self._database.session() as session:
            kept_name = _find(session, username).username
        # Hashed between two transactions: it takes long, and a writer would keep everybody waiting.
        self._replace_password(username, accepted(password, kept_name))

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
        """Let a disabled person sign in again, with the old password; or NotFoundError."""
        with self._database.session() as session:
            _find(session, username).disabled_at = None

    def ensure(self, username: str, password: str, role: Role) -> None:
        """Make this person, or give them this password where they have another. Any will do: a demo's."""
        with self._database.session() as session:
            found = _by_name(session, username)
        if found is None:
            try:
                self._insert(username, password, role)
            except NameTakenError:
                # Another worker, started at the same moment, was faster.
                return
        elif self._passwords.matches(password, found.password_hash) is False:
            self._replace_password(username, password)

    def prove(self, username: str, password: str, origin: Origin = TRUSTED) -> Proven | Busy | None:
        """Who this is; None for a wrong name, a wrong password, a disabled person: all take as long."""
        with self._database.session() as session:
            person = _by_name(session, username)
        usable = person if person is not None and person.disabled_at is None else None
        matches = self._passwords.matches(password, usable.password_hash if usable else None, origin)
        if isinstance(matches, Busy):
            return matches
        return _proven(usable) if usable and matches else None

    def is_rushed(self, origin: Origin) -> bool:
        """Whether so many sign in just now that another one from there would be sent back."""
        return self._passwords.is_full(origin)

    def is_theirs(self, person_id: int, password: str) -> bool | Busy:
        """Whether this is the password of somebody who is signed in."""
        with self._database.session() as session:
            kept = session.scalar(select(Person.password_hash).where(Person.id == person_id))
        return self._passwords.matches(password, kept)

    def now(self, person_id: int) -> Proven | None:
        """This person as the account is now; None where it is disabled."""
        with self._database.session() as session:
            person = session.get(Person, person_id)
        return _proven(person) if person is not None and person.disabled_at is None else None

    def _insert(self, name: str, password: str, role: Role) -> None:
        person = Person(
            username=name,
            username_key=names.key(name),
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


def _proven(person: Person) -> Proven:
    return Proven(Caller(CallerKind.PERSON, person.id, person.username, person.role), person.alternative_id)


def _new_id() -> str:
    return secrets.token_urlsafe(32)


def _by_name(session: Session, username: str) -> Person | None:
    """Nobody has a name that could not be given; PostgreSQL would stumble over some of them."""
    return session.scalar(select(Person).where(Person.username_key == names.login_key(username)))


def _find(session: Session, username: str) -> Person:
    person = _by_name(session, username)
    if person is None:
        raise NotFoundError(
            "There is nobody of that name: `flask --app wsgi user list` shows all user names."
        )
    return person
