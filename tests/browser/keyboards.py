"""What each key of a US scanner means to computers with other keyboards, as Windows lays them out."""

from __future__ import annotations

from typing import NamedTuple

_PLACES = (
    "Backquote",
    *(f"Digit{digit}" for digit in "1234567890"),
    "Minus",
    "Equal",
    *(f"Key{letter}" for letter in "QWERTYUIOP"),
    "BracketLeft",
    "BracketRight",
    *(f"Key{letter}" for letter in "ASDFGHJKL"),
    "Semicolon",
    "Quote",
    *(f"Key{letter}" for letter in "ZXCVBNM"),
    "Comma",
    "Period",
    "Slash",
    "Space",
)
# Plain characters of the places, then the shifted ones; ◌ is a dead key.
LAYOUTS = {
    "US": (
        "`1234567890-=qwertyuiop[]asdfghjkl;'zxcvbnm,./ ",
        '~!@#$%^&*()_+QWERTYUIOP{}ASDFGHJKL:"ZXCVBNM<>? ',
    ),
    "AZERTY": (
        "²&é\"'(-è_çà)=azertyuiop◌$qsdfghjklmùwxcvbn,;:! ",
        "²1234567890°+AZERTYUIOP◌£QSDFGHJKLM%WXCVBN?./§ ",
    ),
    "QWERTZ": (
        "◌1234567890ß◌qwertzuiopü+asdfghjklöäyxcvbnm,.- ",
        '°!"§$%&/()=?◌QWERTZUIOPÜ*ASDFGHJKLÖÄYXCVBNM;:_ ',
    ),
    "Italian": (
        "\\1234567890'ìqwertyuiopè+asdfghjklòàzxcvbnm,.- ",
        '|!"£$%&/()=?^QWERTYUIOPé*ASDFGHJKLç°ZXCVBNM;:_ ',
    ),
}


class Stroke(NamedTuple):
    """One key: its place, what the computer takes it for, and whether Shift is held."""

    code: str
    key: str
    shift: bool


def strokes(text: str, layout: str) -> list[Stroke]:
    """The keys that a scanner set to a US keyboard sends for a text to a computer with this layout."""
    return [_stroke(char, layout) for char in text]


def _stroke(char: str, layout: str) -> Stroke:
    shift = char not in LAYOUTS["US"][0]
    at = LAYOUTS["US"][shift].index(char)
    key = LAYOUTS[layout][shift][at]
    return Stroke(_PLACES[at], "Dead" if key == "◌" else key, shift)
