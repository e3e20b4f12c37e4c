"""Pictures made easier to read: each a function from grey to grey. Only the decode child imports this."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

import numpy as np

from scanner.opencv import cv2

if TYPE_CHECKING:
    from cv2.typing import MatLike

    from scanner.image import Grey

MOST_FOR_ZBAR = 1280  # pixels
PATCH_GAP = 0.03  # of the longer side: light modules so near belong together; 1.5 modules in a crop
LEAST_PATCH = 0.15  # of the shorter side
LONGEST_PATCH = 2.2  # times its width: a symbol tilted by 60 degrees


def as_it_is(grey: Grey) -> Grey:
    """The picture itself."""
    return grey


def inverted(grey: Grey) -> Grey:
    """Light for dark: zbar reads no other inverted codes."""
    return cv2.bitwise_not(grey)


def halved(grey: Grey) -> Grey:
    """At half the size: noise, moiré and refresh bands average out."""
    return _scaled(grey, 0.5, 0.5)


def bounded(grey: Grey) -> Grey:
    """At most 1280 pixels on the longer side: zbar's cost grows with the noise of every further pixel."""
    scale = min(1.0, MOST_FOR_ZBAR / max(grey.shape))
    return _scaled(grey, scale, scale) if scale < 1 else grey


def run_together(grey: Grey) -> Grey:
    """At a quarter of the size and blurred: sharp modules of 16 to 28 pixels with gaps between them join."""
    return cv2.GaussianBlur(_scaled(grey, 0.25, 0.25), (0, 0), 2.0)


def run_together_widely(grey: Grey) -> Grey:
    """The same for modules of 24 to 32 pixels."""
    return cv2.GaussianBlur(_scaled(grey, 0.25, 0.25), (0, 0), 3.0)


def taller(grey: Grey) -> Grey:
    """Stretched in height: a card tipped away from the camera."""
    return _scaled(grey, 1.0, 1.6)


def wider(grey: Grey) -> Grey:
    """Stretched in width: a card turned away from the camera."""
    return _scaled(grey, 1.6, 1.0)


def enlarged(grey: Grey) -> Grey:
    """Half as large again: rows and bars of one or two pixels."""
    return _scaled(grey, 1.5, 1.5)


def narrowed(grey: Grey) -> Grey:
    """At half the width: the other axis of a tilt, motion along a row."""
    return _scaled(grey, 0.5, 1.0)


def blurred(grey: Grey) -> Grey:
    """Lightly blurred: noise and screen grids go."""
    return cv2.GaussianBlur(grey, (0, 0), 1.2)


def smoothed(grey: Grey) -> Grey:
    """Blurred by about a quarter of a module of a crop: dots and grain close."""
    return cv2.GaussianBlur(grey, (0, 0), 2.5)


def sharpened(grey: Grey) -> Grey:
    """Unsharp-masked: a camera's soft focus is partly undone."""
    return _unsharp(grey, 2.0, 1.5)


def strongly_sharpened(grey: Grey) -> Grey:
    """Unsharp-masked at the width of half a module of a crop: small symbols out of focus."""
    return _unsharp(grey, 4.0, 3.0)


def despeckled(grey: Grey) -> Grey:
    """Median-filtered: scratches and single odd pixels go."""
    return cv2.medianBlur(grey, 5)


def evened(grey: Grey) -> Grey:
    """Contrast raised tile by tile (CLAHE): half-shaded cards."""
    return cv2.createCLAHE(4.0, (16, 16)).apply(grey)


def evened_coarsely(grey: Grey) -> Grey:
    """The same in the few tiles that a crop has."""
    return cv2.createCLAHE(3.0, (4, 4)).apply(grey)


def thresholded(grey: Grey) -> Grey:
    """Black and white by the mean of 31 by 31 pixels: shine, shadows, bands."""
    return cv2.adaptiveThreshold(grey, 255, cv2.ADAPTIVE_THRESH_MEAN_C, cv2.THRESH_BINARY, 31, 5)


def thresholded_widely(grey: Grey) -> Grey:
    """Black and white by the mean of 51 by 51 pixels: larger modules."""
    return cv2.adaptiveThreshold(grey, 255, cv2.ADAPTIVE_THRESH_MEAN_C, cv2.THRESH_BINARY, 51, 7)


def without_background(grey: Grey) -> Grey:
    """Divided by the brightness around: glare and shadow become even paper."""
    small = cv2.dilate(_scaled(grey, 0.125, 0.125), np.ones((5, 5), np.uint8))
    background = cv2.resize(cv2.GaussianBlur(small, (0, 0), 4), (grey.shape[1], grey.shape[0]))
    return cv2.divide(grey, background, scale=235)


def brightened(grey: Grey) -> Grey:
    """Shadows spread out: a dim screen in a dark room."""
    return cv2.LUT(grey, _power(0.4))


def on_light_ground(grey: Grey) -> Grey | None:
    """A dark ground around the largest patch of light modules made light; None where there is no such patch.

    Without a quiet zone a dark ground joins the dark modules at the edge, and no reader finds the symbol.
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


def inverted_on_light_ground(grey: Grey) -> Grey | None:
    """The same for light modules on dark that stand on a light ground, made dark on light."""
    return on_light_ground(inverted(grey))


def _largest_patch(light: Grey) -> Grey | None:
    """The light pixels of the largest group that stands free of the edges and is about square."""
    rows, columns = light.shape
    reach = max(3, round(max(rows, columns) * PATCH_GAP)) | 1
    joined = cv2.morphologyEx(light, cv2.MORPH_CLOSE, np.ones((reach, reach), np.uint8))
    _, labels, boxes, _ = cv2.connectedComponentsWithStats(joined)
    best, most = 0, 0
    for label, (left, top, width, height, area) in enumerate(boxes[1:].tolist(), 1):
        is_free = left > 0 and top > 0 and left + width < columns and top + height < rows
        is_square = max(width, height) < LONGEST_PATCH * min(width, height)
        if is_free and is_square and min(width, height) > LEAST_PATCH * min(rows, columns) and area > most:
            best, most = label, area
    return cv2.bitwise_and(light, light, mask=np.equal(labels, best).astype(np.uint8)) if best else None


def _scaled(grey: Grey, across: float, down: float) -> Grey:
    size = max(1, round(grey.shape[1] * across)), max(1, round(grey.shape[0] * down))
    return cv2.resize(grey, size, interpolation=cv2.INTER_AREA if across * down < 1 else cv2.INTER_CUBIC)


def _unsharp(grey: Grey, sigma: float, amount: float) -> Grey:
    return cv2.addWeighted(grey, 1 + amount, cv2.GaussianBlur(grey, (0, 0), sigma), -amount, 0)


@cache
def _power(exponent: float) -> MatLike:
    return np.array([round(255 * (level / 255) ** exponent) for level in range(256)], np.uint8)
