"""Preprocessing: functions from a grey picture to one that is easier to decode.

Only the worker process imports this.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

import numpy as np

from scanner.image import cv2

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cv2.typing import MatLike

    from scanner.decoders import Corners
    from scanner.image import Grey

    Map = MatLike

MAX_SIZE_FOR_ZBAR = 1280  # pixels
MAX_PATCH_GAP = 0.03  # of the longer side: light modules closer than this join; 1.5 modules in a crop
MIN_PATCH_SIDE = 0.15  # of the shorter side of the picture
MAX_PATCH_RATIO = 2.2  # longer to shorter side: a symbol tilted by 60 degrees


def unchanged(grey: Grey) -> Grey:
    """The picture itself."""
    return grey


def inverted(grey: Grey) -> Grey:
    """Inverted: zbar reads no light codes on dark."""
    return cv2.bitwise_not(grey)


def halved(grey: Grey) -> Grey:
    """At half the size: averages noise, moiré and refresh bands out."""
    return _scaled(grey, 0.5, 0.5)


def limited_size(grey: Grey) -> Grey:
    """At most 1280 pixels on the longer side: zbar gets slow on more, above all with noise."""
    scale = min(1.0, MAX_SIZE_FOR_ZBAR / max(grey.shape))
    return _scaled(grey, scale, scale) if scale < 1 else grey


def closed_gaps(grey: Grey) -> Grey:
    """At a quarter of the size and blurred: closes gaps between modules of 16 to 28 pixels."""
    return cv2.GaussianBlur(_scaled(grey, 0.25, 0.25), (0, 0), 2.0)


def closed_wide_gaps(grey: Grey) -> Grey:
    """The same for modules of 24 to 32 pixels."""
    return cv2.GaussianBlur(_scaled(grey, 0.25, 0.25), (0, 0), 3.0)


def stretched_vertically(grey: Grey) -> Grey:
    """Stretched in height: for a card tilted away from the camera."""
    return _scaled(grey, 1.0, 1.6)


def stretched_horizontally(grey: Grey) -> Grey:
    """Stretched in width: for a card turned away from the camera."""
    return _scaled(grey, 1.6, 1.0)


def enlarged(grey: Grey) -> Grey:
    """Enlarged by half: for rows and bars of one or two pixels."""
    return _scaled(grey, 1.5, 1.5)


def narrowed(grey: Grey) -> Grey:
    """At half the width: for tilt about the other axis, and motion along a row."""
    return _scaled(grey, 0.5, 1.0)


def blurred(grey: Grey) -> Grey:
    """Lightly blurred: removes noise and screen grids."""
    return cv2.GaussianBlur(grey, (0, 0), 1.2)


def strongly_blurred(grey: Grey) -> Grey:
    """Blurred by about a quarter of a module of a crop: joins dots and grain."""
    return cv2.GaussianBlur(grey, (0, 0), 2.5)


def sharpened(grey: Grey) -> Grey:
    """Unsharp-masked: partly corrects soft focus."""
    return _unsharp(grey, 2.0, 1.5)


def strongly_sharpened(grey: Grey) -> Grey:
    """Unsharp-masked at half a module of a crop: for small symbols out of focus."""
    return _unsharp(grey, 4.0, 3.0)


def despeckled(grey: Grey) -> Grey:
    """Median-filtered: removes scratches and single wrong pixels."""
    return cv2.medianBlur(grey, 5)


def equalised(grey: Grey) -> Grey:
    """Contrast equalised by tile (CLAHE): for half-shaded cards."""
    return cv2.createCLAHE(4.0, (16, 16)).apply(grey)


def coarsely_equalised(grey: Grey) -> Grey:
    """The same with few tiles, for a crop."""
    return cv2.createCLAHE(3.0, (4, 4)).apply(grey)


def thresholded(grey: Grey) -> Grey:
    """Adaptive threshold over 31 by 31 pixels: for shine, shadows and bands."""
    return cv2.adaptiveThreshold(grey, 255, cv2.ADAPTIVE_THRESH_MEAN_C, cv2.THRESH_BINARY, 31, 5)


def widely_thresholded(grey: Grey) -> Grey:
    """Adaptive threshold over 51 by 51 pixels: for larger modules."""
    return cv2.adaptiveThreshold(grey, 255, cv2.ADAPTIVE_THRESH_MEAN_C, cv2.THRESH_BINARY, 51, 7)


def without_background(grey: Grey) -> Grey:
    """Divided by the local background brightness: evens out glare and shadow."""
    small = cv2.dilate(_scaled(grey, 0.125, 0.125), np.ones((5, 5), np.uint8))
    background = cv2.resize(cv2.GaussianBlur(small, (0, 0), 4), (grey.shape[1], grey.shape[0]))
    return cv2.divide(grey, background, scale=235)


def brightened(grey: Grey) -> Grey:
    """Gamma-brightened: for a dim screen in the dark."""
    return cv2.LUT(grey, _gamma_table(0.4))


def on_light_background(grey: Grey) -> Grey | None:
    """The picture with its dark background around the largest light patch made light; None without a patch.

    Without a quiet zone, a dark background joins the dark modules at the edge: no decoder finds the symbol.
    """
    small = cv2.GaussianBlur(_scaled(grey, 0.5, 0.5), (0, 0), 0.7)
    level, light = cv2.threshold(small, 0, 255, cv2.THRESH_BINARY + cv2.THRESH_OTSU)
    patch = _largest_patch(light)
    if patch is None:
        return None
    outline = cv2.approxPolyN(cv2.findNonZero(patch), 4, ensure_convex=True)
    inside = np.zeros_like(grey)
    cv2.fillConvexPoly(inside, (outline * 2).round().astype(np.int32), 255)
    brightness = cv2.mean(small, patch)[0]
    return np.where(inside > 0, grey, np.uint8(max(level, brightness)))


def inverted_on_light_background(grey: Grey) -> Grey | None:
    """The same for an inverted symbol on a light background."""
    return on_light_background(inverted(grey))


def _largest_patch(light: Grey) -> Grey | None:
    """The light pixels of the largest group that is about square and touches no edge."""
    rows, columns = light.shape
    reach = max(3, round(max(rows, columns) * MAX_PATCH_GAP)) | 1
    joined = cv2.morphologyEx(light, cv2.MORPH_CLOSE, np.ones((reach, reach), np.uint8))
    _, labels, boxes, _ = cv2.connectedComponentsWithStats(joined)
    best, most = 0, 0
    for label, (left, top, width, height, area) in enumerate(boxes[1:].tolist(), 1):
        is_free = left > 0 and top > 0 and left + width < columns and top + height < rows
        is_square = max(width, height) < MAX_PATCH_RATIO * min(width, height)
        if is_free and is_square and min(width, height) > MIN_PATCH_SIDE * min(rows, columns) and area > most:
            best, most = label, area
    return cv2.bitwise_and(light, light, mask=np.equal(labels, best).astype(np.uint8)) if best else None


def _scaled(grey: Grey, across: float, down: float) -> Grey:
    size = max(1, round(grey.shape[1] * across)), max(1, round(grey.shape[0] * down))
    return cv2.resize(grey, size, interpolation=cv2.INTER_AREA if across * down < 1 else cv2.INTER_CUBIC)


def _unsharp(grey: Grey, sigma: float, amount: float) -> Grey:
    return cv2.addWeighted(grey, 1 + amount, cv2.GaussianBlur(grey, (0, 0), sigma), -amount, 0)


@cache
def _gamma_table(exponent: float) -> MatLike:
    return np.array([round(255 * (level / 255) ** exponent) for level in range(256)], np.uint8)


# For bent cards and rolled paper: a symbol that was found but not read is rectified, then unbent.
RECTIFIED_SIDE = 420  # pixels
RECTIFIED_MARGIN = 0.12  # around the symbol, of the side
BENDS = ("rows", "columns", "upper rows", "lower rows", "left columns", "right columns")
BEND_DEPTHS = (0.05, -0.05, 0.025, -0.025, 0.08, -0.08)  # of the symbol's side, likeliest first
MIN_HALF_BEND_DEPTH = 0.05  # below this, bending whole rows is as good
MIN_RECTIFIED_AREA = 2000.0  # twice the area in pixels; anything smaller is a false detection
HALF_BENDS = ("upper rows", "lower rows", "left columns", "right columns")


def rectified(grey: Grey, corners: Corners) -> Grey:
    """The symbol within these corners without perspective, with a margin."""
    near, far = RECTIFIED_SIDE * RECTIFIED_MARGIN, RECTIFIED_SIDE * (1 - RECTIFIED_MARGIN)
    flat = np.array(((near, near), (far, near), (far, far), (near, far)), np.float32)
    warp = cv2.getPerspectiveTransform(np.array(corners, np.float32), flat)
    return cv2.warpPerspective(
        grey, warp, (RECTIFIED_SIDE, RECTIFIED_SIDE), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
    )


def dewarped(flat: Grey) -> Iterator[Grey]:
    """The rectified picture with each kind and depth of bend reversed, likeliest first."""
    for depth in BEND_DEPTHS:
        for bend in BENDS:
            if bend in HALF_BENDS and abs(depth) < MIN_HALF_BEND_DEPTH:
                continue
            right, down = _displacement(bend)
            x, y = _displacement("none")
            yield cv2.remap(flat, x + depth * right, y + depth * down, cv2.INTER_LINEAR)


@cache
def _displacement(bend: str) -> tuple[Map, Map]:
    """The shift of each pixel at depth 1, right and down: parabolas that keep the corners in place."""
    y, x = np.mgrid[0:RECTIFIED_SIDE, 0:RECTIFIED_SIDE].astype(np.float32)
    inner = RECTIFIED_SIDE * (1 - 2 * RECTIFIED_MARGIN)
    across, along = (
        (x - RECTIFIED_SIDE * RECTIFIED_MARGIN) / inner,
        (y - RECTIFIED_SIDE * RECTIFIED_MARGIN) / inner,
    )
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
    }[bend]
