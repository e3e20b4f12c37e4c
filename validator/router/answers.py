"""What the Router can say of a card, whichever endpoint was asked: one shape for all."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from datetime import date

    from scanner.escn import Escn
    from validator.verdict import Reason


class CardStatus(StrEnum):
    """The Router's own three words; any other word makes an answer unusable."""

    ACTIVE = "ACTIVE"
    INACTIVE = "INACTIVE"
    EXPIRED = "EXPIRED"


@dataclass(frozen=True, slots=True)
class KnownCard:
    """The Router knows the card. `expires_at` is set whenever `status` is ACTIVE."""

    status: CardStatus
    expires_at: date | None
    issued_at: date | None = None
    issuer_pic: str | None = None
    issuer_name: str | None = None
    academic_level: str | None = None
    card_type: str | None = None
    display_name: str | None = None


@dataclass(frozen=True, slots=True)
class UnknownCard:
    """The Router, well-formed, says that it has no card with this number."""


@dataclass(frozen=True, slots=True)
class RouterFailure:
    """No answer about the card.

    `reason` is one of the could-not-check reasons; `detail` is for logs and never holds a number or a body;
    `may_pass` where asking again at once may help: nobody was reached, or a gateway between had nobody.
    """

    reason: Reason
    detail: str
    may_pass: bool = field(default=False, compare=False)


RouterAnswer = KnownCard | UnknownCard | RouterFailure


class Proof(Protocol):
    """One way of asking about a card; the Router today, a wallet presentation perhaps tomorrow."""

    def status(self, escn: Escn) -> RouterAnswer:
        """Answer within the deadline, always; never raise for what the other side does."""
        ...
