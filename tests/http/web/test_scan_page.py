"""The scanner page: a photo goes in, the answer comes out on the same page."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

from tests.support.cards import ANNA, BRUNO, status_v2
from tests.support.codes import png_of
from tests.support.html_page import parse_page

if TYPE_CHECKING:
    from flask.testing import FlaskClient
    from pytest_httpserver import HTTPServer
    from werkzeug.test import TestResponse

    from tests.support.html_page import HtmlPage

NO_CARDS: tuple[tuple[tuple[str, ...], str], ...] = (
    ((), "no_code_found"),
    ((ANNA, BRUNO), "several_codes"),
    (("WIFI:S:campus;P:hunter2;;",), "not_an_esc_code"),
    ((f"https://esc.gg.x.eu/{ANNA}",), "lookalike_host"),
    (("urn:schac:personalUniqueCode:int:esi:lmu.de:hunter2",), "esi_not_escn"),
)
MULTIPART = "multipart/form-data; boundary=x"
STATUS = "/esc-rest/api/v2/cards/{}/status"


def upload(who: FlaskClient, data: io.BytesIO, name: str = "IMG_0001.jpg") -> TestResponse:
    return who.post("/", data={"image": (data, name)})


def refused(answer: TestResponse, status: int, code: str) -> HtmlPage:
    """The page of a refusal: its status, its code, and the forms still there."""
    page = parse_page(answer)
    line = page.one("p", data_testid="refusal")
    assert (answer.status_code, line.attrs["data-code"], line.attrs["role"]) == (status, code, "status")
    assert page.all(data_testid="verdict") == []
    assert len(page.all("input", name="number")) == 1
    return page


def test_the_page_takes_photos_and_numbers(sara: FlaskClient) -> None:
    """Both ways stand on the first page: the phone's camera by a plain file field, and the number."""
    page = parse_page(sara.get("/"))
    photo = page.one("input", name="image")

    assert photo.attrs.items() >= {"type": "file", "accept": "image/*", "capture": "environment"}.items()
    assert page.one("form", enctype="multipart/form-data").attrs["action"] == "/"
    assert page.one("input", name="number").attrs["autocomplete"] == "off"


def test_a_photo_of_an_active_card_is_valid(sara: FlaskClient, httpserver: HTTPServer) -> None:
    """A photo of a card's code becomes VALID, with what the Router says, and the next card can come."""
    httpserver.expect_request(STATUS.format(ANNA)).respond_with_json(status_v2(ANNA))

    answer = upload(sara, png_of(f"https://s.esc-r.eu/{ANNA}"))
    page = parse_page(answer)
    section = page.one("section", data_testid="verdict")

    assert answer.status_code == 200
    assert (
        section.attrs.items()
        >= {
            "data-outcome": "valid",
            "data-reason": "active",
            "data-source": "router",
            "role": "status",
        }.items()
    )
    assert page.one("title").text.startswith("VALID")
    assert "Université de Saint-Valentin" in section.text
    assert page.one("time", datetime="2099-12-31").text == "31 December 2099"
    assert "Compare the photo and the name" in section.text
    assert len(page.all("input", name="image")) == 1


def test_the_number_is_masked_and_folded_away(sara: FlaskClient, httpserver: HTTPServer) -> None:
    """Of the card's number the page holds the first and last four characters, inside the folded details."""
    httpserver.expect_request(STATUS.format(ANNA)).respond_with_json(status_v2(ANNA))

    page = parse_page(upload(sara, png_of(ANNA)))

    assert "3e50…0001" in page.one("details").text
    assert page.html.count("3e50") == 1


def test_the_issuers_name_for_a_card_is_not_shown_unless_asked_for(
    sara: FlaskClient, httpserver: HTTPServer
) -> None:
    """The display name, which may be a person's, stays away by default."""
    httpserver.expect_request(STATUS.format(ANNA)).respond_with_json(
        status_v2(ANNA, displayName="Anna Active")
    )

    assert "Anna" not in upload(sara, png_of(ANNA)).text


def test_a_photo_without_a_card_is_refused_kindly(sara: FlaskClient) -> None:
    """One line says what to do; the forms stay, and nothing of a foreign code is shown."""
    for texts, code in NO_CARDS:
        page = refused(upload(sara, png_of(*texts)), 422, code)

        assert page.one("title").text.startswith("Check a card: ")
        for secret in ("hunter2", "campus", "gg.x", "lmu"):
            assert secret not in page.html


def test_a_file_that_is_no_photo_is_refused_kindly(sara: FlaskClient) -> None:
    """A document and a picture beyond the bound are told apart, and scanning goes on."""
    refused(upload(sara, io.BytesIO(b"%PDF-1.7 not a picture")), 415, "unsupported_image")
    refused(sara.post("/", data=b"x" * 13_000_000, content_type=MULTIPART), 413, "image_too_large")


def test_pressing_the_button_without_a_photo_says_what_to_do(sara: FlaskClient) -> None:
    """Neither an empty form nor a missing field is a fault."""
    empty = sara.post("/", data={"image": (io.BytesIO(), "")})

    for answer in (empty, sara.post("/")):
        assert "No photo arrived" in refused(answer, 422, "unsupported_image").text


def test_a_text_in_place_of_the_photo_is_no_fault(sara: FlaskClient) -> None:
    """A field named image that is no file counts as no photo."""
    refused(sara.post("/", data={"image": ANNA}), 422, "unsupported_image")
