"""The written forms of an ESC number, and their canonical form.

Checks the shape only: 128 bits in hexadecimal digits (protocol.md §1.4). Uses anchored expressions on text of
limited length, no library that guesses.
"""

from __future__ import annotations

import re
import unicodedata

MAX_TEXT_LENGTH = 2048
"""Characters. An address on a card has 55; the longest QR code holds 4 296."""

_HEX = "[0-9a-fA-F]"
_DIGITS = re.compile(rf"\A(?:{_HEX}[ -]{{0,3}}){{31}}{_HEX}\Z")
_GROUPS = re.compile(rf"\A{_HEX}{{8}}(?P<hyphen>[^0-9a-fA-F])(?:{_HEX}{{4}}(?P=hyphen)){{3}}{_HEX}{{12}}\Z")
_INSIDE = re.compile(rf"{_HEX}{{8}}(?:-?{_HEX}{{4}}){{3}}-?{_HEX}{{12}}")
_URN = re.compile(r"\Aurn:uuid:", re.IGNORECASE | re.ASCII)

_BLANKS = frozenset("\t\n\v\f\r\u2028\u2029")
_ASCII_BLANKS = {ord(blank): " " for blank in _BLANKS if blank.isascii()}
# Control characters (end of transmission, separators, padding) that scanners leave at the ends of a text.
_CONTROLS = frozenset(map(chr, (*range(0x20), 0x7F)))
_WRAPPERS = frozenset("\"'`<>")
# Unicode categories: invisible characters, spaces, quotation marks and brackets.
_WRAPPING = frozenset({"Cf", "Zs", "Pi", "Pf", "Ps", "Pe"})
# Dashes outside the category Pd: modifier minus, hyphen bullet, minus sign, heavy minus.
_MORE_DASHES = frozenset("\u02d7\u2043\u2212\u2796")
# An input method in full-width mode writes these for the same keys. Look-alike digits and letters of other
# scripts are not accepted: they are not typed by accident.
_FULL_WIDTH = {ord(digit) + 0xFEE0: digit for digit in "0123456789abcdefABCDEF"}


def trim(text: str) -> str:
    """Remove blanks, invisible and control characters, quotation marks and brackets at both ends."""
    start, end = 0, len(text)
    while start < end and _is_wrapping(text[start]):
        start += 1
    while start < end and _is_wrapping(text[end - 1]):
        end -= 1
    return text[start:end]


def canonical(text: str) -> str | None:
    """The canonical form of the number that the whole of `text` is; None if it is no number.

    Blanks, dashes of any kind and invisible characters are allowed between digits. Any other separator must
    be the same character at all four hyphen positions, as a hand-held scanner types it under another keyboard
    layout.
    """
    if len(text) > MAX_TEXT_LENGTH:
        return None
    plain = trim(_URN.sub("", trim(fold(text))))
    if _DIGITS.match(plain):
        return _with_hyphens(plain.replace(" ", "").replace("-", ""))
    hyphen = group_separator(plain)
    return plain.replace(hyphen, "-").lower() if hyphen else None


def fold(text: str) -> str:
    """Unify dashes, blanks and full-width digits, and drop invisible characters."""
    if text.isascii():  # the usual case, for which one table is enough
        return text.translate(_ASCII_BLANKS)
    return "".join(map(_fold_char, text.translate(_FULL_WIDTH)))


def contains_number(text: str) -> bool:
    """Whether `text` contains a number anywhere. Only detects spoofed cards; never extracts the number."""
    return _INSIDE.search(fold(text)) is not None


def group_separator(number: str) -> str | None:
    """The character at the hyphen positions of a 36-character number; None if there is no such character."""
    groups = _GROUPS.match(number)
    if groups is None or unicodedata.category(groups["hyphen"]).startswith("C"):
        return None
    return groups["hyphen"]


def _with_hyphens(digits: str) -> str:
    parts = digits[:8], digits[8:12], digits[12:16], digits[16:20], digits[20:]
    return "-".join(parts).lower()


def _fold_char(char: str) -> str:
    category = unicodedata.category(char)
    if category == "Pd" or char in _MORE_DASHES:
        return "-"
    if category == "Zs" or char in _BLANKS:
        return " "
    return "" if category == "Cf" else char


def _is_wrapping(char: str) -> bool:
    return (
        char in _WRAPPERS or char in _BLANKS or char in _CONTROLS or unicodedata.category(char) in _WRAPPING
    )
