"""Devices: tills and tablets that bring a token of their own instead of a person's session."""

from __future__ import annotations

import hashlib
import re
import secrets
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING

from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError, SQLAlchemyError

from validator.accounts import names
from validator.accounts.caller import Caller, CallerKind, SignedIn
from validator.accounts.models import Device
from validator.accounts.refusals import BadNameError, NameTakenError, NotFoundError

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date, datetime

    from validator.database import Database

# The prefix lets secret scanners and people recognise a token that went astray.
PREFIX = "escv_"
_BYTES = 32
_TOKEN = re.compile(rf"{PREFIX}[A-Za-z0-9_-]{{43}}")


class Devices:
    """All devices of this site. A revoked device keeps its name, so that old records stay clear."""

    def __init__(
        self,
        database: Database,
        clock: Callable[[], datetime],
        submit: Callable[[str, Callable[[], object]], object],
    ) -> None:
        """`submit` does a piece of work later, once for its key, so that no check waits for it."""
        self._database = database
        self._clock = clock
        self._submit = submit

    def add(self, name: str) -> str:
        """Add a device and return its token, which cannot be had again; BadNameError or NameTakenError."""
        name = names.device_name(name)
        token = PREFIX + secrets.token_urlsafe(_BYTES)
        device = Device(
            name=name, name_key=names.key(name), token_hash=_hash(token), created_at=self._clock()
        )
        try:
            with self._database.session() as session:
                session.add(device)
        except IntegrityError as error:
            raise NameTakenError(
                f"There is or was a device called {name}, and names are not reused: choose another one."
            ) from error
        return token

    def all(self) -> list[Device]:
        """Every device, by name, the revoked ones too."""
        with self._database.session() as session:
            return list(session.scalars(select(Device).order_by(Device.name_key)))

    def revoke(self, name: str) -> None:
        """Refuse the device's token from now on; or NotFoundError."""
        try:
            key = names.key(names.device_name(name))
        except BadNameError:
            key = ""
        with self._database.session() as session:
            device = session.scalar(select(Device).where(Device.name_key == key))
            if device is None:
                raise NotFoundError(
                    "There is no device of that name: `flask --app wsgi device list` shows all devices."
                )
            device.revoked_at = device.revoked_at or self._clock()

    def by_token(self, token: str) -> SignedIn | None:
        """Which device this token belongs to; None where it is not a token of ours or was revoked.

        One indexed SELECT, and once a day a note that the device is in use, which nobody waits for.
        """
        if not _TOKEN.fullmatch(token):
            return None
        columns = select(Device.id, Device.name, Device.last_used_on)
        with self._database.session() as session:
            row = session.execute(
                columns.where(Device.token_hash == _hash(token), Device.revoked_at.is_(None))
            ).first()
        if row is None:
            return None
        if row.last_used_on != (today := self._clock().date()):
            self._submit(f"device {row.id}", partial(self._note_use, row.id, today))
        return SignedIn(Caller(CallerKind.DEVICE, row.id, row.name))

    def _note_use(self, device_id: int, today: date) -> None:
        # A full or read-only disk must not keep a device from checking cards.
        with suppress(SQLAlchemyError), self._database.session() as session:
            session.execute(update(Device).where(Device.id == device_id).values(last_used_on=today))


def _hash(token: str) -> str:
    """Unsalted is enough for 256 random bits, and lets the index find it."""
    return hashlib.sha256(token.encode()).hexdigest()
