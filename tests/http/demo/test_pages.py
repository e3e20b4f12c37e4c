"""The pages with the demo cards, to view, print and download."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING

import cv2
import numpy as np
import pytest
import zxingcpp

from tests.support.app_factory import close, make_app
from tests.support.html_page import WHOLE_NUMBER, parse_page
from tests.support.svg import squares, text_of
from validator.demo.deck import BY_SLUG, DECK

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from flask import Flask
    from flask.testing import FlaskClient

    from validator.demo.card import DemoCard

BRUNO = BY_SLUG["bruno-darkmode"]


@pytest.fixture(name="demo", scope="module")
def _demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    folder: Path = tmp_path_factory.mktemp("demo")
    app = make_app(folder, "http://127.0.0.1:9", demo="1")
    yield app
    close(app)


@pytest.fixture(name="visitor")
def _visitor(demo: Flask) -> FlaskClient:
    """A browser without a session."""
    return demo.test_client()


def test_the_page_shows_every_card_and_what_to_expect(visitor: FlaskClient) -> None:
    """Each card has a drawing, its story, the expected answer, and two files to download."""
    page = parse_page(visitor.get("/demo/cards"))

    assert [figure.attrs["id"] for figure in page.all("figure")] == [card.slug for card in DECK]
    assert len(page.all("a", download="")) == 2 * len(DECK)
    for card in DECK:
        (figure,) = page.all("figure", id=card.slug)
        assert card.story.split()[-1] in figure.text


@pytest.mark.parametrize(
    ("slug", "answer"),
    [
        ("anna-active", "Expected result: VALID"),
        ("luca-yesterday", "Expected result: NOT VALID · EXPIRED"),
        ("maya-suspended", "Expected result: NOT VALID · SUSPENDED"),
        ("olga-unregistered", "Expected result: NOT VALID · NOT REGISTERED"),
        ("sven-silent", "Expected result: COULD NOT CHECK"),
        ("henri-sandbox", "With a remark: The code belongs to the card register’s test system."),
    ],
)
def test_the_expected_answers_use_the_words_of_the_result_pages(
    visitor: FlaskClient, slug: str, answer: str
) -> None:
    """The words below the card and after the check are the same."""
    assert answer in parse_page(visitor.get("/demo/cards")).one("figure", id=slug).text


@pytest.mark.parametrize("card", DECK, ids=lambda card: card.slug)
def test_the_drawing_holds_the_cards_own_code(visitor: FlaskClient, card: DemoCard) -> None:
    """The drawing contains the card's code with its quiet zone, and no active content."""
    answer = visitor.get(f"/demo/cards/{card.slug}.svg")

    assert answer.mimetype == "image/svg+xml"
    assert text_of(squares(answer.text)) == (card.payload, "4-M")
    for active in ("<script", "<style", "style=", "href="):
        assert active not in answer.text
    assert card.holder in answer.text


@pytest.mark.parametrize("card", DECK, ids=lambda card: card.slug)
def test_the_picture_is_the_cards_own_code(visitor: FlaskClient, card: DemoCard) -> None:
    """The picture holds the text of the card, inverted if the card is inverted."""
    with closing(visitor.get(f"/demo/cards/{card.slug}.png")) as answer:
        picture = cv2.imdecode(np.frombuffer(answer.data, np.uint8), cv2.IMREAD_GRAYSCALE)

    assert picture is not None
    assert picture.shape == (410, 410)
    assert [code.text for code in zxingcpp.read_barcodes(picture)] == [card.payload]
    assert picture[5, 5] == (0 if card.inverted else 255)


@pytest.mark.parametrize("name", ["nobody.svg", "nobody.png", f"{BRUNO.escn}.png", "bruno-darkmode.gif"])
def test_only_the_name_of_a_card_finds_it(visitor: FlaskClient, name: str) -> None:
    """A number in the URL finds nothing."""
    answer = visitor.get(f"/demo/cards/{name}")

    assert answer.status_code == 404
    assert not WHOLE_NUMBER.search(answer.text)


def test_there_is_no_deck_outside_demo_mode(anonymous: FlaskClient) -> None:
    """A real site serves no demo card."""
    for address in ("/demo/cards", "/demo/cards/anna-active.svg", "/demo/cards/anna-active.png"):
        assert anonymous.get(address).status_code == 404
