"""The client's answers about a card: the same values for both endpoints."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import TYPE_CHECKING, Protocol

from validator.verdict import Reason

if TYPE_CHECKING:
    from scanner.escn import Escn


FIRST_DAY = date(2015, 1, 1)
"""No card is older. Earlier dates are zero values of programs and databases (1970-01-01, 0001-01-01)."""


class CardStatus(StrEnum):
    """The Router's three status words; any other word makes an answer unusable."""

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


class UnusableAnswer(Exception):
    """A reply cannot be used. The message names the faulty part and never quotes it."""


class ImpossibleDatesError(ValueError):
    """An ACTIVE card has no possible last day."""


def possible_dates(
    status: CardStatus, expires_at: date | None, issued_at: date | None
) -> tuple[date | None, date | None]:
    """The last day and the day of issue, each None if it is unknown or impossible.

    Raises ImpossibleDatesError if an ACTIVE card has no possible last day: only then do dates matter.
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
    """A well-formed reply of the Router: it has no card with this number."""


class Cause(StrEnum):
    """What went wrong with a call, in more detail than the reason: for the log and the health page."""

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

    `reason` is one of the could-not-check reasons. `detail` is for logs and never holds a number or a body.
    `is_retryable` if an immediate retry may help: no server was reached, or a gateway reached none.
    `specific_cause` is set if the cause is not the usual one for the reason.
    """

    reason: Reason
    detail: str
    is_retryable: bool = field(default=False, compare=False)
    specific_cause: Cause | None = None

    @property
    def cause(self) -> Cause:
        """What went wrong."""
        return self.specific_cause or _CAUSES[self.reason]


RouterAnswer = KnownCard | UnknownCard | RouterFailure


class Proof(Protocol):
    """A source of answers about cards: the Router today, perhaps a wallet presentation later."""

    def status(self, escn: Escn) -> RouterAnswer:
        """Always answers within the deadline; never raises for what the other side does."""
        ...
