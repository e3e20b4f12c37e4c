"""JSON that cannot say two things: one object, UTF-8, no key twice, nothing that is not JSON."""

from __future__ import annotations

import json
import re
from typing import Never

_MEDIA_TYPE = re.compile(r"application/(?:[a-z0-9.-]+\+)?json", re.IGNORECASE)
_CHARSETS = frozenset({"utf-8", "utf8", "us-ascii"})


class Unusable(Exception):
    """An answer cannot be used. The message says which part, never what it held."""


def load_object(body: bytes, content_type: str | None) -> dict[str, object]:
    """The object in the body; raises Unusable for anything else, and for a type that does not announce it."""
    if not _announces_json(content_type or ""):
        raise Unusable("not announced as JSON in UTF-8")
    try:
        value: object = json.loads(
            body.decode("utf-8"), object_pairs_hook=_each_key_once, parse_constant=_no_constant
        )
    except (ValueError, RecursionError):
        # `from None`: the cause would hold the text.
        raise Unusable("not JSON in UTF-8") from None
    if not isinstance(value, dict):
        raise Unusable("not a JSON object")
    return value


def _announces_json(content_type: str) -> bool:
    media_type, *parameters = (part.strip() for part in content_type.split(";"))
    charsets = [name.partition("=")[2] for name in parameters if name.lower().startswith("charset=")]
    return bool(_MEDIA_TYPE.fullmatch(media_type)) and all(
        charset.strip("\"' ").lower() in _CHARSETS for charset in charsets
    )


def _each_key_once(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise Unusable("a key stands twice in one object")
    return found


def _no_constant(_name: str) -> Never:
    raise Unusable("NaN and Infinity are not JSON")
