"""The tables of people and devices."""

from __future__ import annotations

from datetime import date, datetime  # noqa: TC003 - SQLAlchemy reads the annotations when the class is made
from enum import StrEnum

from sqlalchemy import Enum, String
from sqlalchemy.orm import Mapped, mapped_column

from validator.database import Base, Instant


class Role(StrEnum):
    """What a person may do: staff check cards, managers also look after people and devices."""

    STAFF = "staff"
    MANAGER = "manager"


_ROLE = Enum(Role, native_enum=False, length=16, create_constraint=False, values_callable=list)


class Person(Base):
    """Somebody who signs in. A new `alternative_id` ends every session of theirs at once."""

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
    """A till or tablet that brings a token; only the token's SHA-256 is kept."""

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
