"""The steps read their kinds of fault, stop at their budget, and read nothing if there is no code."""

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


NEVER_LIGHT = {"bend", "tilt_70"}  # even a mild form is not always read


def stopped_clock() -> Callable[[], float]:
    """A stopped clock: every step is tried, even on a busy machine."""
    return lambda: 0.0


def frame(*symbols: tuple[str, float]) -> np.ndarray:
    """Codes side by side on a grey table, each at its own scale."""
    table = np.full((720, 1280), 170, np.uint8)
    left = 40
    for text, scale in symbols:
        drawn = cv2.resize(raster(text, PLAIN), None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
        table[60 : 60 + drawn.shape[0], left : left + drawn.shape[1]] = drawn
        left += drawn.shape[1] + 60
    return table


@pytest.mark.parametrize("kind", [kind for kind in FAULTS if kind not in NEVER_LIGHT])
def test_a_card_with_one_light_fault_is_read(kind: str) -> None:
    """A card with a mild form of each fault is read."""
    drawn = draw(kind, 0.1, np.random.default_rng(3))

    assert read(open_picture(drawn.jpeg), stopped_clock()) == [drawn.text]


def test_a_bent_card_is_read() -> None:
    """A code on a curved surface that is found but not read is read after dewarping."""
    drawn = draw("bend", 0.5, np.random.default_rng(0))
    picture = open_picture(drawn.jpeg)

    assert decoders.readable(decoders.decode_zxing(picture.working)) == []
    assert read(picture, stopped_clock()) == [drawn.text]


def test_all_symbols_are_given_and_the_nearest_first() -> None:
    """Anna's card is larger than Bruno's: it comes first, and both are returned."""
    data = encode(frame((BRUNO, 0.6), (ANNA, 1.2)), 90)

    assert read(open_picture(data)) == [ANNA, BRUNO]


def test_the_same_code_twice_is_one_text() -> None:
    """A card and its copy on a screen give one text."""
    assert read(open_picture(encode(frame((ANNA, 0.8), (ANNA, 1.0)), 90))) == [ANNA]


@pytest.mark.parametrize("noise", [0, 40])
def test_nothing_is_read_where_there_is_no_code(noise: int) -> None:
    """No step reads a text on an empty table, with or without noise."""
    grain = np.random.default_rng(5).normal(170, noise, (720, 1280))

    assert read(open_picture(encode(np.clip(grain, 0, 255).astype(np.uint8), 80)), stopped_clock()) == []


@pytest.mark.parametrize("side", [1, 2, 7, 30])
def test_the_smallest_pictures_pass_every_step(side: int) -> None:
    """No step fails on a picture of a few pixels."""
    data = bytes(cv2.imencode(".png", np.full((side, side), 90, np.uint8))[1])

    assert read(open_picture(data), stopped_clock()) == []


def test_no_step_begins_after_the_budget(monkeypatch: pytest.MonkeyPatch) -> None:
    """If the clock advances by a second at each call, one step is tried."""
    tried: list[ViewKind] = []
    real = pipeline._preprocessed

    def record(step: Step, grey: Grey) -> Iterable[Grey]:
        tried.append(step.view)
        return real(step, grey)

    monkeypatch.setattr(pipeline, "_preprocessed", record)
    ticks = count()

    assert read(open_picture(encode(frame(), 80)), lambda: float(next(ticks))) == []
    assert tried == [STEPS[0].view]


def test_dewarping_stops_at_the_budget(monkeypatch: pytest.MonkeyPatch) -> None:
    """All kinds of bend are one step, which ends early at the budget."""
    drawn = draw("bend", 0.97, np.random.default_rng(1))
    monkeypatch.setattr(pipeline, "STEPS", [step for step in STEPS if step.view is ViewKind.RECTIFIED])
    ticks = iter((0.0, pipeline.BUDGET_S))

    assert read(open_picture(drawn.jpeg), lambda: next(ticks)) == []
    assert list(ticks) == []


def test_an_uncertain_text_is_accepted_when_it_is_read_again() -> None:
    """A short text with much correction is accepted after preprocessing only if a second step agrees."""
    uncertain = decoders.Symbol("266261", ((0, 0), (9, 0), (9, 9), (0, 9)), is_uncertain=True)
    consensus = pipeline.Consensus()

    assert consensus.confirm([uncertain], is_plain=False) == []
    assert consensus.confirm([uncertain], is_plain=False) == [uncertain]
    assert pipeline.Consensus().confirm([uncertain], is_plain=True) == [uncertain]


def test_a_damaged_part_of_a_code_is_not_another_text() -> None:
    """A scratched card with a part that looks like a tiny symbol is read correctly or not at all."""
    drawn = draw("scratches", 17.5 / 20, np.random.default_rng((20261123, 23, 17)))

    assert read(open_picture(drawn.jpeg), stopped_clock()) in ([], [drawn.text])


def test_a_photo_with_a_second_size_gets_more_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """Crops of large photos come from the full size."""
    large = cv2.resize(frame((ANNA, 1.0)), None, fx=3, fy=3, interpolation=cv2.INTER_LINEAR)
    steps = [step for step in STEPS if step.view is ViewKind.FIRST_REGION]
    monkeypatch.setattr(pipeline, "STEPS", steps)

    assert read(open_picture(encode(large, 85)), stopped_clock()) == [ANNA]


def test_a_picture_hardly_larger_than_a_code_has_no_crop() -> None:
    """Without a region, the steps for regions are skipped."""
    views = Views(open_picture(bytes(cv2.imencode(".png", np.full((40, 40), 90, np.uint8))[1])))

    assert views.get(ViewKind.FIRST_REGION) is None
    assert views.get(ViewKind.RECTIFIED) is None


def test_without_zbar_the_other_steps_still_read(monkeypatch: pytest.MonkeyPatch) -> None:
    """If libzbar is missing, its steps read nothing, and the others continue."""
    monkeypatch.setattr(decoders, "pyzbar", None)

    assert decoders.decode_zbar(raster(ANNA, PLAIN)) == []
    assert read(open_picture(encode(frame((ANNA, 1.0)), 90)), stopped_clock()) == [ANNA]


def test_texts_of_zbar_are_accepted_in_ascii_only() -> None:
    """Zbar guesses other encodings, often wrongly, so such a text is not accepted."""
    assert [symbol.text for symbol in decoders.decode_zbar(raster(ANNA, PLAIN))] == [ANNA]
    assert [symbol.text for symbol in decoders.decode_zbar(raster("Zürich, Hörsaal 3", PLAIN))] == [None]


def test_a_system_without_libzbar_is_no_error(monkeypatch: pytest.MonkeyPatch) -> None:
    """If pyzbar cannot be imported, the decoders load and report it."""
    monkeypatch.setitem(sys.modules, "pyzbar", None)
    spec = importlib.util.spec_from_file_location("decoders_without_zbar", str(decoders.__file__))
    assert spec is not None
    assert spec.loader is not None
    without = importlib.util.module_from_spec(spec)
    monkeypatch.setitem(sys.modules, spec.name, without)
    spec.loader.exec_module(without)

    assert without.HAS_ZBAR is False


def test_dewarping_tries_every_direction() -> None:
    """Rows and columns at three depths in both directions, halves at two: each gives another picture."""
    flat = np.random.default_rng(6).integers(
        0, 255, (preprocessing.RECTIFIED_SIDE, preprocessing.RECTIFIED_SIDE), np.uint8
    )

    assert len({bent.tobytes() for bent in preprocessing.dewarped(flat)}) == 2 * (3 * 2 + 2 * 4)
