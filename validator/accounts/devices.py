"""Devices: tills and tablets that send a token instead of a person's session."""

from __future__ import annotations

import hashlib
import re
import secrets
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError, SQLAlchemyError

from validator.accounts.errors import BadNameError, NameTakenError, NotFoundError
from validator.accounts.identity import Caller, CallerKind, LoginUser
from validator.accounts.identity_cache import IdentityCache
from validator.accounts.models import Device
from validator.accounts.people import composed, unique_key

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date, datetime

    from validator.accounts.identity_cache import Revision
    from validator.database import Database

# The prefix lets people and secret scanners recognise a leaked token.
PREFIX = "escv_"
MAX_NAME = 64
_TOKEN_BYTES = 32
_TOKEN = re.compile(rf"{PREFIX}[A-Za-z0-9_-]{{43}}")


@dataclass(frozen=True, slots=True)
class StoredDevice:
    """What a request needs of a device's row."""

    id: int
    name: str
    last_used_on: date | None


class Devices:
    """All devices of this site. A revoked device keeps its name, so that old records stay unambiguous."""

    def __init__(
        self,
        database: Database,
        clock: Callable[[], datetime],
        submit: Callable[[str, Callable[[], object]], object],
        revision: Revision,
    ) -> None:
        """`submit` runs a task in the background, once for its key, so that no check waits for it."""
        self._database = database
        self._clock = clock
        self._submit = submit
        self._cache: IdentityCache[StoredDevice] = IdentityCache(revision)

    def add(self, name: str) -> str:
        """Add a device and return its token, which is never shown again; BadNameError or NameTakenError."""
        name = canonical_name(name)
        token = PREFIX + secrets.token_urlsafe(_TOKEN_BYTES)
        device = Device(
            name=name, name_key=unique_key(name), token_hash=_hash(token), created_at=self._clock()
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
        """All devices by name, including revoked ones."""
        with self._database.session() as session:
            return list(session.scalars(select(Device).order_by(Device.name_key)))

    def revoke(self, name: str) -> None:
        """Refuse the device's token from now on; or NotFoundError."""
        try:
            key = unique_key(canonical_name(name))
        except BadNameError:
            key = ""
        with self._database.session() as session:
            device = session.scalar(select(Device).where(Device.name_key == key))
            if device is None:
                raise NotFoundError(
                    "There is no device of that name: `flask --app wsgi device list` shows all devices."
                )
            device.revoked_at = device.revoked_at or self._clock()

    def by_token(self, token: str) -> LoginUser | None:
        """The device of this token; None if it is not one of our tokens or was revoked.

        Once a day the date of use is written, in the background.
        """
        if not _TOKEN.fullmatch(token):
            return None
        token_hash = _hash(token)
        found = self._cache.get(token_hash, partial(self._read, token_hash))
        if found is None:
            return None
        if found.last_used_on != (today := self._clock().date()):
            self._submit(f"device {found.id}", partial(self._record_use, found.id, token_hash, today))
        return LoginUser(Caller(CallerKind.DEVICE, found.id, found.name))

    def _read(self, token_hash: str) -> StoredDevice | None:
        """One indexed SELECT."""
        query = select(Device.id, Device.name, Device.last_used_on).where(
            Device.token_hash == token_hash, Device.revoked_at.is_(None)
        )
        with self._database.session() as session:
            row = session.execute(query).first()
        return StoredDevice(*row) if row else None

    def _record_use(self, device_id: int, token_hash: str, today: date) -> None:
        # A full or read-only disk must not prevent checks.
        with suppress(SQLAlchemyError), self._database.session() as session:
            session.execute(update(Device).where(Device.id == device_id).values(last_used_on=today))
        self._cache.forget(token_hash)


def canonical_name(text: str) -> str:
    """The device's name in its canonical form, or BadNameError."""
    name = " ".join(composed(text).split())
    if not 0 < len(name) <= MAX_NAME or not name.isprintable():
        raise BadNameError("A device's name has 1 to 64 printable characters: choose such a one.")
    return name


def _hash(token: str) -> str:
    """No salt is needed for 256 random bits, and without one the index finds it."""
    return hashlib.sha256(token.encode()).hexdigest()
