"""What the Router can say of a card, whichever endpoint was asked: one shape for all."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import TYPE_CHECKING, Protocol

from validator.verdict import Reason

if TYPE_CHECKING:
    from scanner.escn import Escn


FIRST_DAY = date(2015, 1, 1)
"""No card is older; zero values of programs and databases (1970-01-01, 0001-01-01) are."""


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


class ImpossibleDatesError(ValueError):
    """A card that is ACTIVE needs a last day, and this one cannot be it."""


def possible_dates(
    status: CardStatus, expires_at: date | None, issued_at: date | None
) -> tuple[date | None, date | None]:
    """The last day and the day of issue, each None where it is unknown or cannot be true.

    Raises ImpossibleDatesError where an ACTIVE card is left without a last day: only then does a day decide.
    """
    if issued_at is not None and issued_at < FIRST_DAY:
        issued_at = None
    if expires_at is None:
        fault = "ACTIVE without a day in expiresAt"
    elif expires_at < FIRST_DAY:
        fault = "expiresAt is older than any card"
    elif issued_at is not None and expires_at < issued_at:
        fault = "expiresAt is before issuedAt"
    else:
        return expires_at, issued_at
    if status is CardStatus.ACTIVE:
        raise ImpossibleDatesError(fault)
    return None, issued_at


@dataclass(frozen=True, slots=True)
class UnknownCard:
    """The Router, well-formed, says that it has no card with this number."""


class Cause(StrEnum):
    """What went wrong with a call, finer than the reason: for the log, health and managers."""

    NAME = "name"
    ROUTE = "route"
    PROXY = "proxy"
    CERTIFICATE = "certificate"
    REFUSED = "refused"
    UNUSABLE = "unusable"
    SLOW = "slow"
    BUSY = "busy"
    ERROR = "error"
    HELD_BACK = "held_back"


_CAUSES = {
    Reason.ROUTER_TIMEOUT: Cause.SLOW,
    Reason.ROUTER_UNREACHABLE: Cause.ROUTE,
    Reason.ROUTER_REFUSED: Cause.REFUSED,
    Reason.ROUTER_BUSY: Cause.BUSY,
    Reason.ROUTER_ERROR: Cause.ERROR,
    Reason.ROUTER_ANSWER_UNUSABLE: Cause.UNUSABLE,
    Reason.TOO_MANY_CHECKS: Cause.HELD_BACK,
}


@dataclass(frozen=True, slots=True)
class RouterFailure:
    """No answer about the card.

    `reason` is one of the could-not-check reasons; `detail` is for logs and never holds a number or a body;
    `may_pass` where asking again at once may help: nobody was reached, or a gateway between had nobody.
    `finer` is set where the cause is not the usual one for the reason.
    """

    reason: Reason
    detail: str
    may_pass: bool = field(default=False, compare=False)
    finer: Cause | None = None

    @property
    def cause(self) -> Cause:
        """What went wrong."""
        return self.finer or _CAUSES[self.reason]


RouterAnswer = KnownCard | UnknownCard | RouterFailure


class Proof(Protocol):
    """One way of asking about a card; the Router today, a wallet presentation perhaps tomorrow."""

    def status(self, escn: Escn) -> RouterAnswer:
        """Answer within the deadline, always; never raise for what the other side does."""
        ...
