"""Second factors in the database: a code from the person's telephone, each good once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from sqlalchemy import delete, select, update

from validator.accounts import totp
from validator.accounts.models import Person, SecondFactor
from validator.accounts.refusals import NotFoundError

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from sqlalchemy import CursorResult

    from validator.accounts.sealed import Sealer
    from validator.database import Database


class SecondFactors:
    """Who signs in with a code as well."""

    def __init__(self, database: Database, sealer: Sealer, clock: Callable[[], datetime]) -> None:
        self._database = database
        self._sealer = sealer
        self._clock = clock

    def is_on(self, person_id: int) -> bool:
        """Whether this person is asked for a code."""
        is_it = SecondFactor.person_id == person_id, SecondFactor.confirmed_at.is_not(None)
        with self._database.session() as session:
            return session.scalar(select(SecondFactor.person_id).where(*is_it)) is not None

    def offer(self, person_id: int) -> bytes:
        """A new secret for the person's telephone; nothing is asked for before `take` saw its first code."""
        secret = totp.new_secret()
        with self._database.session() as session:
            if (row := session.get(SecondFactor, person_id)) is not None and row.confirmed_at is not None:
                raise NotFoundError("The codes are on already: turn them off first.")
            session.merge(SecondFactor(person_id=person_id, sealed=self._sealer.seal(secret), last_step=-1))
        return secret

    def offered(self, person_id: int) -> bytes | None:
        """The secret that was offered and not confirmed yet, to show it again."""
        with self._database.session() as session:
            row = session.get(SecondFactor, person_id)
        return self._sealer.open(row.sealed) if row is not None and row.confirmed_at is None else None

    def take(self, person_id: int, typed: str) -> bool:
        """Whether this is a code of now that was not used before; the first right one turns the codes on."""
        with self._database.session() as session:
            row = session.get(SecondFactor, person_id)
            secret = self._sealer.open(row.sealed) if row else None
        if row is None or secret is None:
            return False
        now = self._clock()
        step = totp.step_of(secret, typed, now.timestamp())
        if step is None:
            return False
        # One statement, so that of two browsers with the same code one comes in. Sealed anew, under today's
        # key.
        unused = SecondFactor.person_id == person_id, SecondFactor.last_step < step
        changes = {
            "last_step": step, "confirmed_at": row.confirmed_at or now, "sealed": self._sealer.seal(secret)
        }  # fmt: skip
        with self._database.session() as session:
            used = session.execute(
                update(SecondFactor).where(*unused, SecondFactor.sealed == row.sealed).values(changes)
            )
            return cast("CursorResult[Any]", used).rowcount == 1

    def drop(self, person_id: int) -> None:
        """Ask this person for no code any more."""
        with self._database.session() as session:
            session.execute(delete(SecondFactor).where(SecondFactor.person_id == person_id))

    def drop_of(self, username_key: str) -> None:
        """The same for somebody who lost the telephone; NotFoundError where nobody has that name."""
        with self._database.session() as session:
            person_id = session.scalar(select(Person.id).where(Person.username_key == username_key))
        if person_id is None:
            raise NotFoundError(
                "There is nobody of that name: `flask --app wsgi user list` shows all user names."
            )
        self.drop(person_id)
