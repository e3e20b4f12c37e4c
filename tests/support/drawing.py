"""The drawn test set: camera frames of 1280 × 720 pixels, each with a card and a fault."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import cv2
import numpy as np

from tests.support.drawing_carriers import CARRIER_SHARES, CARRIERS, Face, background, carrier
from tests.support.drawing_faults import FAULTS, Spot, View
from tests.support.drawing_symbols import MODULE, OFFICIAL_INVERTED, Style, modules, payload, raster, style

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.random import Generator

    from tests.support.drawing_faults import Light
    from tests.support.drawing_symbols import Grey

ROWS, COLUMNS = 720, 1280
FINE = 2  # drawn at twice the size, then scaled down, which gives soft edges
FOCUS = 1100.0  # pixels; a phone's main lens at this frame size
SECOND_FAULT_SHARE = 0.15
SECOND_FAULTS = ("turned", "noise", "jpeg", "blur", "glare", "scratches")


@dataclass(frozen=True, slots=True)
class Drawn:
    """One picture of the set: its kind, its carrier, the text of its code, and its JPEG."""

    kind: str
    carrier: str
    text: str
    jpeg: bytes


def drawn_set(seed: int, each: int) -> Iterator[Drawn]:
    """`each` pictures of every kind, from a slight fault to an unreadable code; reproducible by the seed."""
    for place, kind in enumerate(FAULTS):
        for index in range(each):
            yield draw(kind, (index + 0.5) / each, np.random.default_rng((seed, place, index)))


def draw(kind: str, bad: float, random: Generator) -> Drawn:
    """One card with a fault of this kind, `bad` from 0 to 1; sometimes with a slight second fault."""
    view = View(module=random.uniform(3.5, 8), turn=random.normal(0, 8), tilt=abs(random.normal(0, 10)))
    kinds = [(kind, bad)]
    if kind != "none" and random.random() < SECOND_FAULT_SHARE:
        kinds.append((str(random.choice(SECOND_FAULTS)), random.uniform(0, 0.15)))
    for name, much in kinds:
        view = FAULTS[name].view(view, much, random)
    where = str(random.choice(CARRIERS, p=CARRIER_SHARES))
    text, drawn = payload(random), _style(view, random)
    face = carrier(where, raster(text, drawn), random, inverted=drawn.inverted)
    frame, spot = _seen(face, modules(text, drawn).shape[0], view, random)
    for name, much in kinds:
        mark = FAULTS[name].mark
        frame = mark(frame, spot, random, much) if mark else frame
    return Drawn(kind, where, text, encode(through_lens(frame, view, random), view.quality))


def _style(view: View, random: Generator) -> Style:
    if not view.inverted:
        return style(random)
    return replace(OFFICIAL_INVERTED, quiet=float(random.choice((0, 4, 6.6))), logo=random.random() < 0.5)


def _seen(face: Face, side: int, view: View, random: Generator) -> tuple[Light, Spot]:
    """The scene before the lens: a background, and the face turned, tilted and scaled about its code."""
    x = COLUMNS / 2 + random.uniform(-1, 1) * 180
    y = ROWS / 2 + random.uniform(-1, 1) * 60
    warp = homography(face, view, x, y)
    soft = max(0.01, 0.42 * MODULE / (view.module * FINE))
    pixels = cv2.GaussianBlur(face.pixels, (0, 0), soft)
    size = (COLUMNS * FINE, ROWS * FINE)
    behind = background(ROWS, COLUMNS, random)
    canvas = cv2.resize(behind, size, interpolation=cv2.INTER_LINEAR)
    placed = np.diag((FINE, FINE, 1.0)) @ warp
    fine = cv2.warpPerspective(pixels, placed, size, dst=canvas, borderMode=cv2.BORDER_TRANSPARENT)
    frame = cv2.resize(fine, (COLUMNS, ROWS), interpolation=cv2.INTER_AREA).astype(np.float32)
    return frame, Spot(x, y, side * view.module / 2)


def homography(face: Face, view: View, x: float, y: float) -> Grey:
    """The transformation from raster to frame pixels, with the centre of the code at (x, y)."""
    turn, tilt, axis = np.radians((view.turn, view.tilt, view.tilt_axis))
    about = _turned(axis) @ _tilted(tilt) @ _turned(-axis) @ _turned(turn)
    scale = view.module / MODULE
    to_centre = np.array(
        [[scale, 0, -face.centre[0] * scale], [0, scale, -face.centre[1] * scale], [0, 0, 1]]
    )
    plane = np.column_stack([about[:, 0], about[:, 1], (0, 0, FOCUS)])
    lens = np.array([[FOCUS, 0, x], [0, FOCUS, y], [0, 0, 1]])
    return np.asarray(lens @ plane @ to_centre)


def _turned(angle: float) -> Grey:
    cosine, sine = np.cos(angle), np.sin(angle)
    return np.array([[cosine, -sine, 0], [sine, cosine, 0], [0, 0, 1]])


def _tilted(angle: float) -> Grey:
    cosine, sine = np.cos(angle), np.sin(angle)
    return np.array([[1, 0, 0], [0, cosine, -sine], [0, sine, cosine]])


def through_lens(frame: Light, view: View, random: Generator) -> Grey:
    """Blur, motion, light, contrast and sensor noise."""
    frame = cv2.GaussianBlur(frame, (0, 0), max(0.05, view.blur))
    if view.motion >= 1:
        frame = cv2.filter2D(frame, -1, _motion(view.motion, view.motion_angle))
    frame = (128 + (frame - 128) * view.contrast) * view.light
    return np.clip(frame + random.normal(0, view.noise, frame.shape), 0, 255).astype(np.uint8)


def _motion(length: float, angle: float) -> Light:
    side = int(length) * 2 + 3
    kernel = np.zeros((side, side), np.float32)
    reach = length / 2 * np.array([np.cos(np.radians(angle)), np.sin(np.radians(angle))])
    centre = np.array([side // 2, side // 2])
    start, end = ((centre + sign * reach) * 16 for sign in (-1, 1))
    cv2.line(kernel, start.astype(int).tolist(), end.astype(int).tolist(), 1.0, 1, cv2.LINE_AA, shift=4)
    return np.asarray(kernel / kernel.sum())


def encode(frame: Grey, quality: int) -> bytes:
    """The frame as a JPEG."""
    return cv2.imencode(".jpg", frame, (cv2.IMWRITE_JPEG_QUALITY, quality))[1].tobytes()
