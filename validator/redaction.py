"""Redaction of log events: numbers and secrets are replaced, texts of unknown origin are left out. Pure."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from scanner.normalise import fold

if TYPE_CHECKING:
    from collections.abc import Mapping
    from types import TracebackType

# Keys whose text comes from our code. The text of any other key is left out.
TEXT_KEYS = frozenset(
    {
        "event", "level", "logger", "timestamp", "exception",
        "authorities", "caller", "cause", "database", "endpoint", "file", "hint", "kind", "meanwhile",
        "missing_files", "proxy", "purpose", "reason", "revision", "router", "setting", "state", "version",
        "where", "why",
    }
)  # fmt: skip
LEFT_OUT = "[left out]"
NUMBER_REPLACED = "[number]"
SECRET = "[secret]"  # noqa: S105 - what stands in for one
# 32 hexadecimal digits or more, with hyphens, blanks, %2D or up to three other such marks between any two.
_NUMBER = re.compile(r"[0-9a-f](?:(?:%[0-9a-f]{2}|[^0-9a-z]){0,3}[0-9a-f]){31,}", re.IGNORECASE)
_SECRETS = (
    re.compile(r"escv_[\w-]{16,}"),
    re.compile(r"(?<=escv=)[^;\s\"',]+"),
    re.compile(r"\b(?:bearer|basic)\s+[\w.~+/=-]{6,}", re.IGNORECASE),
    re.compile(r"(?<=authorization: )[^\r\n\"']+", re.IGNORECASE),
    re.compile(r"(?<=cookie: )[^\r\n\"']+", re.IGNORECASE),
    re.compile(r"(?<=password=)[^&;\s\"']+", re.IGNORECASE),
    # Passwords in the addresses of databases and stores.
    re.compile(r"(?<=://)[^/\s:@]*:[^/\s@]+(?=@)"),
    # European Student Identifiers: persons' numbers, which some cards carry.
    re.compile(r"urn:schac:\S+", re.IGNORECASE),
)


def redact_text(text: str) -> str:
    """The text with every card number and every secret replaced, in any notation."""
    if not text.isascii() and _NUMBER.search(folded := fold(text)):
        # Full-width digits, odd dashes and blanks.
        text = folded
    for pattern in _SECRETS:
        text = pattern.sub(SECRET, text)
    return _NUMBER.sub(NUMBER_REPLACED, text)


def redact_event(event: Mapping[str, Any]) -> dict[str, Any]:
    """The event with numbers as they are, known texts redacted, and everything else left out."""
    return {redact_text(str(key)): _value(key, value) for key, value in event.items()}


def _value(key: str, value: object) -> object:
    if value is None or isinstance(value, (bool, int, float)):
        return value
    return redact_text(str(value)) if key in TEXT_KEYS and isinstance(value, str) else LEFT_OUT


def describe_error(error: BaseException) -> str:
    """The type and place of an error, innermost call first; never its message, which may quote input."""
    names: list[str] = []
    seen: BaseException | None = error
    while seen is not None and len(names) < _MOST_CAUSES:
        names.append(f"{type(seen).__name__} at {_frames(seen.__traceback__)}")
        seen = seen.__cause__ or (None if seen.__suppress_context__ else seen.__context__)
    return ", after ".join(names)


_MOST_CAUSES = 5
_MOST_FRAMES = 12


def _frames(traceback: TracebackType | None) -> str:
    found = []
    while traceback is not None:
        code = traceback.tb_frame.f_code
        found.append(f"{code.co_filename.rsplit('/', 1)[-1]}:{traceback.tb_lineno} {code.co_name}")
        traceback = traceback.tb_next
    return " < ".join(reversed(found[-_MOST_FRAMES:])) or "unknown place"
