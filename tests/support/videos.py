"""What a camera sees over time, as films for Chromium's fake camera: MJPEG, 30 pictures a second, in a loop.

Drawn from a seed with invented numbers only; the faults are those of the drawn set.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import cv2
import numpy as np

from tests.support.drawing import encode, homography, through_lens
from tests.support.drawing_carriers import background, carrier
from tests.support.drawing_faults import FAULTS, Spot, View
from tests.support.drawing_symbols import MODULE, OFFICIAL_INVERTED, PLAIN, modules, payload, raster, style

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from numpy.random import Generator

    from tests.support.drawing_carriers import Face
    from tests.support.drawing_faults import Light
    from tests.support.drawing_symbols import Grey

PICTURES_A_SECOND = 30  # Chromium's own for MJPEG files
SMALL, LARGE = (720, 1280), (1080, 1920)  # rows and columns
QUALITY = 85
FOREIGN = (
    "WIFI:S:Mensa Lindenburg;T:WPA;P:knoedel;;",
    "https://www.example.org/speiseplan?woche=47",
    "urn:schac:personalUniqueCode:int:esi:example.org:0042424242",
)
# What a queue of phones and cards does to a camera; most of it is read in one frame or a few.
STREAM_KINDS = (
    "none", "turned", "tilt_45", "inverted", "blur", "glare", "moire", "dark_mode_dim", "motion", "veil",
)  # fmt: skip
SCREEN_SHARE = 0.64  # most codes are shown on phones
WORST_IN_STREAM = 0.35  # of the way from hardly seen to past what any reader reads


@dataclass(frozen=True, slots=True)
class Shot:
    """One card or code held before the camera for some pictures: the text of its code, and the JPEGs."""

    kind: str
    text: str
    pictures: list[bytes] = field(repr=False)


def write(path: Path, pictures: Iterable[bytes]) -> Path:
    """A film of these JPEGs for `--use-file-for-fake-video-capture`; its name must end in .mjpeg."""
    with path.open("wb") as film:
        film.writelines(pictures)
    return path


@dataclass(frozen=True, slots=True)
class Carried:
    """A code on its carrier as the camera is to see it, before a hand shakes it; `side` is in modules."""

    kind: str
    bad: float
    view: View
    face: Face
    side: int
    seed: int

    @property
    def random(self) -> Generator:
        """The same for every picture: background and fault do not change."""
        return np.random.default_rng(self.seed)


def held(kind: str, bad: float, random: Generator, *, pictures: int, text: str | None = None) -> Shot:
    """A card in a hand that is never quite still: the fault stays, the place, tilt and motion change."""
    view = FAULTS[kind].view(View(module=random.uniform(4, 7.5), turn=random.normal(0, 8)), bad, random)
    drawn = OFFICIAL_INVERTED if view.inverted else style(random)
    said = payload(random) if text is None else text
    where = "screen" if random.random() < SCREEN_SHARE else "plastic"
    face = carrier(where, raster(said, drawn), random, inverted=drawn.inverted)
    side = modules(said, drawn).shape[0]
    carried = Carried(kind, bad, view, face, side, int(random.integers(1 << 32)))
    return Shot(kind, said, [_shaken(carried, at) for at in range(pictures)])


def _shaken(carried: Carried, at: int) -> bytes:
    hand = np.random.default_rng((carried.seed, at))
    view = carried.view
    moved = replace(
        carried,
        view=replace(
            view,
            turn=view.turn + hand.normal(0, 2),
            tilt=view.tilt + abs(hand.normal(0, 4)),
            motion=view.motion * hand.uniform(0.2, 1.2),
            blur=view.blur * hand.uniform(0.8, 1.3),
        ),
    )
    frame, spot = _seen(moved, (640 + hand.normal(0, 25), 360 + hand.normal(0, 15)), SMALL)
    mark = FAULTS[carried.kind].mark
    marked = mark(frame, spot, carried.random, carried.bad) if mark else frame
    return encode(through_lens(marked, moved.view, hand), min(view.quality, QUALITY))


def _seen(carried: Carried, at: tuple[float, float], size: tuple[int, int]) -> tuple[Light, Spot]:
    """The frame before the lens, the code's centre there."""
    rows, columns = size
    module = carried.view.module
    canvas = background(rows, columns, carried.random)
    warp = homography(carried.face, carried.view, *at)
    pixels = cv2.GaussianBlur(carried.face.pixels, (0, 0), max(0.01, 0.42 * MODULE / module))
    frame = cv2.warpPerspective(pixels, warp, (columns, rows), dst=canvas, borderMode=cv2.BORDER_TRANSPARENT)
    return frame.astype(np.float32), Spot(*at, carried.side * module / 2)


def placed(text: str, view: View, at: tuple[float, float], size: tuple[int, int], seed: int) -> bytes:
    """One code with this text on a phone's screen, its centre there."""
    drawn = OFFICIAL_INVERTED if view.inverted else PLAIN
    random = np.random.default_rng(seed)
    face = carrier("screen", raster(text, drawn), random, inverted=drawn.inverted)
    frame, _ = _seen(Carried("none", 0, view, face, modules(text, drawn).shape[0], seed), at, size)
    return encode(through_lens(frame, view, random), QUALITY)


def far_code(text: str, seed: int) -> bytes:
    """A code of 15 mm at 20 cm in 1920×1080: 3.5 pixels a module, of ordinary sharpness and noise."""
    return placed(text, View(module=3.5, blur=1.0, noise=8, turn=4), (1010, 560), LARGE, seed)


def empty_room(seed: int, size: tuple[int, int] = SMALL) -> bytes:
    """A scene without a card."""
    random = np.random.default_rng(seed)
    return encode(through_lens(background(*size, random).astype(np.float32), View(), random), QUALITY)


def black(size: tuple[int, int] = SMALL) -> bytes:
    """What a camera gives that has not woken up."""
    return encode(np.zeros(size, np.uint8), QUALITY)


def queue(seed: int, cards: int, each_ms: int = 700, foreign_every: int = 0) -> Iterator[Shot]:
    """Different cards one after the other, each for `each_ms`; sometimes a foreign code, for longer."""
    pictures = round(each_ms * PICTURES_A_SECOND / 1000)
    for index in range(cards):
        random = np.random.default_rng((seed, index))
        kind = STREAM_KINDS[index % len(STREAM_KINDS)]
        yield _slowed(
            held(kind, random.uniform(0, WORST_IN_STREAM), random, pictures=-(-pictures // 3)), pictures
        )
        if foreign_every and index % foreign_every == foreign_every - 1:
            text = FOREIGN[index // foreign_every % len(FOREIGN)]
            # It is reported after 0.8 s without a card.
            yield _slowed(held("none", 0, random, pictures=pictures, text=text), 3 * pictures)


def _slowed(shot: Shot, pictures: int) -> Shot:
    """Each picture three times, as a camera at ten a second gives them."""
    return replace(shot, pictures=[shot.pictures[at // 3] for at in range(pictures)])


def as_grey(jpeg: bytes) -> Grey:
    """The pixels of a picture."""
    pixels = cv2.imdecode(np.frombuffer(jpeg, np.uint8), cv2.IMREAD_GRAYSCALE)
    if pixels is None:
        raise ValueError("no picture")
    return pixels
