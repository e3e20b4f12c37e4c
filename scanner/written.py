"""The ways in which one ESC number is written, and the one way in which it is sent on.

Shape only: 128 bits in hexadecimal digits (protocol.md §1.4). Anchored expressions over bounded text, never a
library that guesses.
"""

from __future__ import annotations

import re
import unicodedata

LONGEST_TEXT = 2048
"""Characters. An address on a card has 55; the longest QR code holds 4 296."""

_HEX = "[0-9a-fA-F]"
_DIGITS = re.compile(rf"\A(?:{_HEX}[ -]{{0,3}}){{31}}{_HEX}\Z")
_GROUPS = re.compile(rf"\A{_HEX}{{8}}(?P<hyphen>[^0-9a-fA-F])(?:{_HEX}{{4}}(?P=hyphen)){{3}}{_HEX}{{12}}\Z")
_INSIDE = re.compile(rf"{_HEX}{{8}}(?:-?{_HEX}{{4}}){{3}}-?{_HEX}{{12}}")
_URN = re.compile(r"\Aurn:uuid:", re.IGNORECASE | re.ASCII)

_BLANKS = frozenset("\t\n\v\f\r\u2028\u2029")
# Ends of transmission, separators and padding: scanners and detectors leave them at the ends of a text.
_CONTROLS = frozenset(map(chr, (*range(0x20), 0x7F)))
_WRAPPERS = frozenset("\"'`<>")
# Invisible, blanks, quotes, and what opens or closes.
_WRAPPING = frozenset({"Cf", "Zs", "Pi", "Pf", "Ps", "Pe"})
# Dashes that Unicode files elsewhere: modifier minus, hyphen bullet, minus sign, heavy minus.
_MORE_DASHES = frozenset("\u02d7\u2043\u2212\u2796")
# An input method left in full-width mode writes these for the very same keys. Other scripts' digits and
# letters that merely look alike are not taken: nobody types them by accident.
_FULL_WIDTH = {ord(digit) + 0xFEE0: digit for digit in "0123456789abcdefABCDEF"}


def trim(text: str) -> str:
    """Take blanks, invisible and control characters, quotes and brackets off both ends."""
    start, end = 0, len(text)
    while start < end and _wraps(text[start]):
        start += 1
    while start < end and _wraps(text[end - 1]):
        end -= 1
    return text[start:end]


def canonical(text: str) -> str | None:
    """The number that `text` as a whole writes, lower case with hyphens; None where it writes none.

    Blanks, dashes of all sorts and invisible characters may stand between digits. Any other separator must be
    one and the same character at the four places of the hyphens, as a hand-held scanner types it when the
    keyboard has another layout (users.md §6).
    """
    if len(text) > LONGEST_TEXT:
        return None
    plain = trim(_URN.sub("", trim(fold(text))))
    if _DIGITS.match(plain):
        return _hyphenated(plain.replace(" ", "").replace("-", ""))
    hyphen = hyphen_of(plain)
    return plain.replace(hyphen, "-").lower() if hyphen else None


def fold(text: str) -> str:
    """Every dash as `-`, every blank as a space, full-width digits as plain ones, nothing invisible."""
    return "".join(map(_plain, text.translate(_FULL_WIDTH)))


def holds_number(text: str) -> bool:
    """Whether a number stands anywhere in `text`: tells what poses as a card, is never taken from there."""
    return _INSIDE.search(fold(text)) is not None


def hyphen_of(number: str) -> str | None:
    """The character that stands for the hyphens of a 36-character number; None where there is none such."""
    groups = _GROUPS.match(number)
    if groups is None or unicodedata.category(groups["hyphen"]).startswith("C"):
        return None
    return groups["hyphen"]


def _hyphenated(digits: str) -> str:
    parts = digits[:8], digits[8:12], digits[12:16], digits[16:20], digits[20:]
    return "-".join(parts).lower()


def _plain(char: str) -> str:
    category = unicodedata.category(char)
    if category == "Pd" or char in _MORE_DASHES:
        return "-"
    if category == "Zs" or char in _BLANKS:
        return " "
    return "" if category == "Cf" else char


def _wraps(char: str) -> bool:
    return (
        char in _WRAPPERS or char in _BLANKS or char in _CONTROLS or unicodedata.category(char) in _WRAPPING
    )
