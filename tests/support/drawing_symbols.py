"""Drawn symbols: ESC payloads in the forms that issuers use, as small grey rasters.

Forms, levels and quiet zones are those of public samples and of the code of issuers.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np
import segno

if TYPE_CHECKING:
    from cv2.typing import MatLike
    from numpy.random import Generator
    from numpy.typing import NDArray

    Grey = MatLike

MODULE = 10  # pixels per module; the scene scales the raster
PREFIXES = ("https://s.esc-r.eu/", "http://esc.gg/", "http://pp.esc.gg/", "http://esc.bwcard.de/", "")
PREFIX_SHARES = (0.55, 0.2, 0.05, 0.1, 0.1)


@dataclass(frozen=True, slots=True)
class Style:
    """The style of an issuer: level, quiet zone in modules, inverted, with a logo beside the symbol."""

    level: Literal["l", "m", "q", "h"]
    quiet: float
    inverted: bool = False
    logo: bool = False
    version: int | None = None


OFFICIAL = Style("m", 6.6, logo=True, version=4)
OFFICIAL_INVERTED = Style("m", 6.6, inverted=True, logo=True, version=4)
PLAIN = Style("m", 4)
BARE = Style("m", 0)  # esup-sgc and ec2u: no quiet zone at all
OTHERS = (Style("l", 4), Style("q", 4), Style("h", 4), Style("l", 2))


def number(random: Generator) -> str:
    """A number of no real card, as the official libraries make it: time, clock, prefix, PIC."""
    low, mid, clock = (int(random.integers(0, 1 << bits)) for bits in (32, 16, 14))
    high = f"10{random.integers(0x35, 0x40):02x}"
    prefix, pic = int(random.integers(0, 1000)), int(random.integers(900_000_000, 1_000_000_000))
    return f"{low:08x}-{mid:04x}-{high}-{0x8000 | clock:04x}-{prefix:03d}{pic:09d}"


def payload(random: Generator) -> str:
    """The text of a card's code: one of the address forms, or the number alone."""
    return f"{random.choice(PREFIXES, p=PREFIX_SHARES)}{number(random)}"


def style(random: Generator) -> Style:
    """One of the styles, the official ones most often."""
    known = (OFFICIAL, PLAIN, BARE, *OTHERS)
    return known[int(random.choice(len(known), p=(0.4, 0.2, 0.16, 0.06, 0.06, 0.06, 0.06)))]


def modules(text: str, drawn: Style) -> NDArray[np.bool_]:
    """The matrix of dark modules without a quiet zone; in a higher version if the text needs it."""
    try:
        symbol = segno.make(text, error=drawn.level, version=drawn.version, micro=False, boost_error=False)
    except segno.DataOverflowError:
        symbol = segno.make(text, error=drawn.level, micro=False, boost_error=False)
    return np.array([list(row) for row in symbol.matrix], dtype=bool)


def raster(text: str, drawn: Style, dark: int = 20, light: int = 245) -> Grey:
    """The symbol with its quiet zone, and a logo at its right if the style has one."""
    matrix = modules(text, drawn)
    ink, ground = (light, dark) if drawn.inverted else (dark, light)
    symbol = np.where(np.kron(matrix, np.ones((MODULE, MODULE), dtype=bool)), ink, ground).astype(np.uint8)
    margin = round(drawn.quiet * MODULE)
    framed = np.pad(symbol, margin, constant_values=ground)
    return np.hstack([framed, _logo(framed.shape[0], ink, ground)]) if drawn.logo else framed


def _logo(height: int, ink: int, ground: int) -> Grey:
    """As detailed as the artwork beside the official code: a ring of stars and lines of text."""
    width = 24 * MODULE
    logo = np.full((height, width), ground, np.uint8)
    shade = (ink * 2 + ground) // 3
    for star in range(12):
        angle = star * np.pi / 6
        row, column = int(height * 0.3 + 70 * np.sin(angle)), int(width / 2 + 70 * np.cos(angle))
        logo[row - 7 : row + 7, column - 7 : column + 7] = shade
    for line in range(3):
        top = int(height * 0.62) + line * 3 * MODULE
        for column in range(20, width - 30, 18):
            logo[top : top + 16, column : column + 12] = shade
    return logo
