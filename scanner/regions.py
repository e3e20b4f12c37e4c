"""Where a code probably is in a picture, judged by texture. No finder pattern needs to be readable.

At a code, brightness changes strongly both horizontally and vertically. An expensive step costs a sixth on a
crop. Only the worker process imports this.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from scanner.image import cv2

if TYPE_CHECKING:
    from cv2.typing import MatLike

    from scanner.decoders import Corners
    from scanner.image import Grey

CELLS = 80  # on the longer side of the texture map; a code of 1/14 of the picture covers five cells
SIDES = (5, 7, 9, 12, 16, 21, 28, 38)  # in cells
FRAME_SCALE = 1.7  # of the frame that the inside is compared with, times the side
CROP_MARGIN = 1.8  # of a crop, times the side of the region, which is a little too small
MAX_SAME_DISTANCE = 0.6  # of the larger side: centres closer than this are the same place
MAX_SAME_RATIO = 1.8  # of their sides
CROP_SIDE = 480  # pixels; about 10 for each module of an ESC code
MIN_CELL = 8
MIN_CELLS = 6  # with fewer, the picture is hardly larger than a code
MIN_STRIPE_CHANGE = 10.0  # grey levels over two pixels, mean of a cell
MIN_STRIPE_RATIO = 2.5  # change in one direction to the other
MIN_STRIPE_SHARE = 0.9  # of 5 × 3 cells
MASK_SCALE = 1.06  # of the masked area, times the symbol; another symbol may touch its quiet zone


@dataclass(frozen=True, slots=True)
class Region:
    """A square by its centre and side in pixels, and the score of its texture."""

    x: float
    y: float
    side: float
    score: float = 0.0

    def is_same(self, other: Region) -> bool:
        """Whether both are the same place at about the same size."""
        near = abs(self.x - other.x) + abs(self.y - other.y) <= MAX_SAME_DISTANCE * max(self.side, other.side)
        return near and 1 / MAX_SAME_RATIO <= self.side / other.side <= MAX_SAME_RATIO


@dataclass(frozen=True, slots=True)
class View:
    """Pixels taken from a picture: the position of their corner in it, and their scale."""

    grey: Grey
    left: float = 0.0
    top: float = 0.0
    scale: float = 1.0


def candidate_regions(grey: Grey, limit: int = 2) -> list[Region]:
    """The most probable places of a code, best first; none in a picture hardly larger than a code."""
    cell = max(MIN_CELL, max(grey.shape) // CELLS)
    if min(grey.shape) // cell < MIN_CELLS:
        return []
    texture = _texture(grey, cell)
    found = [
        region for side in SIDES if side <= min(texture.shape) for region in _best_squares(texture, side)
    ]
    chosen: list[Region] = []
    for region in sorted(found, key=lambda region: -region.score):
        if len(chosen) < limit and not any(region.is_same(other) for other in chosen):
            chosen.append(region)
    return [Region((r.x + 0.5) * cell, (r.y + 0.5) * cell, r.side * cell, r.score) for r in chosen]


def saliency(grey: Grey) -> float:
    """How much the busiest place differs from the calm parts: about 0 on an even area, 5 at a sharp code.

    Cheaper than `candidate_regions`. 0 in a picture hardly larger than a code.
    """
    cell = max(MIN_CELL, max(grey.shape) // CELLS)
    if min(grey.shape) // cell < MIN_CELLS:
        return 0.0
    texture = _texture(grey, cell)
    busiest = cv2.boxFilter(texture, -1, (SIDES[0], SIDES[0]), borderType=cv2.BORDER_REFLECT).max()
    return float(busiest - np.partition(texture, texture.size // 4, axis=None)[texture.size // 4])


def is_striped(grey: Grey) -> bool:
    """Whether brightness changes strongly in one direction and little in the other at some place."""
    changes = _gradients(grey, max(MIN_CELL, max(grey.shape) // CELLS))
    for much, little, window in zip(changes, changes[::-1], ((5, 3), (3, 5)), strict=True):
        stripes = ((much > MIN_STRIPE_CHANGE) & (much > MIN_STRIPE_RATIO * little)).astype(np.float32)
        if (
            stripes.size
            and cv2.boxFilter(stripes, -1, window, borderType=cv2.BORDER_CONSTANT).max() > MIN_STRIPE_SHARE
        ):
            return True
    return False


def crop_region(grey: Grey, region: Region, scale: float = 1.0) -> View:
    """The region with a margin, at working size. `scale`: of `grey` to the picture with the region."""
    reach = region.side * CROP_MARGIN / 2 * scale
    x, y = region.x * scale, region.y * scale
    left, top = max(0, int(x - reach)), max(0, int(y - reach))
    part = grey[top : int(y + reach), left : int(x + reach)]
    factor = CROP_SIDE / max(part.shape)
    method = cv2.INTER_AREA if factor < 1 else cv2.INTER_CUBIC
    crop = cv2.resize(part, None, fx=factor, fy=factor, interpolation=method)
    return View(crop, left / scale, top / scale, factor * scale)


def mask_symbol(grey: Grey, outline: Corners) -> None:
    """Fill a symbol and its edges with the brightness around it, in place.

    `outline` has three or more points, in pixels of this picture.
    """
    x = sum(point[0] for point in outline) / len(outline)
    y = sum(point[1] for point in outline) / len(outline)
    wider = [(round(x + (px - x) * MASK_SCALE), round(y + (py - y) * MASK_SCALE)) for px, py in outline]
    halfway = [((ax + bx) // 2, (ay + by) // 2) for (ax, ay), (bx, by) in pairwise((*wider, wider[0]))]
    rows, columns = grey.shape
    around = sorted(
        int(grey[min(max(py, 0), rows - 1), min(max(px, 0), columns - 1)]) for px, py in (*wider, *halfway)
    )
    cv2.fillConvexPoly(grey, cv2.convexHull(np.array(wider, np.int32)), around[len(around) // 2])


def _texture(grey: Grey, cell: int) -> MatLike:
    return cv2.sqrt(cv2.min(*_gradients(grey, cell)))


def _gradients(grey: Grey, cell: int) -> tuple[MatLike, MatLike]:
    """The change of brightness to the right and down, for each cell."""
    across = cv2.absdiff(grey[:-2, 2:], grey[:-2, :-2])
    down = cv2.absdiff(grey[2:, :-2], grey[:-2, :-2])
    return _cell_means(across, cell), _cell_means(down, cell)


def _cell_means(change: MatLike, cell: int) -> MatLike:
    """The mean of each whole cell, by an integral image: ten times cheaper than scaling down by area."""
    sums = cv2.integral(change)[::cell, ::cell]  # 32 bits suffice up to 8 million pixels
    totals = sums[1:, 1:] - sums[:-1, 1:] - sums[1:, :-1] + sums[:-1, :-1]
    return totals.astype(np.float32) / (cell * cell)


def _best_squares(texture: MatLike, side: int) -> list[Region]:
    """The two best squares with this side."""
    around = int(side * FRAME_SCALE) | 1
    inside = cv2.boxFilter(texture, -1, (side, side), borderType=cv2.BORDER_REFLECT)
    frame = cv2.boxFilter(texture, -1, (around, around), borderType=cv2.BORDER_REFLECT)
    scores = (inside - 0.7 * frame) * side**0.35  # prefers larger squares: texts are small
    found = []
    for _ in range(2):
        _, score, _, (x, y) = cv2.minMaxLoc(scores)
        found.append(Region(x, y, side, score))
        cv2.rectangle(scores, (x - side, y - side), (x + side, y + side), -1000.0, -1)
    return found
