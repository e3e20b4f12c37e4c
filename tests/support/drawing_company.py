"""Codes beside other codes and on coloured backgrounds, drawn as sharp camera frames."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

import cv2
import numpy as np
import zxingcpp

from tests.support.drawing import encode
from tests.support.drawing_symbols import BARE, MODULE, PLAIN, Style, modules, raster

if TYPE_CHECKING:
    from tests.support.drawing_symbols import Grey

    Placed: TypeAlias = tuple[Grey, float, tuple[int, int], float]
    """A drawing, its pixels per module, the position of its centre, and its rotation in degrees."""

COLUMNS, ROWS = 8, 4
WALL = COLUMNS * ROWS


def bare(text: str, ground: int, *, inverted: bool = False) -> bytes:
    """A code without a quiet zone; its dark modules (inverted: light ones) have the background's colour."""
    ink = 245 if not inverted else 20
    drawn = raster(text, BARE, dark=ground, light=ink)
    return _on(ground, (720, 1280), [(drawn, 6.0, (640, 360), 7.0)])


def wall(text: str, foreign: str) -> bytes:
    """32 codes in rows; the card's is one of the last."""
    codes = [f"{foreign}{place}" for place in range(WALL)]
    codes[WALL - 3] = text
    spots = [(80 + 160 * (place % COLUMNS), 90 + 180 * (place // COLUMNS)) for place in range(WALL)]
    drawn = [(raster(code, Style("m", 3)), 3.7, spot, 0.0) for code, spot in zip(codes, spots, strict=True)]
    return _on(200, (720, 1280), drawn)


def poster(text: str, foreign: str) -> bytes:
    """A photo of 12 megapixels with the large code of a poster and the small one of a card."""
    drawn = [(raster(foreign, PLAIN), 28.0, (1000, 800), 0.0), (raster(text, PLAIN), 3.4, (2600, 2200), 5.0)]
    return _on(185, (3000, 4000), drawn)


def campus(text: str, foreign: str) -> bytes:
    """A card with an easily readable campus code, and its own code out of focus."""
    drawn = [(raster(foreign, Style("l", 2)), 4.5, (260, 420), 0.0)]
    frame = _frame(225, (640, 960), drawn)
    blurred = _frame(225, (640, 480), [(raster(text, Style("m", 2)), 4.2, (240, 400), 4.0)])
    frame[:, 480:] = cv2.GaussianBlur(blurred, (0, 0), 1.9)
    return encode(frame, 92)


def of_kind(text: str, kind: str) -> bytes:
    """A symbol of another kind, as in a wallet pass."""
    symbol = zxingcpp.create_barcode(text, getattr(zxingcpp.BarcodeFormat, kind))
    drawn = np.array(symbol.to_image(scale=6))
    return encode(np.pad(drawn, 60, constant_values=255), 92)


def separated(text: str) -> bytes:
    """A styled code on a screen: square modules that do not touch."""
    side, gap = 22, 4
    matrix = modules(text, PLAIN)
    module = np.full((side, side), 255, np.uint8)
    module[gap:-gap, gap:-gap] = 0
    light = np.full_like(module, 255)
    symbol = np.block([[module if dark else light for dark in row] for row in matrix.tolist()])
    return encode(np.pad(symbol, 4 * side, constant_values=255), 92)


def _on(ground: int, size: tuple[int, int], drawn: list[Placed]) -> bytes:
    return encode(_frame(ground, size, drawn), 92)


def _frame(ground: int, size: tuple[int, int], drawn: list[Placed]) -> Grey:
    """A sharp frame with these drawings."""
    frame: Grey = np.full(size, ground, np.uint8)
    for symbol, module, spot, turn in drawn:
        rows, columns = symbol.shape
        placing = cv2.getRotationMatrix2D((columns / 2, rows / 2), turn, module / MODULE)
        placing[:, 2] += np.array(spot) - (columns / 2, rows / 2)
        soft = cv2.GaussianBlur(symbol, (0, 0), 0.4 * MODULE / module)
        cv2.warpAffine(soft, placing, size[::-1], dst=frame, borderMode=cv2.BORDER_TRANSPARENT)
    return frame
