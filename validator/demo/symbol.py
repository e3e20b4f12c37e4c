"""QR symbols as the Router's official generator draws them: version 4, level M, bytes, four quiet modules.

The mark beside the code is our own; the artwork of the EU and of the card is not used.
"""

from __future__ import annotations

import base64
import io
from dataclasses import dataclass
from enum import StrEnum

import segno

QUIET = 4
MODULES = 33
UNITS = MODULES + 2 * QUIET  # 41: one side of the code with its quiet zone
CAPACITY = 62  # bytes that version 4 holds at level M
# The generator adds a fifth of the code as margin, of which four modules are there already.
MARGIN = 0.2 * MODULES - QUIET
PNG_SCALE = 10


class Orientation(StrEnum):
    """Where the logo stands: to the right of the code, or above it."""

    HORIZONTAL = "horizontal"
    VERTICAL = "vertical"


class Colours(StrEnum):
    """Black modules, or white ones for a dark ground; the ground itself stays transparent."""

    NORMAL = "normal"
    INVERTED = "inverted"


class Size(StrEnum):
    """The three sizes of the Router; `scale` is pixels a module."""

    XS = "XS"
    S = "S"
    M = "M"

    @property
    def scale(self) -> float:
        """Pixels a module."""
        return {Size.XS: 1.0, Size.S: 1.5, Size.M: 4.0}[self]


@dataclass(frozen=True, slots=True)
class Look:
    """How the Router is asked to draw."""

    orientation: Orientation = Orientation.HORIZONTAL
    colours: Colours = Colours.NORMAL
    size: Size = Size.S


_MARKS = {
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


class TooLong(ValueError):
    """The text does not fit a symbol of version 4; the message does not hold it."""


def _symbol(payload: str) -> segno.QRCode:
    data = payload.encode()
    if len(data) > CAPACITY:
        raise TooLong(f"{len(data)} bytes; at most {CAPACITY} fit")
    return segno.make_qr(data, version=4, error="m", mode="byte", boost_error=False)


def dark_modules(payload: str) -> list[tuple[int, int]]:
    """Column and row of each dark module, counted from the corner of the quiet zone. Raises TooLong."""
    rows = enumerate(_symbol(payload).matrix, QUIET)
    return [(x, y) for y, row in rows for x, dark in enumerate(row, QUIET) if dark]


def path(payload: str) -> str:
    """The dark modules as the `d` of one SVG path, one unit a module."""
    return "".join(f"M{x} {y}h1v1h-1z" for x, y in dark_modules(payload))


def png(payload: str, *, inverted: bool) -> bytes:
    """The code alone as a PNG picture, 410 pixels wide, on a white ground or, inverted, on a black one."""
    dark, light = ("white", "black") if inverted else ("black", "white")
    out = io.BytesIO()
    _symbol(payload).save(out, kind="png", scale=PNG_SCALE, border=QUIET, dark=dark, light=light)
    return out.getvalue()


def router_picture(payload: str, look: Look) -> str:
    """The SVG that the Router would give: one rect a module, transparent ground, the mark beside the code."""
    ink = "black" if look.colours is Colours.NORMAL else "white"
    block = UNITS + 2 * MARGIN
    across = look.orientation is Orientation.HORIZONTAL
    width, height = (block + 24, block) if across else (block, block + 10)
    top = MARGIN if across else MARGIN + 10
    rects = "".join(
        f'<rect x="{x}" y="{y}" width="1" height="1" fill="{ink}"/>' for x, y in dark_modules(payload)
    )
    scale = look.size.scale
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" version="1.1" width="{width * scale:.4g}" '
        f'height="{height * scale:.4g}" viewBox="0 0 {width:.4g} {height:.4g}">'
        f'<rect width="100%" height="100%" fill="transparent"/>'
        f'<g transform="translate({MARGIN:.4g} {top:.4g})" shape-rendering="crispEdges">{rects}</g>'
        f"{_mark(look)}</svg>"
    )


def _mark(look: Look) -> str:
    """A ring with a student's cap, and words, where the Router's logo stands: 24 by 41 units, or 41 by 10."""
    ink = "#2b4a6f" if look.colours is Colours.NORMAL else "white"
    ring, words = _MARKS[look.orientation]
    lines = "".join(f'<text x="{x}" y="{y}">{line}</text>' for x, y, line in words)
    return (
        f'<g fill="none" stroke="{ink}">{ring}</g><g fill="{ink}" text-anchor="middle" '
        f'font-family="sans-serif" font-size="3.6">{lines}</g>'
    )


def as_base64(picture: str) -> str:
    """The picture as Base64 text."""
    return base64.b64encode(picture.encode()).decode()
