"""Typing a number: every written form goes in, the answer comes out; only a possible slip is echoed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.support.cards import ANNA, NOT_FOUND, status_v2
from tests.support.html_page import parse_page

if TYPE_CHECKING:
    from flask.testing import FlaskClient
    from pytest_httpserver import HTTPServer

STATUS = f"/esc-rest/api/v2/cards/{ANNA}/status"
ACTIVE, EXPIRED = status_v2(ANNA), status_v2(ANNA, status="EXPIRED")
FORMS = (
    ANNA,
    f"  {ANNA.upper()}  ",
    ANNA.replace("-", ""),
    ANNA.replace("-", " "),
    f"https://s.esc-r.eu/{ANNA}",
    f"HTTP://ESC.GG/{ANNA}/",
)
NO_NUMBERS = (
    ("", "not_an_esc_code"),
    ("   ", "not_an_esc_code"),
    ("hunter2", "not_an_esc_code"),
    ("12345678", "not_an_esc_code"),
    (ANNA[:-1], "not_an_esc_code"),
    ("WIFI:S:x;P:hunter2;;", "not_an_esc_code"),
    ("<script>alert(1)</script>", "not_an_esc_code"),
    ("urn:schac:personalUniqueCode:int:esi:lmu.de:hunter2", "esi_not_escn"),
    (f"https://esc.gg.evil.example/{ANNA}", "lookalike_host"),
    ("hunter2" * 5_000, "not_an_esc_code"),
)


def test_the_field_is_kind_to_typing(sara: FlaskClient) -> None:
    """No completion, capitals or spelling help gets in the way; any form is let through."""
    field = parse_page(sara.get("/lookup")).one("input", name="number")

    assert (
        field.attrs.items()
        >= {
            "autocomplete": "off",
            "inputmode": "text",
            "autocapitalize": "none",
            "spellcheck": "false",
        }.items()
    )
    assert field.attrs.keys().isdisjoint({"pattern", "maxlength"})
    assert "autofocus" in field.attrs


def test_every_written_form_is_checked(sara: FlaskClient, httpserver: HTTPServer) -> None:
    """Capitals, missing dashes, spaces and whole addresses all lead to the card."""
    httpserver.expect_request(STATUS).respond_with_json(status_v2(ANNA))

    for typed in FORMS:
        page = parse_page(sara.post("/lookup", data={"number": typed}))

        assert page.one(data_testid="verdict").attrs["data-outcome"] == "valid"


def test_the_answer_is_read_out_with_the_field(sara: FlaskClient, httpserver: HTTPServer) -> None:
    """The focus is back in the field, which is described by the answer: heard, and ready for the next."""
    httpserver.expect_request(STATUS).respond_with_json(status_v2(ANNA))

    page = parse_page(sara.post("/lookup", data={"number": ANNA}))

    assert page.one("input", name="number").attrs["aria-describedby"] == "answer number-hint number-note"
    assert page.one(id="answer").text == "VALID"
    assert "autofocus" in page.one("input", name="number").attrs
    assert "value" not in page.one("input", name="number").attrs


def test_an_unregistered_card_is_told_without_blame(sara: FlaskClient, httpserver: HTTPServer) -> None:
    """NOT REGISTERED says that it is common, and what the student can do."""
    httpserver.expect_request(STATUS).respond_with_json(NOT_FOUND, status=404)

    page = parse_page(sara.post("/lookup", data={"number": ANNA}))
    section = page.one(data_testid="verdict")

    assert section.attrs["data-reason"] == "unknown_card"
    assert "NOT REGISTERED" in page.one(id="answer").text
    assert "The student can ask their international office" in section.text


def test_a_router_that_does_not_answer_gives_no_verdict(sara: FlaskClient, httpserver: HTTPServer) -> None:
    """A fault of the Router is COULD NOT CHECK, with whose it is and what to do."""
    httpserver.expect_request(STATUS).respond_with_data("<h1>Bad gateway</h1>", status=502)

    section = parse_page(sara.post("/lookup", data={"number": ANNA})).one(data_testid="verdict")

    assert (section.attrs["data-outcome"], section.attrs["data-reason"]) == (
        "could_not_check",
        "router_error",
    )
    assert "This says nothing about the card." in section.text
    assert "Bad gateway" not in section.text


@pytest.mark.parametrize(
    ("answer", "kept"),
    [
        ((404, NOT_FOUND), ANNA),
        ((500, {}), ANNA),
        ((200, ACTIVE), None),
        ((200, EXPIRED), None),
    ],
)
def test_only_a_number_that_may_be_a_slip_stays_in_the_field(
    sara: FlaskClient, httpserver: HTTPServer, answer: tuple[int, object], kept: str | None
) -> None:
    """NOT REGISTERED and COULD NOT CHECK leave the number there, in five groups, in this one answer."""
    status, body = answer
    httpserver.expect_request(STATUS).respond_with_json(body, status=status)

    for typed in (ANNA.replace("-", "").upper(), f"https://s.esc-r.eu/{ANNA}"):
        given = sara.post("/lookup", data={"number": typed})
        page = parse_page(given)
        field = page.one("input", name="number")

        assert field.attrs.get("value") == kept
        assert page.html.count(ANNA) == (1 if kept else 0)
        assert ("Change and check again" in page.text) == (kept is not None)
        assert given.headers["Cache-Control"] == "no-store"
    assert "value" not in parse_page(sara.get("/lookup")).one("input", name="number").attrs


def test_what_is_no_number_is_refused_and_not_echoed(sara: FlaskClient) -> None:
    """A refusal keeps the person typing, says what to do, and never repeats what was typed."""
    for typed, code in NO_NUMBERS:
        answer = sara.post("/lookup", data={"number": typed})
        page = parse_page(answer)

        assert answer.status_code == 422
        assert page.one(data_testid="refusal").attrs["data-code"] == code
        assert page.one("h1").text == "Type a number"
        for part in ("hunter2", "12345678", ANNA[:8], "evil", "<script>"):
            assert part not in page.html


def test_a_missing_field_counts_as_nothing_typed(sara: FlaskClient) -> None:
    """A form without the field is answered like an empty one."""
    assert "Nothing was typed" in parse_page(sara.post("/lookup")).text


def test_a_text_beyond_all_bounds_is_refused(sara: FlaskClient) -> None:
    """Ten megabytes in the field cost that request a clear refusal."""
    answer = sara.post("/lookup", data={"number": "x" * 10_000_000})

    assert answer.status_code == 413
    assert parse_page(answer).one("h1").text


def test_the_number_is_never_taken_from_the_address(sara: FlaskClient, httpserver: HTTPServer) -> None:
    """A number in the query is not looked up: addresses end up in histories and logs."""
    page = parse_page(sara.get("/lookup", query_string={"number": "hunter2"}))

    assert page.all(data_testid="verdict") == []
    assert "hunter2" not in page.html
    assert httpserver.log == []
