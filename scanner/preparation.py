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


def taller(grey: Grey) -> Grey:
    """Stretched in height: a card tipped away from the camera."""
    return _scaled(grey, 1.0, 1.6)


def wider(grey: Grey) -> Grey:
    """Stretched in width: a card turned away from the camera."""
    return _scaled(grey, 1.6, 1.0)


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


def _scaled(grey: Grey, across: float, down: float) -> Grey:
    size = max(1, round(grey.shape[1] * across)), max(1, round(grey.shape[0] * down))
    return cv2.resize(grey, size, interpolation=cv2.INTER_AREA if across * down < 1 else cv2.INTER_CUBIC)


def _unsharp(grey: Grey, sigma: float, amount: float) -> Grey:
    return cv2.addWeighted(grey, 1 + amount, cv2.GaussianBlur(grey, (0, 0), sigma), -amount, 0)


@cache
def _power(exponent: float) -> MatLike:
    return np.array([round(255 * (level / 255) ** exponent) for level in range(256)], np.uint8)
