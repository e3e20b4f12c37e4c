"""The carrier of a drawn code (phone screen, plastic card, paper) and the background behind it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import cv2
import numpy as np

from tests.support.drawing_symbols import MODULE

if TYPE_CHECKING:
    from numpy.random import Generator

    from tests.support.drawing_symbols import Grey

CARRIERS = ("screen", "plastic", "paper")
CARRIER_SHARES = (0.64, 0.22, 0.14)


@dataclass(frozen=True, slots=True)
class Face:
    """A carrier with its code, in raster pixels; `centre` of the code as (x, y)."""

    pixels: Grey
    centre: tuple[float, float]


def screen(symbol: Grey, random: Generator) -> Face:
    """An upright phone: a dark frame, the page of an app, and the code."""
    page = int(random.integers(225, 256))
    width = int(symbol.shape[1] * random.uniform(1.08, 1.4))
    face = np.full((int(width * 1.9), width), page, np.uint8)
    _lines(face, int(face.shape[0] * 0.08), int(face.shape[0] * 0.2), 255 - page, random)
    _lines(face, int(face.shape[0] * 0.8), int(face.shape[0] * 0.94), 255 - page, random)
    laid = _lay(face, symbol, (width // 2, int(face.shape[0] * 0.5)))
    bezel = max(6, width // 30)
    framed = np.pad(laid.pixels, bezel, constant_values=12)
    return Face(framed, (laid.centre[0] + bezel, laid.centre[1] + bezel))


def plastic(symbol: Grey, random: Generator) -> Face:
    """A card of 86 × 54 mm: a colour gradient, a portrait, print, and the code at one side."""
    height = int(max(symbol.shape[0] * random.uniform(1.5, 2.4), symbol.shape[1] * 0.8))
    width = int(height * 86 / 54)
    across = np.linspace(random.uniform(120, 200), random.uniform(190, 245), width)
    face = np.tile(across.astype(np.uint8), (height, 1))
    _lines(face, int(height * 0.08), int(height * 0.32), 60, random)
    cv2.rectangle(face, (width // 20, height // 3), (width // 4, int(height * 0.9)), 130, -1)
    half_w, half_h = symbol.shape[1] // 2 + MODULE, symbol.shape[0] // 2 + MODULE
    return _lay(face, symbol, (width - half_w, height - half_h))


def paper(symbol: Grey, random: Generator) -> Face:
    """A printed sheet with text above and below the code."""
    height, width = int(symbol.shape[0] * 2.6), int(symbol.shape[1] * 2.2)
    face = np.full((height, width), int(random.integers(205, 250)), np.uint8)
    _lines(face, int(height * 0.04), int(height * 0.26), 40, random)
    _lines(face, int(height * 0.76), int(height * 0.97), 40, random)
    return _lay(face, symbol, (width // 2, height // 2))


def carrier(name: str, symbol: Grey, random: Generator, *, inverted: bool = False) -> Face:
    """The carrier of this name with the symbol on it, in dark mode if the symbol is inverted."""
    make = {"screen": screen, "plastic": plastic, "paper": paper}[name]
    if not inverted:
        return make(symbol, random)
    face = make(255 - symbol, random)
    return Face(255 - face.pixels, face.centre)


def background(rows: int, columns: int, random: Generator) -> Grey:
    """A blurred background: a gradient with a dozen rectangles of different greys."""
    small = np.tile(
        np.linspace(random.uniform(50, 200), random.uniform(50, 200), columns // 8), (rows // 8, 1)
    ).astype(np.uint8)
    for _ in range(12):
        x, y = int(random.integers(0, columns // 8)), int(random.integers(0, rows // 8))
        size = (int(random.integers(6, 50)), int(random.integers(6, 40)))
        cv2.rectangle(small, (x, y), (x + size[0], y + size[1]), int(random.integers(15, 235)), -1)
    return cv2.resize(cv2.GaussianBlur(small, (0, 0), 1.2), (columns, rows), interpolation=cv2.INTER_CUBIC)


def _lines(face: Grey, top: int, bottom: int, shade: int, random: Generator) -> None:
    """Lines that resemble text."""
    for y in range(top, bottom - 14, 26):
        end = face.shape[1] * random.uniform(0.5, 0.92)
        x = face.shape[1] * 0.08
        while x < end:
            word = int(random.integers(6, 18))
            cv2.rectangle(face, (int(x), y), (int(x) + word, y + int(random.integers(8, 15))), shade, -1)
            x += word + random.integers(4, 12)


def _lay(face: Grey, symbol: Grey, centre: tuple[int, int]) -> Face:
    rows, columns = symbol.shape
    left = min(max(0, centre[0] - columns // 2), face.shape[1] - columns)
    top = min(max(0, centre[1] - rows // 2), face.shape[0] - rows)
    face[top : top + rows, left : left + columns] = symbol
    side = min(rows, columns)  # the code is the square at the left; a logo may be at its right
    return Face(face, (left + side / 2, top + rows / 2))
