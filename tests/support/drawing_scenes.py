"""Difficult scenes: other codes beside the card's, backgrounds, colours, styled modules."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import cv2
import numpy as np
import zxingcpp

from tests.support.drawing_symbols import BARE, MODULE, PLAIN, modules, raster

if TYPE_CHECKING:
    from cv2.typing import MatLike

    from tests.support.drawing_symbols import Grey, Style

ROWS, COLUMNS = 640, 960
TABLE, DARK = 180, 24
CAMPUS = "https://campus.example/login?id=2231"


@dataclass(frozen=True, slots=True)
class Position:
    """The position of a symbol: centre and width in pixels, rotation and tilt in degrees."""

    x: float
    y: float
    width: float
    turn: float = 4
    tilt: float = 0


def lay(scene: Grey, symbol: Grey, position: Position) -> Grey:
    """The scene with this symbol in it; the focal length is 1100 pixels."""
    turn, tilt, scale = np.radians(position.turn), np.radians(position.tilt), position.width / symbol.shape[1]
    flat = np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]])
    plane = np.vstack([flat[:1], flat[1:] * np.cos(tilt), flat[1:] * np.sin(tilt)]) * scale
    to_centre = np.array([[1, 0, -symbol.shape[1] / 2], [0, 1, -symbol.shape[0] / 2], [0, 0, 1]])
    lens = np.array([[1100, 0, position.x], [0, 1100, position.y], [0, 0, 1]])
    warp = lens @ np.column_stack([plane, (0, 0, 1100)]) @ to_centre
    soft = cv2.GaussianBlur(symbol, (0, 0), max(0.01, 0.4 / scale))
    return cv2.warpPerspective(
        soft, warp, scene.shape[::-1], dst=scene.copy(), borderMode=cv2.BORDER_TRANSPARENT
    )


def table(ground: int = TABLE, size: tuple[int, int] = (ROWS, COLUMNS)) -> Grey:
    """An even background."""
    return np.full(size, ground, np.uint8)


def beside(text: str, fault: str) -> Grey:
    """A campus code that is easy to read, and a card's code with a fault that prevents plain decoding."""
    position = Position(650, 340, 190, tilt=66 if fault == "tilt" else 0)
    bare = fault == "no quiet zone"
    scene = lay(table(DARK if bare else TABLE), raster(CAMPUS, PLAIN), Position(180, 160, 220, 0))
    if fault == "small":
        scene = lay(table(size=(3000, 4000)), raster(CAMPUS, PLAIN), Position(900, 900, 1100, 0))
        return lay(scene, raster(text, PLAIN), Position(3100, 2300, 85, 0))
    ink, paper = (60, 180) if fault == "dim" else (DARK, 245)
    scene = lay(scene, raster(text, BARE if bare else PLAIN, ink, paper), position)
    place = scene[200:480, 500:800]
    if fault == "blur":
        place[:] = cv2.GaussianBlur(place, (0, 0), 2.6)
    if fault == "scratches":
        for start, end in (((560, 280), (600, 300)), ((590, 260), (570, 330)), ((700, 400), (740, 440))):
            cv2.line(scene, start, end, 215, 4, cv2.LINE_AA)
    return lit(scene, 0.1 if fault == "dim" else 1.0)


def lit(scene: Grey, light: float = 1.0) -> Grey:
    """The scene as from a sensor: with this brightness, slight blur and noise."""
    grain = np.random.default_rng(1).normal(0, 3, scene.shape)
    soft = cv2.GaussianBlur(scene.astype(np.float32), (0, 0), 0.6) * light
    return np.asarray(np.clip(soft + grain, 0, 255).astype(np.uint8))


def without_quiet_zone(text: str, ground: int, *, inverted: bool = False, rounded: bool = False) -> Grey:
    """A symbol whose edge modules merge with the background."""
    symbol = raster(text, BARE, ground, 20 if inverted else 235)
    if rounded:
        mask = np.zeros_like(symbol)
        radius, side = 2 * MODULE, symbol.shape[0]
        cv2.rectangle(mask, (radius, 0), (side - radius, side), 1, -1)
        cv2.rectangle(mask, (0, radius), (side, side - radius), 1, -1)
        for corner in ((x, y) for x in (radius, side - radius) for y in (radius, side - radius)):
            cv2.circle(mask, corner, radius, 1, -1)
        symbol = np.where(mask > 0, symbol, np.uint8(ground))
    return lit(lay(table(ground), symbol, Position(470, 330, 230, tilt=12)))


def crowd(text: str, others: list[str]) -> Grey:
    """Many codes on a table, with the card's among them."""
    scene, across = table(200, (720, 1280)), 8
    texts = [*others[: len(others) // 2], text, *others[len(others) // 2 :]]
    for index, each in enumerate(texts):
        position = Position(
            80 + 160 * (index % across), 75 + 142 * (index // across), 134, turn=index % 5 - 2
        )
        scene = lay(scene, raster(each, PLAIN), position)
    return lit(scene)


def separated(text: str, side: int, style: Style = PLAIN) -> Grey:
    """A screenshot of a styled code: dots of `side` pixels that do not touch."""
    matrix = np.pad(modules(text, style), 2)
    drawn = np.full((matrix.shape[0] * side, matrix.shape[1] * side), 255, np.uint8)
    for row, column in np.argwhere(matrix).tolist():
        cv2.circle(drawn, (column * side + side // 2, row * side + side // 2), side * 7 // 20, 0, -1)
    return drawn


def two_colours(text: str, ink: tuple[int, int, int], paper: tuple[int, int, int]) -> MatLike:
    """A code in two colours (blue, green, red)."""
    cover = lay(table(255), raster(text, PLAIN, 0, 255), Position(480, 320, 260))[..., None] / 255
    return np.asarray(np.array(ink) * (1 - cover) + np.array(paper) * cover).astype(np.uint8)


def transparent(text: str, *, light: bool) -> MatLike:
    """Modules of one colour on a transparent background, beside a larger panel of the opposite brightness."""
    dark = raster(text, BARE) < 128
    side, shade = dark.shape[0], 255 if light else 0
    drawn = np.zeros((side + 80, 2 * side + 160, 4), np.uint8)
    drawn[40 : 40 + side, 40 : 40 + side][dark] = (shade, shade, shade, 255)
    drawn[20:-20, side + 90 : -20] = (*([255 - shade] * 3), 255)
    return drawn


def other_symbol(text: str, symbology: zxingcpp.BarcodeFormat, width: float) -> Grey:
    """A symbol of another kind than QR on a table, as used by wallet passes and libraries."""
    drawn = np.array(zxingcpp.create_barcode(text, symbology).to_image(scale=6))
    framed = np.pad(drawn, 40, constant_values=255)
    return lit(lay(table(), np.clip(framed, 20, 245), Position(480, 320, width)))
