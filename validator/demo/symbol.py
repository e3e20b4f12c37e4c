"""QR symbols as drawn by the official generator: version 4, level M, byte mode, four modules of quiet zone.

The logo beside the code is our own; artwork of the EU or of the card is not used.
"""

from __future__ import annotations

import base64
import io
from dataclasses import dataclass
from enum import StrEnum

import segno

QUIET = 4
MODULES = 33
UNITS = MODULES + 2 * QUIET  # 41: side of the code with its quiet zone
CAPACITY = 62  # bytes in version 4 at level M
# The generator adds a fifth of the code as margin; four modules of it are the quiet zone.
MARGIN = 0.2 * MODULES - QUIET
PNG_SCALE = 10


class Orientation(StrEnum):
    """The position of the logo: at the right of the code, or above it."""

    HORIZONTAL = "horizontal"
    VERTICAL = "vertical"


class Colours(StrEnum):
    """Black modules, or white ones for a dark background; the background is transparent."""

    NORMAL = "normal"
    INVERTED = "inverted"


class Size(StrEnum):
    """The three sizes of the Router."""

    XS = "XS"
    S = "S"
    M = "M"

    @property
    def scale(self) -> float:
        """Pixels per module."""
        return {Size.XS: 1.0, Size.S: 1.5, Size.M: 4.0}[self]


@dataclass(frozen=True, slots=True)
class Style:
    """The drawing options of the Router."""

    orientation: Orientation = Orientation.HORIZONTAL
    colours: Colours = Colours.NORMAL
    size: Size = Size.S


_LOGOS = {
    Orientation.HORIZONTAL: (
        (
            '<circle cx="57.6" cy="15" r="8"/>'
            '<path d="M52 13.6l5.6-2.8 5.6 2.8-5.6 2.8zM54.4 15v3.4c1.8 1.8 4.6 1.8 6.4 0v-3.4"/>'
        ),
        ((57.6, 31, "demo"), (57.6, 36, "student card")),
    ),
    Orientation.VERTICAL: (
        (
            '<circle cx="7" cy="7.2" r="4"/>'
            '<path d="M4.2 6.5l2.8-1.4 2.8 1.4-2.8 1.4zM5.4 7.2v1.7c.9.9 2.3.9 3.2 0v-1.7"/>'
        ),
        ((28, 8.6, "demo student card"),),
    ),
}


class TextTooLong(ValueError):
    """The text is too long for version 4. The message does not contain it."""


def _symbol(payload: str) -> segno.QRCode:
    data = payload.encode()
    if len(data) > CAPACITY:
        raise TextTooLong(f"{len(data)} bytes; at most {CAPACITY} fit")
    return segno.make_qr(data, version=4, error="m", mode="byte", boost_error=False)


def dark_modules(payload: str) -> list[tuple[int, int]]:
    """Column and row of each dark module, from the corner of the quiet zone. Raises TextTooLong."""
    rows = enumerate(_symbol(payload).matrix, QUIET)
    return [(x, y) for y, row in rows for x, dark in enumerate(row, QUIET) if dark]


def path(payload: str) -> str:
    """The dark modules as the `d` of an SVG path, one unit per module."""
    return "".join(f"M{x} {y}h1v1h-1z" for x, y in dark_modules(payload))


def png(payload: str, *, inverted: bool) -> bytes:
    """The code as a PNG, 410 pixels wide, on white or, inverted, on black."""
    dark, light = ("white", "black") if inverted else ("black", "white")
    out = io.BytesIO()
    _symbol(payload).save(out, kind="png", scale=PNG_SCALE, border=QUIET, dark=dark, light=light)
    return out.getvalue()


def router_picture(payload: str, style: Style) -> str:
    """The SVG as drawn by the Router: a rect per module, transparent background, a logo beside the code."""
    ink = "black" if style.colours is Colours.NORMAL else "white"
    block = UNITS + 2 * MARGIN
    across = style.orientation is Orientation.HORIZONTAL
    width, height = (block + 24, block) if across else (block, block + 10)
    top = MARGIN if across else MARGIN + 10
    rects = "".join(
        f'<rect x="{x}" y="{y}" width="1" height="1" fill="{ink}"/>' for x, y in dark_modules(payload)
    )
    scale = style.size.scale
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" version="1.1" width="{width * scale:.4g}" '
        f'height="{height * scale:.4g}" viewBox="0 0 {width:.4g} {height:.4g}">'
        f'<rect width="100%" height="100%" fill="transparent"/>'
        f'<g transform="translate({MARGIN:.4g} {top:.4g})" shape-rendering="crispEdges">{rects}</g>'
        f"{_logo(style)}</svg>"
    )


def _logo(style: Style) -> str:
    """A ring with a graduation cap and words, in place of the Router's logo: 24 × 41 units, or 41 × 10."""
    ink = "#2b4a6f" if style.colours is Colours.NORMAL else "white"
    ring, words = _LOGOS[style.orientation]
    lines = "".join(f'<text x="{x}" y="{y}">{line}</text>' for x, y, line in words)
    return (
        f'<g fill="none" stroke="{ink}">{ring}</g><g fill="{ink}" text-anchor="middle" '
        f'font-family="sans-serif" font-size="3.6">{lines}</g>'
    )


def as_base64(picture: str) -> str:
    """The picture as Base64 text."""
    return base64.b64encode(picture.encode()).decode()
