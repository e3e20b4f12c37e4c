"""The tables of the check log. No number and no name is in them: a keyed hash stands for the card."""

from __future__ import annotations

from datetime import datetime  # noqa: TC003 - SQLAlchemy reads the annotations when the class is made

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from validator.database import Base, Instant


class LogRow(Base):
    """One check, late check, alert or large sync. `mac` covers all but `card` and `salt`, for erasing."""

    __tablename__ = "check_log"

    seq: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    at: Mapped[datetime] = mapped_column(Instant, index=True)
    event: Mapped[str] = mapped_column(String(16))
    caller_kind: Mapped[str] = mapped_column(String(16))
    caller_id: Mapped[int]
    word: Mapped[str] = mapped_column(String(32))
    source: Mapped[str] = mapped_column(String(16))
    card: Mapped[str | None] = mapped_column(String(32))
    salt: Mapped[str | None] = mapped_column(String(32))
    seal: Mapped[str] = mapped_column(String(64))
    mac: Mapped[str] = mapped_column(String(64))

    def __repr__(self) -> str:
        return f"LogRow({self.seq})"


class LogHead(Base):
    """One row: the last entry, and the one before the first that is still kept; `seal` covers both."""

    __tablename__ = "check_log_head"

    one: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    seq: Mapped[int]
    mac: Mapped[str] = mapped_column(String(64))
    anchor_seq: Mapped[int]
    anchor_mac: Mapped[str] = mapped_column(String(64))
    seal: Mapped[str] = mapped_column(String(64))

    def __repr__(self) -> str:
        return f"LogHead({self.seq})"
