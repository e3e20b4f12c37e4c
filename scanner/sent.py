r"""What hand-held scanners and people put around a number or an address, and its removal.

Scanners send a symbology identifier (`]Q2`, ISO/IEC 15424), the escape of a character set (`\000026`, AIM
ECI), some without its backslash, and a prefix or suffix that somebody set. People copy a label with the
number.
"""

from __future__ import annotations

import re

_FLAGS = re.IGNORECASE | re.ASCII
_IDENTIFIER = re.compile(r"\A[\x00-\x20\x7f]{0,16}\][A-Z][0-9A-Z](?:\\[0-9]{6})?", _FLAGS)
# Code 39, Code 128, EAN and DataBar, Codabar, Code 93, Interleaved 2 of 5.
_LINEAR = re.compile(r"\A[\x00-\x20\x7f]{0,16}\][ACEFGI][0-9A-Z]", _FLAGS)
_ESCAPE = r"(?:\\?000[0-9]{3})"
_LABEL = (
    r"(?:escn|esc[ -]?(?:no|nr|number)|(?:european )?student card(?: no| nr| number)?|card (?:no|nr|number))"
    r"\.? {0,3}[:=#]? {0,3}"
)
# Signs that have no meaning at these ends of an address.
_SIGN = r"[!\"#$%&'()*+,;<=>?\[\]^_`{|}~]"
_END = rf"(?:\Z|{_SIGN})"
_GROUPS = rf"[0-9A-F]{{8}}([^0-9A-Z])[0-9A-F]{{4}}(?:\1[0-9A-F]{{4}}){{2}}\1[0-9A-F]{{12}}{_END}"
_ADDRESS = r"https?[^0-9A-Z]"
_WHOLE = rf"(?:{_ADDRESS}|{_GROUPS}|[0-9A-F]{{32}}{_END})"
_HOST = r"[0-9A-Z][0-9A-Z-]{0,62}\.[0-9A-Z.-]{1,200}/"

# A prefix that ends in a digit of a number stays: with one digit more, nobody knows which is too many.
_BEFORE = tuple(
    re.compile(rf"\A{before}(?={then})", _FLAGS)
    for before, then in (
        (_ESCAPE, ""),
        (_LABEL, _WHOLE),
        (rf"{_ESCAPE}?{_SIGN}{{1,4}}", rf"(?:{_WHOLE}|{_HOST})"),
        (r"[0-9A-Z]{1,4}", _ADDRESS),
        (rf"[0-9A-Z]{{0,3}}(?:[G-Z]|[0-9A-Z]{_SIGN}{{1,2}})", rf"(?:{_ADDRESS}|{_GROUPS})"),
    )
)
_AFTER = re.compile(rf"([0-9A-Fa-f/]){_SIGN}{{1,4}}\Z", re.ASCII)


def is_linear(text: str) -> bool:
    """Whether a symbology identifier says that the text comes from a linear code, as libraries print."""
    return _LINEAR.match(text) is not None


def without_identifier(text: str) -> str:
    """The text without a symbology identifier at its start, and the escape of a character set after it."""
    return _IDENTIFIER.sub("", text)


def cores(text: str) -> tuple[str, ...]:
    """What may be left of a text without what was put around it, most likely first; never the text itself."""
    heads = [text, *(text[found.end() :] for each in _BEFORE if (found := each.match(text)))]
    every = [core for head in heads for core in (head, _AFTER.sub(r"\1", head))]
    return tuple(dict.fromkeys(core for core in every if core and core != text))
