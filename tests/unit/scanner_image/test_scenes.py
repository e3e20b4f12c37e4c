"""A card is read beside other codes, on any background, in colours and with styled modules."""

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
    """A stopped clock: every step is tried, even on a busy machine."""
    return 0.0


def number_in(data: bytes) -> str:
    """The number that is chosen from all texts of this picture."""
    return choose(read(open_picture(data), stopped, stopped)).escn.value


def plainly(data: bytes) -> list[str | None]:
    """The texts without preprocessing."""
    return [symbol.text for symbol in decoders.decode_zxing(open_picture(data).working)]


def png(pixels: cv2.typing.MatLike) -> bytes:
    return bytes(cv2.imencode(".png", pixels)[1])


def test_the_search_ends_where_a_code_fills_the_picture() -> None:
    """No other code fits beside it."""
    steps = count()
    data = encode(raster(scenes.CAMPUS, PLAIN), 90)

    assert read(open_picture(data), lambda: next(steps) * 0.0, stopped) == [scenes.CAMPUS]
    assert next(steps) <= len(pipeline.PLAIN_STEPS) + 1


def test_colours_of_a_large_picture_are_not_decoded() -> None:
    """A PNG is decoded at full size each time, so a large one is decoded in grey only."""
    picture = open_picture(png(np.full((2_000, 3_000), 255, np.uint8)))

    assert Views(picture).get(ViewKind.CHANNEL) is None


@pytest.mark.parametrize("fault", ["blur", "dim", "no quiet zone", "scratches", "small", "tilt"])
def test_a_foreign_code_beside_the_card_does_not_end_the_search(fault: str) -> None:
    """The campus code is read at once, the card's is not: the search continues and returns both."""
    data = encode(scenes.beside(ANNA, fault), 90)

    assert plainly(data) == [scenes.CAMPUS]
    assert set(read(open_picture(data), stopped, stopped)) == {scenes.CAMPUS, ANNA}


def test_the_card_is_found_among_thirty_two_codes() -> None:
    """The one number among many foreign codes is chosen."""
    others = [f"{scenes.CAMPUS}&n={index}" for index in range(31)]

    assert number_in(encode(scenes.crowd(ANNA, others), 90)) == NUMBER


def test_the_search_continues_past_a_foreign_code_only_if_the_rest_may_contain_more(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """On an empty table the search ends; if something like a code is left, it continues."""
    tried: list[int] = []
    real = decoders.readable

    def record(symbols: list[Symbol]) -> list[Symbol]:
        tried.append(len(symbols))
        return real(symbols)

    monkeypatch.setattr(decoders, "readable", record)
    alone = scenes.lay(scenes.table(), raster(scenes.CAMPUS, PLAIN), scenes.Position(400, 300, 220))
    damaged = alone.copy()
    damaged[100:300, 650:850] = (
        np.random.default_rng(4).integers(0, 2, (50, 50), np.uint8).repeat(4, 0).repeat(4, 1) * 255
    )

    assert read(open_picture(encode(alone, 90)), stopped, stopped) == [scenes.CAMPUS]
    assert len(tried) == 1
    assert read(open_picture(encode(damaged, 90)), stopped, stopped) == [scenes.CAMPUS]
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
    """Dark modules on a dark background, or inverted ones on a light one."""
    assert number_in(encode(scene, 88)) == NUMBER


@pytest.mark.parametrize("side", [16, 20, 24, 32])
def test_styled_modules_that_do_not_touch_are_read(side: int) -> None:
    """Large dots with gaps, as on a screenshot."""
    assert number_in(png(scenes.separated(ANNA, side))) == NUMBER


@pytest.mark.parametrize(("ink", "paper"), [((60, 60, 200), (200, 84, 60)), ((0, 150, 255), (20, 190, 120))])
def test_two_colours_of_one_brightness_are_distinguished(
    ink: tuple[int, int, int], paper: tuple[int, int, int]
) -> None:
    """If the code is hardly visible in grey, the colour channel with the best contrast is read."""
    data = bytes(cv2.imencode(".jpg", scenes.two_colours(ANNA, ink, paper))[1])

    assert plainly(data) == []
    assert number_in(data) == NUMBER


@pytest.mark.parametrize("light", [False, True], ids=["dark modules", "light modules"])
def test_a_drawing_beside_a_transparent_code_does_not_hide_it(light: bool) -> None:  # noqa: FBT001 - a case
    """The background that suits the panel hides the code, so the other one is tried, too."""
    assert number_in(png(scenes.transparent(ANNA, light=light))) == NUMBER


def test_a_busy_machine_reads_the_same() -> None:
    """Processor time limits the steps; wall-clock time is only the outer limit."""
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
    """Wallet passes contain the address in Aztec or PDF417."""
    assert number_in(encode(scenes.other_symbol(ANNA, symbology, width), 92)) == NUMBER


@pytest.mark.parametrize("symbology", [BarcodeFormat.Code39, BarcodeFormat.Code128])
@pytest.mark.parametrize(
    "text", ["00123456789", NUMBER.replace("-", "").upper()], ids=["library", "a number"]
)
def test_a_linear_code_is_named_and_never_taken_for_a_card(symbology: BarcodeFormat, text: str) -> None:
    """Codes of libraries have weak checks or none: their text is never a card number."""
    texts = read(open_picture(encode(scenes.other_symbol(text, symbology, 900), 92)), stopped, stopped)

    with pytest.raises(NotAnEscCode) as refusal:
        choose(texts)
    assert refusal.value.kind is Kind.BARCODE
    assert text not in texts
