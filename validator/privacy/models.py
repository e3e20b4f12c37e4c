"""The table of the keys that card numbers are hashed under."""

from __future__ import annotations

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from validator.database import Base


class CardKey(Base):
    """One half of a key, random; the other half is the site's secret. Deleted, neither half gives it back."""

    __tablename__ = "card_keys"

    purpose: Mapped[str] = mapped_column(String(16), primary_key=True)
    period: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    half: Mapped[str] = mapped_column(String(64))

    def __repr__(self) -> str:
        return f"CardKey({self.purpose!r}, {self.period})"
