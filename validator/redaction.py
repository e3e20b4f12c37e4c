"""What no log line may hold, and what becomes of it. Pure."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from scanner.normalise import fold

if TYPE_CHECKING:
    from collections.abc import Mapping
    from types import TracebackType

# Keys whose text is ours. Another key's text is left out: add it here once it is certain to be ours alone.
OURS = frozenset(
    {
        "event", "level", "logger", "timestamp", "exception",
        "authorities", "caller", "cause", "endpoint", "hint", "kind", "meanwhile", "missing_files", "proxy",
        "purpose", "reason", "revision", "router", "setting", "state", "where", "why",
    }
)  # fmt: skip
LEFT_OUT = "[left out]"
STRUCK_OUT = "[number]"
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


def strike_out(text: str) -> str:
    """The text with every card number and every secret in it struck out, however it is written."""
    if not text.isascii() and _NUMBER.search(folded := fold(text)):
        # Full-width digits, odd dashes and blanks.
        text = folded
    for pattern in _SECRETS:
        text = pattern.sub(SECRET, text)
    return _NUMBER.sub(STRUCK_OUT, text)


def clean(event: Mapping[str, Any]) -> dict[str, Any]:
    """The event with figures as they are, text of ours struck out, and all else left out."""
    return {strike_out(str(key)): _value(key, value) for key, value in event.items()}


def _value(key: str, value: object) -> object:
    if value is None or isinstance(value, (bool, int, float)):
        return value
    return strike_out(str(value)) if key in OURS and isinstance(value, str) else LEFT_OUT


def place(error: BaseException) -> str:
    """What was raised and where, the innermost call first; never its message: it may quote what was read."""
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
    return " < ".join(reversed(found[-_MOST_FRAMES:])) or "nowhere"
