"""Where in a picture a code probably is, found by texture alone: it needs no finder pattern to be readable.

A code is where brightness changes much both across and down. A crop there costs a costly step a sixth of
what the whole picture costs. Only the decode child imports this.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from scanner.opencv import cv2

if TYPE_CHECKING:
    from cv2.typing import MatLike

    from scanner.decoders import Corners
    from scanner.image import Grey

CELLS = 80  # the texture map's longer side; a code of 1/14 of the picture still covers five cells
SIDES = (5, 7, 9, 12, 16, 21, 28, 38)  # in cells
SURROUNDINGS = 1.7  # how much wider the frame is that the inside must stand out from
MARGIN = 1.8  # how much wider than the region the crop is: regions come out a little small
NEAR = 0.6  # of the larger side: how far apart two centres may be and still mean the same place
ALIKE = 1.8  # how many times larger one of them may be
CROP_SIDE = 480  # pixels: some 10 a module for an ESC code
LEAST_CELL = 8
FEWEST_CELLS = 6  # below this the picture is hardly larger than a code
LEAST_STRIPE = 10.0  # grey levels within two pixels, the mean of a cell
STRIPED = 2.5  # times as much change one way as the other
STRIPED_SHARE = 0.9  # of five cells by three
OVERLAP = 1.06  # how much wider than a symbol what is painted over is: another one may touch its quiet zone


@dataclass(frozen=True, slots=True)
class Region:
    """A square by its centre and side, in pixels, and how much its texture stands out."""

    x: float
    y: float
    side: float
    weight: float = 0.0

    def is_same(self, other: Region) -> bool:
        """Whether both mean the same place at about the same size."""
        near = abs(self.x - other.x) + abs(self.y - other.y) <= NEAR * max(self.side, other.side)
        return near and 1 / ALIKE <= self.side / other.side <= ALIKE


@dataclass(frozen=True, slots=True)
class Part:
    """Pixels cut from a picture: where their corner is there, and how many of them are one pixel of it."""

    grey: Grey
    left: float = 0.0
    top: float = 0.0
    scale: float = 1.0


def likely_regions(grey: Grey, most: int = 2) -> list[Region]:
    """The likeliest places of a code, best first; none in a picture hardly larger than a code."""
    cell = max(LEAST_CELL, max(grey.shape) // CELLS)
    if min(grey.shape) // cell < FEWEST_CELLS:
        return []
    texture = _texture(grey, cell)
    found = [
        region for side in SIDES if side <= min(texture.shape) for region in _standing_out(texture, side)
    ]
    chosen: list[Region] = []
    for region in sorted(found, key=lambda region: -region.weight):
        if len(chosen) < most and not any(region.is_same(other) for other in chosen):
            chosen.append(region)
    return [Region((r.x + 0.5) * cell, (r.y + 0.5) * cell, r.side * cell, r.weight) for r in chosen]


def prominence(grey: Grey) -> float:
    """How far the busiest place stands out from the calm parts: about 0 on an even ground, 5 at a sharp code.

    Cheaper than `likely_regions`; 0 in a picture hardly larger than a code.
    """
    cell = max(LEAST_CELL, max(grey.shape) // CELLS)
    if min(grey.shape) // cell < FEWEST_CELLS:
        return 0.0
    texture = _texture(grey, cell)
    busiest = cv2.boxFilter(texture, -1, (SIDES[0], SIDES[0]), borderType=cv2.BORDER_REFLECT).max()
    return float(busiest - np.partition(texture, texture.size // 4, axis=None)[texture.size // 4])


def is_striped(grey: Grey) -> bool:
    """Whether brightness somewhere changes much across and little down, or the other way round."""
    changes = _changes(grey, max(LEAST_CELL, max(grey.shape) // CELLS))
    for much, little, window in zip(changes, changes[::-1], ((5, 3), (3, 5)), strict=True):
        stripes = ((much > LEAST_STRIPE) & (much > STRIPED * little)).astype(np.float32)
        if (
            stripes.size
            and cv2.boxFilter(stripes, -1, window, borderType=cv2.BORDER_CONSTANT).max() > STRIPED_SHARE
        ):
            return True
    return False


def cut(grey: Grey, region: Region, scale: float = 1.0) -> Part:
    """The region with a margin, at working size; `scale` where the region was found in a smaller picture."""
    reach = region.side * MARGIN / 2 * scale
    x, y = region.x * scale, region.y * scale
    left, top = max(0, int(x - reach)), max(0, int(y - reach))
    part = grey[top : int(y + reach), left : int(x + reach)]
    factor = CROP_SIDE / max(part.shape)
    method = cv2.INTER_AREA if factor < 1 else cv2.INTER_CUBIC
    crop = cv2.resize(part, None, fx=factor, fy=factor, interpolation=method)
    return Part(crop, left / scale, top / scale, factor * scale)


def paint_over(grey: Grey, outline: Corners) -> None:
    """Fill a symbol and its edges with the brightness around it, in place: what is beside it stays.

    `outline` holds three or more points in pixels of this picture.
    """
    x = sum(point[0] for point in outline) / len(outline)
    y = sum(point[1] for point in outline) / len(outline)
    wider = [(round(x + (px - x) * OVERLAP), round(y + (py - y) * OVERLAP)) for px, py in outline]
    halfway = [((ax + bx) // 2, (ay + by) // 2) for (ax, ay), (bx, by) in pairwise((*wider, wider[0]))]
    rows, columns = grey.shape
    around = sorted(
        int(grey[min(max(py, 0), rows - 1), min(max(px, 0), columns - 1)]) for px, py in (*wider, *halfway)
    )
    cv2.fillConvexPoly(grey, cv2.convexHull(np.array(wider, np.int32)), around[len(around) // 2])


def _texture(grey: Grey, cell: int) -> MatLike:
    return cv2.sqrt(cv2.min(*_changes(grey, cell)))


def _changes(grey: Grey, cell: int) -> tuple[MatLike, MatLike]:
    """How much brightness changes across and down, by cell."""
    across = cv2.absdiff(grey[:-2, 2:], grey[:-2, :-2])
    down = cv2.absdiff(grey[2:, :-2], grey[:-2, :-2])
    return _means(across, cell), _means(down, cell)


def _means(change: MatLike, cell: int) -> MatLike:
    """The mean of each whole cell: by sums from the corner, ten times cheaper than scaling down by area."""
    sums = cv2.integral(change)[::cell, ::cell]  # 32 bits suffice up to 8 million pixels
    totals = sums[1:, 1:] - sums[:-1, 1:] - sums[1:, :-1] + sums[:-1, :-1]
    return totals.astype(np.float32) / (cell * cell)


def _standing_out(texture: MatLike, side: int) -> list[Region]:
    """The two best squares of that side."""
    around = int(side * SURROUNDINGS) | 1
    inside = cv2.boxFilter(texture, -1, (side, side), borderType=cv2.BORDER_REFLECT)
    frame = cv2.boxFilter(texture, -1, (around, around), borderType=cv2.BORDER_REFLECT)
    weights = (inside - 0.7 * frame) * side**0.35  # larger ones first among equals: texts are small
    found = []
    for _ in range(2):
        _, weight, _, (x, y) = cv2.minMaxLoc(weights)
        found.append(Region(x, y, side, weight))
        cv2.rectangle(weights, (x - side, y - side), (x + side, y + side), -1000.0, -1)
    return found
