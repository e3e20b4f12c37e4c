"""The table of late checks. No number is in it: a keyed hash stands for the card."""

from __future__ import annotations

from datetime import datetime  # noqa: TC003 - SQLAlchemy reads the annotations when the class is made

from sqlalchemy import Enum, String
from sqlalchemy.orm import Mapped, mapped_column

from validator.accounts.identity import CallerKind
from validator.database import Base, Instant
from validator.verdict import Outcome, Reason, Source


def _words(kind: type[CallerKind | Outcome | Reason | Source], length: int) -> Enum:
    return Enum(kind, native_enum=False, length=length, create_constraint=False, values_callable=list)


class LateCheck(Base):
    """One delivered check: who made it, what was shown then, and what the Router said later.

    `router` names that Router, empty where it was not noted.
    """

    __tablename__ = "late_checks"

    id: Mapped[int] = mapped_column(primary_key=True)
    check_id: Mapped[str] = mapped_column(String(36), unique=True)
    caller_kind: Mapped[CallerKind] = mapped_column(_words(CallerKind, 16))
    caller_id: Mapped[int]
    made_at: Mapped[datetime] = mapped_column(Instant)
    delivered_at: Mapped[datetime] = mapped_column(Instant, index=True)
    card_key: Mapped[str] = mapped_column(String(32))
    shown_reason: Mapped[Reason] = mapped_column(_words(Reason, 32))
    answer_reason: Mapped[Reason] = mapped_column(_words(Reason, 32))
    answer_source: Mapped[Source] = mapped_column(_words(Source, 16))
    checked_at: Mapped[datetime] = mapped_column(Instant)
    contradicts: Mapped[bool]
    router: Mapped[str] = mapped_column(String(16), server_default="")

    def __repr__(self) -> str:
        return f"LateCheck({self.id})"
