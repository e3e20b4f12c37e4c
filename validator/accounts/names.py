"""Names of people and devices: one written form, and one key under which two of them are the same."""

from __future__ import annotations

import re
import unicodedata

from validator.accounts.refusals import BadNameError

# Characters. Composing accents takes time with the square of their number; no name needs so many.
MAX_TYPED = 256
_USERNAME = re.compile(r"[\w.@+-]{1,64}")
MAX_DEVICE_NAME = 64


def username(text: str) -> str:
    """The user name in its one form, or BadNameError."""
    name = _composed(text.strip())
    if not _USERNAME.fullmatch(name):
        raise BadNameError(
            "A user name has 1 to 64 letters, figures or . _ - @ + and no spaces: choose such a one."
        )
    return name


def device_name(text: str) -> str:
    """The device's name in its one form, or BadNameError."""
    name = " ".join(_composed(text).split())
    if not 0 < len(name) <= MAX_DEVICE_NAME or not name.isprintable():
        raise BadNameError("A device's name has 1 to 64 printable characters: choose such a one.")
    return name


def _composed(text: str) -> str:
    """The text in form NFKC; "" for what is too long to be a name."""
    return unicodedata.normalize("NFKC", text) if len(text) <= MAX_TYPED else ""


def key(name: str) -> str:
    """What is unique about a name: its capitals are not."""
    return unicodedata.normalize("NFKC", name.casefold())


def login_key(typed: str) -> str:
    """The key of what somebody typed as a user name; one for everything that could be no name."""
    try:
        return key(username(typed))
    except BadNameError:
        return ""
