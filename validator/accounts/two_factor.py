"""Second factors: TOTP codes from an authenticator app (RFC 6238, HMAC-SHA1), each accepted once."""

from __future__ import annotations

import base64
import hmac
import secrets
from typing import TYPE_CHECKING, Any, cast
from urllib.parse import quote

from sqlalchemy import delete, select, update
from sqlalchemy.exc import IntegrityError

from validator.accounts.errors import NotFoundError
from validator.accounts.models import Person, SecondFactor
from validator.accounts.pending import PendingKind
from validator.keys import Purpose, derive

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

    from cryptography.fernet import MultiFernet
    from sqlalchemy import CursorResult

    from validator.accounts.identity import VerifiedPerson
    from validator.accounts.pending import PendingSteps
    from validator.database import Database

STEP_S = 30
DIGITS = 6
# A phone's clock may be off by one step.
MAX_DRIFT_STEPS = 1
# The length that RFC 4226 recommends.
SECRET_BYTES = 20


def totp_code(secret: bytes, step: int) -> str:
    """The code of a time step."""
    digest = hmac.digest(secret, step.to_bytes(8, "big"), "sha1")
    start = digest[-1] & 0x0F
    number = int.from_bytes(digest[start : start + 4], "big") & 0x7FFF_FFFF
    return f"{number % 10**DIGITS:0{DIGITS}}"


def matching_step(secret: bytes, typed: str, now_s: float) -> int | None:
    """The time step near now whose code was typed, with or without spaces; None if there is none."""
    digits = "".join(typed.split()).encode("utf-8", "surrogatepass")
    now = int(now_s // STEP_S)
    steps = [step for step in range(now - MAX_DRIFT_STEPS, now + MAX_DRIFT_STEPS + 1) if step >= 0]
    return next(
        (step for step in steps if hmac.compare_digest(totp_code(secret, step).encode(), digits)), None
    )


def format_secret(secret: bytes) -> str:
    """The secret for typing: base32 in groups of four."""
    text = base64.b32encode(secret).decode()
    return " ".join(text[start : start + 4] for start in range(0, len(text), 4))


def provisioning_uri(secret: bytes, name: str, site: str) -> str:
    """The address in the QR code for an authenticator app."""
    label = quote(f"{site}:{name}", safe=":")
    return f"otpauth://totp/{label}?secret={base64.b32encode(secret).decode()}&issuer={quote(site)}"


class Encryptor:
    """Encrypts secrets (Fernet: AES and HMAC), so that the database alone does not reveal them.

    Encrypts with the first secret key, decrypts with any.
    """

    def __init__(self, secret_keys: Sequence[str]) -> None:
        self._keys = [base64.urlsafe_b64encode(derive(key, Purpose.SECOND_FACTORS)) for key in secret_keys]

    def encrypt(self, secret: bytes) -> str:
        """The secret as text that only `decrypt` can read."""
        return self._fernet().encrypt(secret).decode()

    def decrypt(self, encrypted: str) -> bytes | None:
        """The secret; None if the text was changed or its key is no longer configured."""
        from cryptography.fernet import InvalidToken  # noqa: PLC0415 - see _fernet

        try:
            return self._fernet().decrypt(encrypted.encode())
        except InvalidToken:
            return None

    def _fernet(self) -> MultiFernet:
        # Imported on use: most servers need no second factors, and the package takes memory.
        from cryptography.fernet import Fernet, MultiFernet  # noqa: PLC0415

        return MultiFernet([Fernet(key) for key in self._keys])


class SecondFactors:
    """The second factors of this site's people."""

    def __init__(
        self, database: Database, encryptor: Encryptor, pending: PendingSteps, clock: Callable[[], datetime]
    ) -> None:
        self._database = database
        self._encryptor = encryptor
        self._pending = pending
        self._clock = clock

    def is_on(self, person_id: int) -> bool:
        """Whether this person must type a code at sign-in."""
        return self._confirmed(person_id) is not None

    def start_enrolment(self, who: VerifiedPerson, token: str) -> bytes:
        """A new secret, shown once; valid for ten minutes in the session that has this token.

        No code is required before `confirm_enrolment` has accepted the first one.
        """
        if self.is_on(who.caller.id):
            raise NotFoundError("The codes are on already: turn them off first.")
        secret = secrets.token_bytes(SECRET_BYTES)
        self._pending.start(PendingKind.CODES_OFFER, token, who, self._encryptor.encrypt(secret))
        return secret

    def is_enrolling(self, token: str) -> bool:
        """Whether this session has an enrolment that has not expired."""
        return self._pending.find(PendingKind.CODES_OFFER, token) is not None

    def confirm_enrolment(self, token: str, typed: str) -> bool:
        """Turn the codes on if this is a code of the secret that this session was shown."""
        step = self._pending.find(PendingKind.CODES_OFFER, token)
        secret = self._encryptor.decrypt(step.sealed) if step else None
        if step is None or secret is None:
            return False
        now = self._clock()
        used = matching_step(secret, typed, now.timestamp())
        if used is None or not self._pending.consume(PendingKind.CODES_OFFER, token):
            return False
        row = SecondFactor(
            person_id=step.person_id,
            sealed=self._encryptor.encrypt(secret),
            confirmed_at=now,
            last_step=used,
        )
        try:
            with self._database.session() as session:
                session.add(row)
        except IntegrityError:
            # Another session of this person was faster.
            return False
        return True

    def verify(self, person_id: int, typed: str) -> bool:
        """Whether this is a current code that was not used before; it is used up."""
        row = self._confirmed(person_id)
        secret = self._encryptor.decrypt(row.sealed) if row else None
        if row is None or secret is None:
            return False
        step = matching_step(secret, typed, self._clock().timestamp())
        if step is None:
            return False
        # One statement: of two browsers with the same code only one signs in. Re-encrypts with the newest
        # key.
        unused = SecondFactor.person_id == person_id, SecondFactor.last_step < step
        changes = {"last_step": step, "sealed": self._encryptor.encrypt(secret)}
        with self._database.session() as session:
            used = session.execute(
                update(SecondFactor).where(*unused, SecondFactor.sealed == row.sealed).values(changes)
            )
            return cast("CursorResult[Any]", used).rowcount == 1

    def turn_off(self, person_id: int) -> None:
        """Require no code of this person any more."""
        with self._database.session() as session:
            session.execute(delete(SecondFactor).where(SecondFactor.person_id == person_id))

    def turn_off_by_name(self, username_key: str) -> None:
        """Turn codes off for a person who lost the phone; NotFoundError if there is no such person."""
        with self._database.session() as session:
            person_id = session.scalar(select(Person.id).where(Person.username_key == username_key))
        if person_id is None:
            raise NotFoundError("No person has that name: `flask --app wsgi user list` shows all user names.")
        self.turn_off(person_id)

    def _confirmed(self, person_id: int) -> SecondFactor | None:
        which = SecondFactor.person_id == person_id, SecondFactor.confirmed_at.is_not(None)
        with self._database.session() as session:
            return session.scalar(select(SecondFactor).where(*which))
