"""The steps read what they are there for, stop at their budget, and find nothing where there is nothing."""

from __future__ import annotations

import importlib.util
import sys
from itertools import count
from typing import TYPE_CHECKING

import cv2
import numpy as np
import pytest

from scanner import decoders, pipeline, preprocessing
from scanner.image import open_picture
from scanner.pipeline import STEPS, Step, read
from scanner.views import ViewKind, Views
from tests.support.drawing import draw, encode
from tests.support.drawing_faults import FAULTS
from tests.support.drawing_symbols import PLAIN, raster

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from scanner.image import Grey

ANNA = "https://s.esc-r.eu/3e506370-826a-103d-bf76-001000000001"
BRUNO = "http://esc.gg/7d1f0a20-93fb-103e-9b31-001000000001"


NEVER_LIGHT = {"bend", "tilt_70"}  # even at their mildest not every such card is read


def no_hurry() -> Callable[[], float]:
    """A clock that stands still: every step is tried, however busy the machine."""
    return lambda: 0.0


def frame(*symbols: tuple[str, float]) -> np.ndarray:
    """Codes side by side on a grey table, each with its share of a raster's size."""
    table = np.full((720, 1280), 170, np.uint8)
    left = 40
    for text, scale in symbols:
        drawn = cv2.resize(raster(text, PLAIN), None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
        table[60 : 60 + drawn.shape[0], left : left + drawn.shape[1]] = drawn
        left += drawn.shape[1] + 60
    return table


@pytest.mark.parametrize("kind", [kind for kind in FAULTS if kind not in NEVER_LIGHT])
def test_a_card_with_one_light_fault_is_read(kind: str) -> None:
    """Every kind of fault in its mild form leaves a card readable."""
    drawn = draw(kind, 0.1, np.random.default_rng(3))

    assert read(open_picture(drawn.jpeg), no_hurry()) == [drawn.text]


def test_a_bent_card_is_read() -> None:
    """A code on a curved surface, found but not read as it is, is read bent back."""
    drawn = draw("bend", 0.5, np.random.default_rng(0))
    picture = open_picture(drawn.jpeg)

    assert decoders.readable(decoders.decode_zxing(picture.working)) == []
    assert read(picture, no_hurry()) == [drawn.text]


def test_all_symbols_are_given_and_the_nearest_first() -> None:
    """Anna holds her card before Bruno's, which is smaller: hers comes first, his is not lost."""
    data = encode(frame((BRUNO, 0.6), (ANNA, 1.2)), 90)

    assert read(open_picture(data)) == [ANNA, BRUNO]


def test_the_same_code_twice_is_one_text() -> None:
    """A card and its copy on a screen say one thing."""
    assert read(open_picture(encode(frame((ANNA, 0.8), (ANNA, 1.0)), 90))) == [ANNA]


@pytest.mark.parametrize("noise", [0, 40])
def test_nothing_is_read_where_there_is_no_code(noise: int) -> None:
    """A table, sharp or grainy, holds no text after every step."""
    grain = np.random.default_rng(5).normal(170, noise, (720, 1280))

    assert read(open_picture(encode(np.clip(grain, 0, 255).astype(np.uint8), 80)), no_hurry()) == []


@pytest.mark.parametrize("side", [1, 2, 7, 30])
def test_the_smallest_pictures_pass_every_step(side: int) -> None:
    """A picture of a few pixels is no trouble to any step."""
    data = bytes(cv2.imencode(".png", np.full((side, side), 90, np.uint8))[1])

    assert read(open_picture(data), no_hurry()) == []


def test_no_step_begins_after_the_budget(monkeypatch: pytest.MonkeyPatch) -> None:
    """With a clock that runs a second a glance, one step is tried and no more."""
    tried: list[ViewKind] = []
    real = pipeline._preprocessed

    def record(step: Step, grey: Grey) -> Iterable[Grey]:
        tried.append(step.view)
        return real(step, grey)

    monkeypatch.setattr(pipeline, "_preprocessed", record)
    ticks = count()

    assert read(open_picture(encode(frame(), 80)), lambda: float(next(ticks))) == []
    assert tried == [STEPS[0].view]


def test_bending_back_stops_at_the_budget(monkeypatch: pytest.MonkeyPatch) -> None:
    """The many ways of bending back are one step; it ends early when time is up."""
    drawn = draw("bend", 0.97, np.random.default_rng(1))
    monkeypatch.setattr(pipeline, "STEPS", [step for step in STEPS if step.view is ViewKind.RECTIFIED])
    ticks = iter((0.0, pipeline.BUDGET_S))

    assert read(open_picture(drawn.jpeg), lambda: next(ticks)) == []
    assert list(ticks) == []


def test_a_chance_reading_is_believed_when_it_comes_again() -> None:
    """A short text that needed much correction is taken from a costly step only if a second one agrees."""
    chance = decoders.Symbol("266261", ((0, 0), (9, 0), (9, 9), (0, 9)), is_uncertain=True)
    consensus = pipeline.Consensus()

    assert consensus.confirm([chance], is_plain=False) == []
    assert consensus.confirm([chance], is_plain=False) == [chance]
    assert pipeline.Consensus().confirm([chance], is_plain=True) == [chance]


def test_a_spoilt_piece_of_a_code_is_not_another_text() -> None:
    """A scratched card of which a piece looks like a tiny symbol is read rightly or not at all."""
    drawn = draw("scratches", 17.5 / 20, np.random.default_rng((20261123, 23, 17)))

    assert read(open_picture(drawn.jpeg), no_hurry()) in ([], [drawn.text])


def test_a_photo_with_a_second_size_gets_more_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """The full-size look belongs to large photos alone, and its crops come from the full size."""
    large = cv2.resize(frame((ANNA, 1.0)), None, fx=3, fy=3, interpolation=cv2.INTER_LINEAR)
    steps = [step for step in STEPS if step.view is ViewKind.FIRST_REGION]
    monkeypatch.setattr(pipeline, "STEPS", steps)

    assert read(open_picture(encode(large, 85)), no_hurry()) == [ANNA]


def test_a_picture_hardly_larger_than_a_code_has_no_crop() -> None:
    """Where no region stands out, the steps for regions are passed over."""
    views = Views(open_picture(bytes(cv2.imencode(".png", np.full((40, 40), 90, np.uint8))[1])))

    assert views.get(ViewKind.FIRST_REGION) is None
    assert views.get(ViewKind.RECTIFIED) is None


def test_without_zbar_the_other_steps_still_read(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where libzbar is missing its steps find nothing and stop nobody."""
    monkeypatch.setattr(decoders, "pyzbar", None)

    assert decoders.decode_zbar(raster(ANNA, PLAIN)) == []
    assert read(open_picture(encode(frame((ANNA, 1.0)), 90)), no_hurry()) == [ANNA]


def test_zbar_is_believed_in_ascii_only() -> None:
    """Of other bytes zbar guesses the alphabet and is often wrong, so such a text is not taken from it."""
    assert [symbol.text for symbol in decoders.decode_zbar(raster(ANNA, PLAIN))] == [ANNA]
    assert [symbol.text for symbol in decoders.decode_zbar(raster("Zürich, Hörsaal 3", PLAIN))] == [None]


def test_a_system_without_libzbar_is_no_error(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where pyzbar cannot be imported the decoders load all the same, and say so."""
    monkeypatch.setitem(sys.modules, "pyzbar", None)
    spec = importlib.util.spec_from_file_location("decoders_without_zbar", str(decoders.__file__))
    assert spec is not None
    assert spec.loader is not None
    without = importlib.util.module_from_spec(spec)
    monkeypatch.setitem(sys.modules, spec.name, without)
    spec.loader.exec_module(without)

    assert without.HAS_ZBAR is False


def test_bending_back_is_tried_in_every_direction() -> None:
    """Whole rows and columns at three depths each way, their halves at two: each way another picture."""
    flat = np.random.default_rng(6).integers(
        0, 255, (preprocessing.RECTIFIED_SIDE, preprocessing.RECTIFIED_SIDE), np.uint8
    )

    assert len({bent.tobytes() for bent in preprocessing.dewarped(flat)}) == 2 * (3 * 2 + 2 * 4)
