"""The character of each key of a US scanner on computers with other keyboard layouts (of Windows)."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from playwright.sync_api import CDPSession

SHIFT = 8
PACE_S = 0.005
# A test on a busy machine sends keys with gaps that no scanner has, so the pause that ends a scan without
# Enter (351 ms) is longer.
SLOW_SCAN_TIMEOUT = """(() => {
  const { setTimeout: wait } = window;
  window.setTimeout = (work, ms, ...given) => wait(work, ms === 351 ? 8 * ms : ms, ...given);
})();"""
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
    """One key: its code, its character on this computer, and whether Shift is held."""

    code: str
    key: str
    shift: bool


class Keyboard:
    """The keyboard of a browser; each key event has its own time."""

    def __init__(self, devtools: CDPSession) -> None:
        self._devtools = devtools

    def scan(self, text: str, layout: str = "US", end: str = "Enter", ends: int = 1) -> None:
        """Send the keys of a scanner set to a US keyboard, on a computer with this layout.

        `ends`: how often it sends `end`.
        """
        begun = time.time()
        keys = [*strokes(text, layout), *([Stroke(end, end, shift=False)] * ends if end else [])]
        for at, stroke in enumerate(keys):
            # A busy machine delivers keys unevenly; the page uses the time at which the scanner sent each.
            self.press(stroke, begun + at * PACE_S)

    def press(self, stroke: Stroke, at: float | None = None) -> None:
        """Press one key: its code, and its character in the keyboard's layout."""
        code, key, shift = stroke
        text = key if len(key) == 1 else {"Enter": "\r"}.get(key, "")
        event = {
            "code": code,
            "key": key,
            "modifiers": SHIFT if shift else 0,
            "windowsVirtualKeyCode": {"Enter": 13, "Tab": 9, " ": 32}.get(key, 0),
        } | ({} if at is None else {"timestamp": at})
        down = {"type": "keyDown", "text": text} if text else {"type": "rawKeyDown"}
        self._devtools.send("Input.dispatchKeyEvent", event | down)
        self._devtools.send("Input.dispatchKeyEvent", event | {"type": "keyUp"})


def strokes(text: str, layout: str) -> list[Stroke]:
    """The keys that a scanner set to a US keyboard sends for a text to a computer with this layout."""
    return [_stroke(char, layout) for char in text]


def _stroke(char: str, layout: str) -> Stroke:
    shift = char not in LAYOUTS["US"][0]
    at = LAYOUTS["US"][shift].index(char)
    key = LAYOUTS[layout][shift][at]
    return Stroke(_PLACES[at], "Dead" if key == "◌" else key, shift)
