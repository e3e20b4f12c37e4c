"""Second factors in the database: a code from the person's telephone, each good once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from sqlalchemy import delete, select, update
from sqlalchemy.exc import IntegrityError

from validator.accounts import totp
from validator.accounts.models import Person, SecondFactor
from validator.accounts.pending import Kind
from validator.accounts.refusals import NotFoundError

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from sqlalchemy import CursorResult

    from validator.accounts.caller import Proven
    from validator.accounts.pending import PendingSteps
    from validator.accounts.sealed import Sealer
    from validator.database import Database


class SecondFactors:
    """Who signs in with a code as well."""

    def __init__(
        self, database: Database, sealer: Sealer, pending: PendingSteps, clock: Callable[[], datetime]
    ) -> None:
        self._database = database
        self._sealer = sealer
        self._pending = pending
        self._clock = clock

    def is_on(self, person_id: int) -> bool:
        """Whether this person is asked for a code."""
        return self._confirmed(person_id) is not None

    def offer(self, who: Proven, token: str) -> bytes:
        """A new secret for the person's telephone, to be shown once; good for ten minutes in this session.

        `token` is the session's. Nothing is asked for before `confirm` saw the first code.
        """
        if self.is_on(who.caller.id):
            raise NotFoundError("The codes are on already: turn them off first.")
        secret = totp.new_secret()
        self._pending.begin(Kind.CODES_OFFER, token, who, self._sealer.seal(secret))
        return secret

    def is_offered(self, token: str) -> bool:
        """Whether this session has an offer that has not ended."""
        return self._pending.find(Kind.CODES_OFFER, token) is not None

    def confirm(self, token: str, typed: str) -> bool:
        """Whether this is a code of what was offered in this session: it turns the codes on, once."""
        step = self._pending.find(Kind.CODES_OFFER, token)
        secret = self._sealer.open(step.sealed) if step else None
        if step is None or secret is None:
            return False
        now = self._clock()
        used = totp.step_of(secret, typed, now.timestamp())
        if used is None or not self._pending.use(Kind.CODES_OFFER, token):
            return False
        row = SecondFactor(
            person_id=step.person_id, sealed=self._sealer.seal(secret), confirmed_at=now, last_step=used
        )
        try:
            with self._database.session() as session:
                session.add(row)
        except IntegrityError:
            # Another session of this person was faster.
            return False
        return True

    def take(self, person_id: int, typed: str) -> bool:
        """Whether this is a code of now that was not used before."""
        row = self._confirmed(person_id)
        secret = self._sealer.open(row.sealed) if row else None
        if row is None or secret is None:
            return False
        step = totp.step_of(secret, typed, self._clock().timestamp())
        if step is None:
            return False
        # One statement, so that of two browsers with the same code one comes in. Sealed anew, under today's
        # key.
        unused = SecondFactor.person_id == person_id, SecondFactor.last_step < step
        changes = {"last_step": step, "sealed": self._sealer.seal(secret)}
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

    def _confirmed(self, person_id: int) -> SecondFactor | None:
        which = SecondFactor.person_id == person_id, SecondFactor.confirmed_at.is_not(None)
        with self._database.session() as session:
            return session.scalar(select(SecondFactor).where(*which))
