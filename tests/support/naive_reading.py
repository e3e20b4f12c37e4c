"""A second, simple reader of a Router's reply; shares no code with validator/router."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

NOTHING = "no verdict"
UNKNOWN = "unknown card"
WORDS = ("ACTIVE", "INACTIVE", "EXPIRED")
JSON_TYPES = (
    "application/json",
    "application/json;charset=UTF-8",
    "Application/JSON; charset=utf-8",
    "application/hal+json",
)


def read(  # noqa: PLR0913 - the parts of a reply
    endpoint: str,
    asked: str,
    *,
    status: int,
    content_type: str | None,
    content_encoding: str | None,
    body: bytes | None,
) -> str:
    """One of the Router's three status words, UNKNOWN, or NOTHING."""
    if content_type not in JSON_TYPES or content_encoding not in {None, "identity"}:
        return NOTHING
    says = _object(body or b"")
    if says is None:
        return NOTHING
    return _card(endpoint, asked, says) if status == 200 else _error(endpoint, status, says)


def _card(endpoint: str, asked: str, says: dict[str, Any]) -> str:
    number, end = says.get("cardNumber"), says.get("expiresAt")
    word = says.get("status")
    if endpoint == "verifier":
        kind = says.get("cardStatusType")
        word = kind.get("key") if isinstance(kind, dict) else None
    same = isinstance(number, str) and number.lower() in {asked, asked.replace("-", "")}
    if not same or not isinstance(word, str) or word not in WORDS:
        return NOTHING
    if word != "ACTIVE":
        return word
    issued = says.get("issuedAt") if endpoint != "verifier" else None
    if not isinstance(end, str) or not _is_day(end) or end < "2015-01-01":
        return NOTHING
    # Dates with years of four digits sort as text.
    if isinstance(issued, str) and _is_day(issued) and end < issued:
        return NOTHING
    return word


def _error(endpoint: str, status: int, says: dict[str, Any]) -> str:
    code, message = says.get("code"), says.get("message")
    if not isinstance(code, str) or not isinstance(message, str) or not code.strip():
        return NOTHING
    if code.startswith("SE-") or code.strip().isdecimal():
        return NOTHING
    if status == 404:
        return UNKNOWN
    blames_us = 400 <= status <= 499 and status not in {401, 403, 429}
    return UNKNOWN if endpoint == "verifier" and code == "ER-0001" and blames_us else NOTHING


def _is_day(text: str) -> bool:
    if len(text) != 10 or not text.isascii():
        return False
    try:
        day = datetime.strptime(text, "%Y-%m-%d")  # noqa: DTZ007 - a day has no zone
    except ValueError:
        return False
    return (text[:4], text[5:7], text[8:]) == (f"{day.year:04}", f"{day.month:02}", f"{day.day:02}")


class _Pairs(list[tuple[str, Any]]):
    """An object with its keys in order, including duplicates."""


def _object(body: bytes) -> dict[str, Any] | None:
    constants: list[str] = []
    try:
        text = body.decode()
        written = json.loads(text, object_pairs_hook=_Pairs, parse_constant=constants.append)
    except ValueError:
        return None
    if constants or not isinstance(written, _Pairs) or _repeats(written):
        return None
    read: dict[str, Any] = json.loads(text)
    return read


def _repeats(value: Any) -> bool:
    if isinstance(value, _Pairs):
        return len({name for name, _ in value}) < len(value) or any(_repeats(inner) for _, inner in value)
    return isinstance(value, list) and any(_repeats(inner) for inner in value)
