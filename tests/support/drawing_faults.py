"""Faults between a card and a camera: a table with the effect of each.

`bad` is from 0 (hardly visible) to 1 (unreadable for every decoder).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

import cv2
import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable

    from cv2.typing import MatLike
    from numpy.random import Generator

    Light: TypeAlias = MatLike


@dataclass(frozen=True, slots=True)
class View:
    """How the camera sees the card, in degrees, pixels and grey levels; by default like an ordinary phone."""

    module: float = 6.0
    turn: float = 0.0
    tilt: float = 0.0
    tilt_axis: float = 0.0
    blur: float = 0.7
    motion: float = 0.0
    motion_angle: float = 0.0
    noise: float = 4.0
    light: float = 1.0
    contrast: float = 1.0
    quality: int = 85
    inverted: bool = False


class Spot(NamedTuple):
    """The position of the code in the frame: its centre and half of its side, in pixels."""

    x: float
    y: float
    half: float


def glare(frame: Light, spot: Spot, random: Generator, bad: float) -> Light:
    """The reflection of a lamp: a bright patch that covers part of the code."""
    for _ in range(1 + int(random.integers(0, 2))):
        at = spot.half * random.uniform(0.1, 0.9), random.uniform(0, 2 * np.pi)
        x, y = spot.x + at[0] * np.cos(at[1]), spot.y + at[0] * np.sin(at[1])
        spread = spot.half * (0.12 + 0.5 * bad) * random.uniform(0.7, 1.3)
        stretch = random.uniform(0.5, 2.0)
        frame = frame + 260 * _bump(frame, x, y, spread * stretch, spread / stretch)
    return frame


def veil(frame: Light, spot: Spot, random: Generator, bad: float) -> Light:
    """Daylight on a screen: a pale code, more on one side."""
    slope = _ramp(frame, spot, random.uniform(0, 2 * np.pi))
    return frame * (1 - 0.75 * bad) + 255 * bad * (0.45 + 0.35 * slope)


def shadow(frame: Light, spot: Spot, random: Generator, bad: float) -> Light:
    """The edge of a shadow across the code."""
    slope = _ramp(frame, spot, random.uniform(0, 2 * np.pi), sharpness=random.uniform(4, 40))
    dark_side = np.minimum(1, np.maximum(0, slope) * 4)
    return np.asarray(frame * (1 - (0.4 + 0.55 * bad) * dark_side))


def moire(frame: Light, spot: Spot, random: Generator, bad: float) -> Light:
    """The grids of screen and sensor: crossing waves with a length of a few pixels."""
    rows, columns = _grid(frame)
    for _ in range(2):
        angle, length = random.uniform(0, np.pi), random.uniform(2.5, 3.0 + spot.half / 8)
        wave = np.sin((columns * np.cos(angle) + rows * np.sin(angle)) * 2 * np.pi / length)
        frame = frame * (1 + (0.1 + 0.55 * bad) * 0.6 * wave)
    return frame


def bands(frame: Light, spot: Spot, random: Generator, bad: float) -> Light:
    """A screen refresh during a rolling shutter: dark bars."""
    rows, _ = _grid(frame)
    wave = np.sin(rows * 2 * np.pi / (spot.half * random.uniform(0.25, 1.2)) + random.uniform(0, 6))
    return np.asarray(frame * (1 - (0.2 + 0.65 * bad) * (0.5 + 0.5 * np.tanh(3 * wave))))


def cracks(frame: Light, spot: Spot, random: Generator, bad: float) -> Light:
    """Cracked glass: irregular bright and dark lines from one point."""
    start = np.array([spot.x, spot.y]) + random.uniform(-1, 1, 2) * spot.half
    for _ in range(2 + int(6 * bad)):
        heading, points = random.uniform(0, 2 * np.pi), [start]
        for _ in range(6):
            heading += random.normal(0, 0.35)
            points.append(points[-1] + spot.half * 0.45 * np.array([np.cos(heading), np.sin(heading)]))
        line = np.array(points, np.int32)
        shade, width = float(random.choice((30, 235))), 1 + int(random.integers(0, 3))
        cv2.polylines(frame, [line], isClosed=False, color=shade, thickness=width, lineType=cv2.LINE_AA)
    return frame


def scratches(frame: Light, spot: Spot, random: Generator, bad: float) -> Light:
    """A worn card: straight pale scratches."""
    for _ in range(int(2 + 16 * bad)):
        start = np.array([spot.x, spot.y]) + random.uniform(-1.1, 1.1, 2) * spot.half
        end = start + random.normal(0, spot.half * 0.6, 2)
        shade, width = float(random.choice((215, 60), p=(0.8, 0.2))), 1 + int(random.integers(0, 3))
        cv2.line(frame, start.astype(int).tolist(), end.astype(int).tolist(), shade, width, cv2.LINE_AA)
    return frame


def cover(frame: Light, spot: Spot, random: Generator, bad: float) -> Light:
    """A thumb or a sticker over a part of the code, sometimes over a corner."""
    reach = spot.half * random.uniform(0.1, 1.0)
    angle = random.uniform(0, 2 * np.pi)
    at = int(spot.x + reach * np.cos(angle)), int(spot.y + reach * np.sin(angle))
    axes = int(spot.half * (0.1 + 0.35 * bad)), int(spot.half * (0.1 + 0.25 * bad))
    turn, shade = float(random.uniform(0, 180)), float(random.uniform(40, 220))
    cv2.ellipse(frame, at, axes, turn, 0, 360, shade, -1, cv2.LINE_AA)
    return frame


def bend(frame: Light, spot: Spot, random: Generator, bad: float) -> Light:
    """A bent card or a rolled sheet: the code on a cylinder."""
    rows, columns = _grid(frame)
    depth = (0.03 + 0.22 * bad) * spot.half
    if random.random() < 0.5:
        across = (columns - spot.x) / (1.2 * spot.half)
        return cv2.remap(
            frame, columns, rows + depth * across**2, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT
        )
    across = (rows - spot.y) / (1.2 * spot.half)
    return cv2.remap(
        frame, columns + depth * across**2, rows, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT
    )


class Fault(NamedTuple):
    """A row: how the view changes with `bad`, and what is drawn on the frame."""

    view: Callable[[View, float, Generator], View]
    mark: Callable[[Light, Spot, Generator, float], Light] | None = None


def _same(view: View, _bad: float, _random: Generator) -> View:
    return view


def _tilted(degrees: float) -> Callable[[View, float, Generator], View]:
    return lambda view, bad, random: replace(
        view, tilt=degrees, tilt_axis=random.uniform(0, 360), module=10 - 4 * bad
    )


FAULTS: dict[str, Fault] = {
    "none": Fault(_same),
    "tilt_45": Fault(_tilted(45)),
    "tilt_60": Fault(_tilted(60)),
    "tilt_70": Fault(_tilted(70)),
    "turned": Fault(lambda view, _, random: replace(view, turn=random.uniform(0, 360))),
    "blur": Fault(lambda view, bad, _: replace(view, blur=view.module * (0.15 + 0.5 * bad))),
    "motion": Fault(
        lambda view, bad, random: replace(
            view, motion=view.module * (0.5 + 1.7 * bad), motion_angle=random.uniform(0, 180)
        )
    ),
    "noise": Fault(lambda view, bad, _: replace(view, noise=15 + 65 * bad)),
    "dark": Fault(lambda view, bad, _: replace(view, light=0.25 - 0.22 * bad, noise=5, quality=75)),
    "pale": Fault(lambda view, bad, _: replace(view, contrast=0.3 - 0.25 * bad)),
    "bright": Fault(lambda view, bad, _: replace(view, light=1.5 + 5 * bad, noise=6)),
    "jpeg": Fault(lambda view, bad, _: replace(view, quality=int(28 - 25 * bad))),
    "small": Fault(lambda view, bad, _: replace(view, module=3.5 - 2 * bad)),
    "far_and_soft": Fault(lambda view, bad, _: replace(view, module=3.5 - 0.8 * bad, blur=1.0, noise=8)),
    "inverted": Fault(lambda view, bad, _: replace(view, inverted=True, module=6 - 2.5 * bad)),
    "dark_mode_dim": Fault(lambda view, bad, _: replace(view, inverted=True, light=0.35 - 0.3 * bad)),
    "inverted_tilt": Fault(
        lambda view, bad, random: _tilted(40 + 30 * bad)(replace(view, inverted=True), bad, random)
    ),
    "glare": Fault(_same, glare),
    "veil": Fault(_same, veil),
    "shadow": Fault(_same, shadow),
    "moire": Fault(_same, moire),
    "bands": Fault(_same, bands),
    "cracks": Fault(_same, cracks),
    "scratches": Fault(_same, scratches),
    "cover": Fault(_same, cover),
    "bend": Fault(_same, bend),
}


def _grid(frame: Light) -> tuple[Light, Light]:
    rows, columns = np.mgrid[0 : frame.shape[0], 0 : frame.shape[1]].astype(np.float32)
    return rows, columns


def _bump(frame: Light, x: float, y: float, wide: float, high: float) -> Light:
    rows, columns = _grid(frame)
    return np.exp(-(((columns - x) / wide) ** 2 + ((rows - y) / high) ** 2)).astype(np.float32)


def _ramp(frame: Light, spot: Spot, angle: float, sharpness: float = 1.0) -> Light:
    rows, columns = _grid(frame)
    along = ((columns - spot.x) * np.cos(angle) + (rows - spot.y) * np.sin(angle)) / spot.half
    return np.asarray(np.clip(along * sharpness, -1, 1).astype(np.float32))
