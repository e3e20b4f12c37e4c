"""The tables of the audit log. They contain no card number and no name, only a keyed hash of the card."""

from __future__ import annotations

from datetime import datetime  # noqa: TC003 - SQLAlchemy reads the annotations when the class is made

from sqlalchemy import BigInteger, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from validator.database import Base, Instant


class EntryRow(Base):
    """One check, deferred check, alert or large sync. `mac` covers all but `card` and `salt`.

    An erasure sets `card` and `salt` to NULL and writes its mark into `erased`.
    """

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
    erased: Mapped[str | None] = mapped_column(String(64))

    def __repr__(self) -> str:
        return f"EntryRow({self.seq})"


class HeadRow(Base):
    """The only row: the last entry, the last entry that the retention deleted, a digest of all incidents.

    `seal` covers all of it. `anchor_at` is in epoch seconds, 0 where it is not known.
    """

    __tablename__ = "check_log_head"

    one: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    seq: Mapped[int]
    mac: Mapped[str] = mapped_column(String(64))
    anchor_seq: Mapped[int]
    anchor_mac: Mapped[str] = mapped_column(String(64))
    seal: Mapped[str] = mapped_column(String(64))
    anchor_at: Mapped[int] = mapped_column(BigInteger, server_default="0")
    incidents: Mapped[str] = mapped_column(String(64), server_default="")

    def __repr__(self) -> str:
        return f"HeadRow({self.seq})"


class IncidentRow(Base):
    """A fault that was found while writing or deleting: which entries, what, and when. Never deleted.

    `found_at` is in epoch seconds; `mac` covers all other columns.
    """

    __tablename__ = "check_log_incidents"

    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    first: Mapped[int]
    last: Mapped[int]
    found_at: Mapped[int] = mapped_column(BigInteger)
    what: Mapped[str] = mapped_column(Text)
    mac: Mapped[str] = mapped_column(String(64))

    def __repr__(self) -> str:
        return f"IncidentRow({self.number})"
