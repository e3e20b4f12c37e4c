"""The tables of people, devices, sessions and second factors."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from enum import StrEnum

from sqlalchemy import BigInteger, Enum, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from validator.database import Base, Instant

STEP_BACK = timedelta(minutes=5)
"""A stored time further ahead than this was written while this server's clock ran ahead; it is ignored."""


class Role(StrEnum):
    """The rights of a person: staff check cards, managers also manage people and devices."""

    STAFF = "staff"
    MANAGER = "manager"


class SessionKind(StrEnum):
    """The kinds of sessions: of a person, or of a tablet that a person locked as a kiosk."""

    PERSON = "person"
    KIOSK = "kiosk"


_KIND = Enum(SessionKind, native_enum=False, length=16, create_constraint=False, values_callable=list)
_ROLE = Enum(Role, native_enum=False, length=16, create_constraint=False, values_callable=list)


class Person(Base):
    """A person who signs in.

    A session is valid only while the person has the `alternative_id` it was started with: a new one ends
    every session.
    """

    __tablename__ = "people"

    id: Mapped[int] = mapped_column(primary_key=True)
    username: Mapped[str] = mapped_column(String(64))
    username_key: Mapped[str] = mapped_column(String(256), unique=True)
    password_hash: Mapped[str] = mapped_column(String(256))
    role: Mapped[Role] = mapped_column(_ROLE)
    alternative_id: Mapped[str] = mapped_column(String(64), unique=True)
    created_at: Mapped[datetime] = mapped_column(Instant)
    disabled_at: Mapped[datetime | None] = mapped_column(Instant)

    def __repr__(self) -> str:
        return f"Person({self.id})"


class Device(Base):
    """A till or tablet that sends a token; only the token's SHA-256 is stored."""

    __tablename__ = "devices"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(64))
    name_key: Mapped[str] = mapped_column(String(256), unique=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    created_at: Mapped[datetime] = mapped_column(Instant)
    last_used_on: Mapped[date | None]
    revoked_at: Mapped[datetime | None] = mapped_column(Instant)

    def __repr__(self) -> str:
        return f"Device({self.id})"


class SessionRow(Base):
    """An open session: the SHA-256 of the token that the browser holds, and no network address."""

    __tablename__ = "sessions"

    id: Mapped[int] = mapped_column(primary_key=True)
    id_hash: Mapped[str] = mapped_column(String(64), unique=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"), index=True)
    alternative_id: Mapped[str] = mapped_column(String(64))
    kind: Mapped[SessionKind] = mapped_column(_KIND)
    label: Mapped[str] = mapped_column(String(64))
    began_at: Mapped[datetime] = mapped_column(Instant)
    seen_at: Mapped[datetime] = mapped_column(Instant)
    ends_at: Mapped[datetime] = mapped_column(Instant)

    def __repr__(self) -> str:
        return f"SessionRow({self.id})"


class IdentityRevision(Base):
    """One row: its number is incremented by triggers with each change of access (identity_cache.py)."""

    __tablename__ = "identity_revision"

    one: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    number: Mapped[int] = mapped_column(BigInteger)


class PendingStep(Base):
    """A step that a person started and did not finish; `sealed` is its encrypted secret, if it has one.

    `id_hash` is the SHA-256 of a token that the browser holds.
    """

    __tablename__ = "pending_steps"

    id_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    alternative_id: Mapped[str] = mapped_column(String(64))
    sealed: Mapped[str] = mapped_column(String(128))
    ends_at: Mapped[datetime] = mapped_column(Instant, index=True)

    def __repr__(self) -> str:
        return "PendingStep()"


class SecondFactor(Base):
    """The encrypted secret of a person's authenticator app; codes are required from `confirmed_at` on.

    `last_step` is the latest 30-second step whose code was used.
    """

    __tablename__ = "second_factors"

    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"), primary_key=True)
    sealed: Mapped[str] = mapped_column(String(128))
    confirmed_at: Mapped[datetime | None] = mapped_column(Instant)
    last_step: Mapped[int]

    def __repr__(self) -> str:
        return f"SecondFactor({self.person_id})"
