"""A card is read whatever is around it: other codes, any ground, colours, styled modules."""

from __future__ import annotations

from itertools import count
from typing import TYPE_CHECKING

import cv2
import numpy as np
import pytest
from zxingcpp import BarcodeFormat

from scanner import decoders, pipeline
from scanner.errors import Kind, NotAnEscCode
from scanner.image import open_picture
from scanner.payload import choose
from scanner.pipeline import read
from scanner.views import ViewKind, Views
from tests.support import drawing_scenes as scenes
from tests.support.drawing import encode
from tests.support.drawing_symbols import PLAIN, raster

if TYPE_CHECKING:
    from scanner.decoders import Symbol
    from scanner.image import Grey

ANNA = "https://s.esc-r.eu/3e506370-826a-103d-bf76-001000000001"
NUMBER = ANNA[-36:]


def stopped() -> float:
    """A clock that stands still: every step is tried, however busy the machine."""
    return 0.0


def number_in(data: bytes) -> str:
    """The number that is chosen of all texts in this picture."""
    return choose(read(open_picture(data), stopped, stopped)).escn.value


def plainly(data: bytes) -> list[str | None]:
    """What plain decoding reads."""
    return [symbol.text for symbol in decoders.decode_zxing(open_picture(data).working)]


def png(pixels: cv2.typing.MatLike) -> bytes:
    return bytes(cv2.imencode(".png", pixels)[1])


def test_the_search_ends_where_a_code_fills_the_picture() -> None:
    """No other code has room beside it."""
    steps = count()
    data = encode(raster(scenes.CAMPUS, PLAIN), 90)

    assert read(open_picture(data), lambda: next(steps) * 0.0, stopped) == [scenes.CAMPUS]
    assert next(steps) <= len(pipeline.PLAIN_STEPS) + 1


def test_colours_of_a_large_picture_are_not_looked_at() -> None:
    """A PNG is decoded whole for each look: of a large one its grey is enough."""
    picture = open_picture(png(np.full((2_000, 3_000), 255, np.uint8)))

    assert Views(picture).get(ViewKind.CHANNEL) is None


@pytest.mark.parametrize("fault", ["blur", "dim", "no quiet zone", "scratches", "small", "tilt"])
def test_a_foreign_code_beside_the_card_does_not_end_the_search(fault: str) -> None:
    """The campus code is read at once and the card's is not: the search goes on, and both are given."""
    data = encode(scenes.beside(ANNA, fault), 90)

    assert plainly(data) == [scenes.CAMPUS]
    assert set(read(open_picture(data), stopped, stopped)) == {scenes.CAMPUS, ANNA}


def test_the_card_is_found_among_thirty_two_codes() -> None:
    """However many foreign codes are in view, the one number among them is chosen."""
    others = [f"{scenes.CAMPUS}&n={index}" for index in range(31)]

    assert number_in(encode(scenes.crowd(ANNA, others), 90)) == NUMBER


def test_a_foreign_code_alone_is_looked_past_only_where_something_stands_out(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """On an empty table nothing is left to look at; where something like a code is left, steps go on."""
    tried: list[int] = []
    real = decoders.readable

    def record(symbols: list[Symbol]) -> list[Symbol]:
        tried.append(len(symbols))
        return real(symbols)

    monkeypatch.setattr(decoders, "readable", record)
    alone = scenes.lay(scenes.table(), raster(scenes.CAMPUS, PLAIN), scenes.Seat(400, 300, 220))
    spoilt = alone.copy()
    spoilt[100:300, 650:850] = (
        np.random.default_rng(4).integers(0, 2, (50, 50), np.uint8).repeat(4, 0).repeat(4, 1) * 255
    )

    assert read(open_picture(encode(alone, 90)), stopped, stopped) == [scenes.CAMPUS]
    assert len(tried) == 1
    assert read(open_picture(encode(spoilt, 90)), stopped, stopped) == [scenes.CAMPUS]
    assert len(tried) > len(pipeline.STEPS) / 2


@pytest.mark.parametrize(
    "scene",
    [
        pytest.param(scenes.without_quiet_zone(ANNA, 0), id="black"),
        pytest.param(scenes.without_quiet_zone(ANNA, 45), id="dark grey"),
        pytest.param(scenes.without_quiet_zone(ANNA, 16, rounded=True), id="rounded corners"),
        pytest.param(scenes.without_quiet_zone(ANNA, 250, inverted=True), id="inverted on white"),
    ],
)
def test_a_code_without_a_quiet_zone_is_read_on_any_ground(scene: Grey) -> None:
    """Modules that run into a dark ground, or inverted ones into a light one, are told from it."""
    assert number_in(encode(scene, 88)) == NUMBER


@pytest.mark.parametrize("side", [16, 20, 24, 32])
def test_styled_modules_that_do_not_touch_are_read(side: int) -> None:
    """Large dots with gaps between them, as on a screenshot."""
    assert number_in(png(scenes.separated(ANNA, side))) == NUMBER


@pytest.mark.parametrize(("ink", "paper"), [((60, 60, 200), (200, 84, 60)), ((0, 150, 255), (20, 190, 120))])
def test_two_colours_of_one_brightness_are_told_apart(
    ink: tuple[int, int, int], paper: tuple[int, int, int]
) -> None:
    """Where the code is hardly seen in grey, the channel in which it stands out most is read."""
    data = bytes(cv2.imencode(".jpg", scenes.two_colours(ANNA, ink, paper))[1])

    assert plainly(data) == []
    assert number_in(data) == NUMBER


@pytest.mark.parametrize("light", [False, True], ids=["dark modules", "light modules"])
def test_what_is_drawn_beside_a_transparent_code_does_not_hide_it(light: bool) -> None:  # noqa: FBT001 - a case
    """The ground that suits the panel hides the code: the other one is tried too."""
    assert number_in(png(scenes.transparent(ANNA, light=light))) == NUMBER


def test_a_busy_machine_reads_the_same() -> None:
    """Time on the wall counts only at its outer limit; the steps are bounded by the processor's."""
    data = encode(scenes.beside(ANNA, "no quiet zone"), 90)
    slow, hanging = count(), count()

    assert ANNA in read(open_picture(data), stopped, lambda: next(slow) * 0.02)
    assert read(open_picture(data), stopped, lambda: next(hanging) * pipeline.WALL_S) == [scenes.CAMPUS]


@pytest.mark.parametrize(
    ("symbology", "width"),
    [
        pytest.param(BarcodeFormat.Aztec, 220, id="Aztec"),
        pytest.param(BarcodeFormat.PDF417, 520, id="PDF417"),
    ],
)
def test_a_number_in_another_kind_of_symbol_counts(symbology: BarcodeFormat, width: float) -> None:
    """Wallet passes hold the address in Aztec or PDF417 as well."""
    assert number_in(encode(scenes.other_symbol(ANNA, symbology, width), 92)) == NUMBER


@pytest.mark.parametrize("symbology", [BarcodeFormat.Code39, BarcodeFormat.Code128])
@pytest.mark.parametrize(
    "text", ["00123456789", NUMBER.replace("-", "").upper()], ids=["library", "a number"]
)
def test_a_linear_code_is_named_and_never_taken_for_a_card(symbology: BarcodeFormat, text: str) -> None:
    """Libraries' codes have weak checks or none: what one says is never a card's number."""
    texts = read(open_picture(encode(scenes.other_symbol(text, symbology, 900), 92)), stopped, stopped)

    with pytest.raises(NotAnEscCode) as refusal:
        choose(texts)
    assert refusal.value.kind is Kind.BARCODE
    assert text not in texts
