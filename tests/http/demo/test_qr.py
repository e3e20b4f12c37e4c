"""The pictures of codes that the simulated Router draws."""

from __future__ import annotations

import base64
import re

import pytest

from tests.support.demo_router import QR, DemoRouter
from tests.support.svg import rects, text_of
from validator.demo.deck import BY_SLUG

ANNA = BY_SLUG["anna-active"]
PATH = QR.format(ANNA.escn)
SAYS = f"https://s.esc-r.eu/{ANNA.escn}"


def test_the_code_is_the_official_one(router: DemoRouter) -> None:
    """Version 4, level M, four modules of quiet zone, black on transparent, with the current address."""
    answer = router.get(PATH, Accept="image/svg+xml")
    modules, colours = rects(answer.text)

    assert answer.headers["Content-Type"].startswith("image/svg+xml")
    assert text_of(modules) == (SAYS, "4-M")
    assert {min(x for x, _ in modules), min(y for _, y in modules)} == {4}
    assert {max(x for x, _ in modules), max(y for _, y in modules)} == {36}
    assert colours == {"black"}
    assert 'fill="transparent"' in answer.text


@pytest.mark.parametrize(
    ("query", "width", "height"),
    [
        ("", 105.3, 69.3),
        ("?size=XS", 70.2, 46.2),
        ("?size=xs&orientation=vertical", 46.2, 56.2),
        ("?size=S&orientation=VERTICAL", 69.3, 84.3),
        ("?size=M&orientation=horizontal&colours=normal", 280.8, 184.8),
        ("?size=m&orientation=Vertical", 184.8, 224.8),
    ],
)
def test_every_size_is_as_documented(router: DemoRouter, query: str, width: float, height: float) -> None:
    """Width and height with the logo, for lower-case and upper-case parameters."""
    svg = router.get(PATH + query).text
    size = re.search(r'width="([\d.]+)" height="([\d.]+)"', svg)

    assert size is not None
    assert (float(size[1]), float(size[2])) == (width, height)
    assert text_of(rects(svg)[0])[0] == SAYS


def test_inverted_colours_are_white(router: DemoRouter) -> None:
    """For a dark background the same modules are white."""
    normal, _ = rects(router.get(PATH).text)

    assert rects(router.get(f"{PATH}?colours=inverted").text) == (normal, {"white"})


def test_text_is_the_picture_in_base64(router: DemoRouter) -> None:
    """A client that accepts plain text gets the same picture in Base64."""
    text = router.get(PATH, Accept="text/plain")

    assert text.headers["Content-Type"].startswith("text/plain")
    assert base64.b64decode(text.text, validate=True).decode() == router.get(PATH).text


@pytest.mark.parametrize(
    ("path", "accept", "message"),
    [
        (f"{PATH}?orientation=diagonal", "*/*", "orientation: one of horizontal, vertical"),
        (f"{PATH}?colours=pink", "*/*", "colours: one of normal, inverted"),
        (f"{PATH}?size=XXL", "text/plain", "size: one of XS, S, M"),
        (f"{PATH}?size=", "*/*", "size: one of XS, S, M"),
        (PATH, "image/png", "Accept: image/svg+xml or text/plain"),
        (QR.format("9" * 44), "*/*", "63 bytes; at most 62 fit"),
    ],
)
def test_what_cannot_be_drawn_is_an_api_error(
    router: DemoRouter, path: str, accept: str, message: str
) -> None:
    """A wrong parameter gives 400 with an ApiErrorMessage that lists the allowed values."""
    answer = router.get(path, Accept=accept)

    assert answer.status_code == 400
    assert answer.json() == {"code": "DEMO-400", "message": message}
