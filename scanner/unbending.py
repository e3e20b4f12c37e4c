"""Bent cards and rolled paper: a symbol found but not read is laid flat and bent back, one way after another.

Only the decode child imports this.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

import numpy as np

from scanner.opencv import cv2

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cv2.typing import MatLike

    from scanner.decoders import Corners
    from scanner.image import Grey

    Map = MatLike

SIDE = 420  # pixels of the flat picture
MARGIN = 0.12  # of it, around the symbol
WAYS = ("rows", "columns", "upper rows", "lower rows", "left columns", "right columns")
DEPTHS = (0.05, -0.05, 0.025, -0.025, 0.08, -0.08)  # of the symbol's side, the likeliest first
LEAST_HALF_DEPTH = 0.05  # below it, bending whole rows does as well
LEAST_AREA = 2000.0  # twice the pixels within the corners; what is smaller is no symbol but a chance
HALF_WAYS = ("upper rows", "lower rows", "left columns", "right columns")


def flattened(grey: Grey, corners: Corners) -> Grey:
    """The symbol within these corners seen from straight above, with a margin."""
    near, far = SIDE * MARGIN, SIDE * (1 - MARGIN)
    flat = np.array(((near, near), (far, near), (far, far), (near, far)), np.float32)
    warp = cv2.getPerspectiveTransform(np.array(corners, np.float32), flat)
    return cv2.warpPerspective(
        grey, warp, (SIDE, SIDE), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
    )


def unbent(flat: Grey) -> Iterator[Grey]:
    """The flat picture bent back in each way and depth, the likeliest first."""
    for depth in DEPTHS:
        for way in WAYS:
            if way in HALF_WAYS and abs(depth) < LEAST_HALF_DEPTH:
                continue
            right, down = _field(way)
            x, y = _field("none")
            yield cv2.remap(flat, x + depth * right, y + depth * down, cv2.INTER_LINEAR)


@cache
def _field(way: str) -> tuple[Map, Map]:
    """How far each pixel moves at depth 1, right and down: parabolas that leave the corners in place."""
    y, x = np.mgrid[0:SIDE, 0:SIDE].astype(np.float32)
    inner = SIDE * (1 - 2 * MARGIN)
    across, along = (x - SIDE * MARGIN) / inner, (y - SIDE * MARGIN) / inner
    none = np.zeros_like(x)
    bow_of_rows, bow_of_columns = 4 * inner * across * (1 - across), 4 * inner * along * (1 - along)
    return {
        "none": (x, y),
        "rows": (none, bow_of_rows),
        "columns": (bow_of_columns, none),
        "upper rows": (none, bow_of_rows * (1 - along)),
        "lower rows": (none, bow_of_rows * along),
        "left columns": (bow_of_columns * (1 - across), none),
        "right columns": (bow_of_columns * across, none),
    }[way]
