"""Converts both shapes of the Router's answer about a card to a KnownCard.

Strict for what decides the verdict: the number, the status, and the last day of an ACTIVE card. Any other
odd value becomes None.
"""

from __future__ import annotations

import re
from datetime import date
from typing import TYPE_CHECKING

from validator.router.answers import (
    CardStatus,
    ImpossibleDatesError,
    KnownCard,
    UnusableAnswer,
    possible_dates,
)
from validator.router.config import Endpoint

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from scanner.escn import Escn

MAX_TEXT = 200
"""Characters kept of a text that is only displayed."""

# protocol.md §3.4; other words are not displayed.
ACADEMIC_LEVELS = frozenset({"BACHELOR", "MASTER", "DOCTORATE"})
CARD_TYPES = frozenset(
    {"PASSIVE", "SMART_NO_CDZ", "SMART_CDZ", "SMART_MAY_SP", "SMART_PASSIVE", "SMART_PASSIVE_EMULATION"}
)

_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_PIC = re.compile(r"[0-9]{9}")
_NUMBER = re.compile(r"[0-9a-f]{8}(-?)[0-9a-f]{4}\1[0-9a-f]{4}\1[0-9a-f]{4}\1[0-9a-f]{12}")
_MAX_PIC = 10**9


def known_card(
    endpoint: Endpoint, asked: Escn, answer: Mapping[str, object], *, keep_display_name: bool
) -> KnownCard:
    """The card in this endpoint's answer; raises UnusableAnswer if a deciding value is missing or odd."""
    if not _is_number_of(asked, answer.get("cardNumber")):
        raise UnusableAnswer("cardNumber is not the number asked for")
    return _SHAPES[endpoint](answer, keep_display_name)


def _from_status_v2(answer: Mapping[str, object], keep_display_name: bool) -> KnownCard:  # noqa: FBT001 - both functions in the table have one signature
    status = _status(answer.get("status"))
    expires_at, issued_at = _dates(status, answer.get("expiresAt"), answer.get("issuedAt"))
    return KnownCard(
        status=status,
        expires_at=expires_at,
        issued_at=issued_at,
        issuer_pic=_pic(answer.get("issuerIdentifier")),
        issuer_name=_text(answer.get("issuerName")),
        display_name=_text(answer.get("displayName")) if keep_display_name else None,
    )


def _from_verifier(answer: Mapping[str, object], _keep_display_name: bool) -> KnownCard:  # noqa: FBT001 - this shape has no name
    status = _status(_inside(answer, "cardStatusType", "key"))
    expires_at, _ = _dates(status, answer.get("expiresAt"), None)
    return KnownCard(
        status=status,
        expires_at=expires_at,
        issuer_pic=_pic(_inside(answer, "issuer", "identifier")),
        issuer_name=_text(_inside(answer, "issuer", "name")),
        academic_level=_word(_inside(answer, "cardHolder", "academicLevel", "key"), ACADEMIC_LEVELS),
        card_type=_word(_inside(answer, "cardType", "key"), CARD_TYPES),
    )


_SHAPES: Mapping[Endpoint, Callable[[Mapping[str, object], bool], KnownCard]] = {
    Endpoint.STATUS_V2: _from_status_v2,
    Endpoint.VERIFIER: _from_verifier,
}


def _is_number_of(asked: Escn, value: object) -> bool:
    """Whether it is the same number; only case and hyphens may differ."""
    if not isinstance(value, str) or not _NUMBER.fullmatch(value.lower()) or not value.isascii():
        return False
    return value.lower().replace("-", "") == asked.value.replace("-", "")


def _status(value: object) -> CardStatus:
    if isinstance(value, str) and value in CardStatus.__members__:
        return CardStatus[value]
    raise UnusableAnswer("the status is none of the three words")


def _dates(status: CardStatus, expires_at: object, issued_at: object) -> tuple[date | None, date | None]:
    try:
        return possible_dates(status, _day(expires_at), _day(issued_at))
    except ImpossibleDatesError as fault:
        raise UnusableAnswer(str(fault)) from None


def _day(value: object) -> date | None:
    if not isinstance(value, str) or not _DAY.fullmatch(value):
        return None
    try:
        return date.fromisoformat(value)
    except ValueError:
        return None


def _inside(answer: Mapping[str, object], *path: str) -> object:
    value: object = answer
    for name in path:
        value = value.get(name) if isinstance(value, dict) else None
    return value


def _word(value: object, known: frozenset[str]) -> str | None:
    return value if isinstance(value, str) and value in known else None


def _pic(value: object) -> str | None:
    """Nine digits; some answers have an integer, without leading zeros."""
    if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < _MAX_PIC:
        return f"{value:09d}"
    return value if isinstance(value, str) and _PIC.fullmatch(value) else None


def _text(value: object) -> str | None:
    """One line of printable text: control, direction or surrogate characters could disguise a page."""
    if not isinstance(value, str):
        return None
    printable = "".join(char if char.isprintable() else " " if char.isspace() else "" for char in value)
    return " ".join(printable.split())[:MAX_TEXT].rstrip() or None
