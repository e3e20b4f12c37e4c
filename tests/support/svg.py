"""Reads the codes in our SVG pictures, drawn as unit rects or as a path of unit squares."""

from __future__ import annotations

import re

import numpy as np
import zxingcpp

_RECT = re.compile(r'<rect x="(\d+)" y="(\d+)" width="1" height="1" fill="(\w+)"/>')
_SQUARE = re.compile(r"M(\d+) (\d+)h1v1h-1z")
SIDE = 41
PIXELS = 4


def rects(svg: str) -> tuple[list[tuple[int, int]], set[str]]:
    """The positions of the unit rects, and their colours."""
    found = _RECT.findall(svg)
    return [(int(x), int(y)) for x, y, _ in found], {colour for *_, colour in found}


def squares(svg: str) -> list[tuple[int, int]]:
    """The positions of the unit squares of a path."""
    return [(int(x), int(y)) for x, y in _SQUARE.findall(svg)]


def text_of(modules: list[tuple[int, int]]) -> tuple[str, str]:
    """The text of the code, and its version and level, such as 4-M."""
    cells = np.full((SIDE, SIDE), 255, np.uint8)
    for x, y in modules:
        cells[y, x] = 0
    picture = np.kron(cells, np.ones((PIXELS, PIXELS), np.uint8)).astype(np.uint8)
    (code,) = zxingcpp.read_barcodes(picture)
    side = int(np.ptp([x for x, _ in modules])) + 1
    return code.text, f"{(side - 17) // 4}-{code.ec_level}"
