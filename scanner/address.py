r"""Web addresses, read for two things only: the host as written, and the last part of the path.

Libraries disagree on where `https://evil.tld\@esc.gg/…` leads (trust.md §2.1). So no library is asked,
nothing is ever visited, and an address that could be read in two ways has no host here.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from scanner.written import LONGEST_TEXT, canonical, hyphen_of, trim

_ANY_CASE = re.IGNORECASE | re.ASCII
_ADDRESS = re.compile(
    r"\A(?:(?P<scheme>https?):)?(?P<slashes>//)?(?P<authority>[^/?#]*)(?P<path>[^?#]*)", _ANY_CASE
)
_LABEL = r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
_AUTHORITY = re.compile(
    rf"\A(?P<host>{_LABEL}(?:\.{_LABEL})*|\[[0-9a-f:.]+\])\.?(?::(?P<port>[0-9]{{0,5}}))?\Z", _ANY_CASE
)
_OTHER_SCHEME = re.compile(r"\A(?!https?:)[a-z][a-z0-9+.-]*:(?![0-9])", _ANY_CASE)
# Without a scheme, a dot is what tells an address from other words before a slash.
_BARE_AUTHORITY = re.compile(r"\A[^ \t\r\n.]+\.[^ \t\r\n]*\Z")
_ESCAPES = {"%20": " ", "%2d": "-", "%7b": "{", "%7d": "}"}
_ESCAPE = re.compile("|".join(_ESCAPES), _ANY_CASE)

_NUMBER_LENGTH = 36
# A backslash is no slash that a keyboard moved: it is the trick of the module's first lines.
_MOVED_FRONT = re.compile(
    r"\A(?P<scheme>https?)[^0-9a-z]?(?P<slash>[^0-9a-z.\\]?)(?P=slash)"
    r"(?P<host>[0-9a-z][^./:]{0,60}\.[^/:]{1,200}?)(?P=slash)\Z",
    _ANY_CASE,
)


@dataclass(frozen=True, slots=True)
class Address:
    """An address in parts; `host` is None where two readers could disagree on it, the rest may be empty."""

    scheme: str
    host: str | None
    port: str
    path: str

    @property
    def last_segment(self) -> str:
        """The last part of the path that is not empty, without the escapes that a number's signs may bear."""
        segment = self.path.rstrip("/").rpartition("/")[2]
        return _ESCAPE.sub(lambda escape: _ESCAPES[escape[0].lower()], segment)


def split(text: str) -> Address | None:
    """Take an address apart; None where `text` is none, or one of another scheme than http and https."""
    parts = _ADDRESS.match(text)
    if parts is None or _OTHER_SCHEME.match(text):
        return None
    scheme, slashes, authority, path = (part or "" for part in parts.groups())
    if not scheme and not slashes and not (path and _BARE_AUTHORITY.match(authority)):
        return None
    plain = _AUTHORITY.match(authority)
    if plain is None or (scheme and not slashes):
        return Address(scheme.lower(), None, "", path)
    return Address(scheme.lower(), plain["host"].lower(), plain["port"] or "", path)


def number_at_end(text: str) -> str | None:
    """The canonical number in which an unambiguous address ends, whatever its host; None without one."""
    found = split(trim(text)) if len(text) <= LONGEST_TEXT else None
    return canonical(found.last_segment) if found and found.host else None


def repair(text: str) -> str:
    """Give an address its signs back that a hand-held scanner typed on a keyboard of another layout.

    There `:`, `/` and `-` each became one other character or nothing, everywhere the same. A text that is no
    such address comes back as it is.
    """
    front, number = text[:-_NUMBER_LENGTH], text[-_NUMBER_LENGTH:]
    hyphen = hyphen_of(number)
    if hyphen is None or ("://" in text and hyphen in {"-", "/"}):
        return text
    moved = _MOVED_FRONT.match(front)
    if moved is None:
        return text
    return f"{moved['scheme']}://{moved['host'].replace(hyphen, '-')}/{number.replace(hyphen, '-')}"
