"""The limit on uploads over HTTP: expensive pictures of one caller are refused, all others are read."""

from __future__ import annotations

import io
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from scanner.pool import DecodePool
from tests.support.app_factory import close, make_app
from tests.support.cards import ANNA
from tests.support.fault_router import FaultRouter
from tests.support.raw_pictures import DOT, marked
from tests.support.server_process import every_card
from tests.unit.scanner_pool.conftest import FAULTY_WORKER

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from flask import Flask
    from flask.testing import FlaskClient
    from werkzeug.test import TestResponse

SCANS = "/api/v1/scans"
NOON = 1_795_435_200.0
ENDLESS = marked("hang")


@pytest.fixture(name="app")
def _app(tmp_path: Path) -> Iterator[Flask]:
    """A site with its limits on, whose decoder hangs when a picture asks it to."""
    with FaultRouter(every_card) as router:
        app = make_app(tmp_path / "data", router.url, limits="on")
        kept = app.extensions["validator"]
        kept.reader.close()
        reader = DecodePool(size=2, wall_s=0.05, command=FAULTY_WORKER)
        # A window ends with time, of which a busy machine may need more or less.
        limits = replace(kept.checker.limits, clock=lambda: NOON)
        checker = replace(kept.checker, limits=limits, reader=reader)
        app.extensions["validator"] = replace(kept, reader=reader, checker=checker)
        yield app
        close(app)


def sent(client: FlaskClient, picture: bytes, to: str = SCANS, **headers: str) -> TestResponse:
    """The answer to this photo."""
    form = {"image": (io.BytesIO(picture), "photo.png")}
    return client.post(to, data=form, headers=headers, content_type="multipart/form-data")


def codes_until_refused(client: FlaskClient) -> list[str]:
    """The codes for a caller who sends pictures that end their decoder, until one is refused."""
    codes: list[str] = []
    while "reader_busy" not in codes:
        assert len(codes) < 20
        codes.append(sent(client, ENDLESS).get_json()["code"])
    return codes


def test_expensive_pictures_are_not_even_tried_when_a_callers_window_is_used_up(sara: FlaskClient) -> None:
    """After two the next picture, whatever it is, is refused before it is decoded."""
    assert codes_until_refused(sara) == ["reader_failed"] * 2 + ["reader_busy"]
    answer = sent(sara, DOT)

    assert (answer.status_code, answer.get_json()["code"]) == (503, "reader_busy")
    assert answer.headers["Retry-After"] == "1"


def test_the_page_says_what_to_do(sara: FlaskClient) -> None:
    """Plain words on the page: again in a moment, or type. Checking by number still works."""
    codes_until_refused(sara)
    page = sent(sara, DOT, "/")

    assert page.status_code == 503
    assert "Send the photo again in a moment, or type the card number." in page.text
    assert sara.post("/api/v1/validations", json={"input": ANNA}).get_json()["outcome"] == "valid"


def test_expensive_pictures_of_one_caller_delay_no_other_caller(
    sara: FlaskClient, anonymous: FlaskClient, till: dict[str, str]
) -> None:
    """The till's photo is decoded: only the decoder can find that it holds no code."""
    codes_until_refused(sara)

    assert sent(anonymous, DOT, **till).get_json()["code"] == "no_code_found"


def test_refused_pictures_are_no_evidence_of_guessing(sara: FlaskClient) -> None:
    """Pictures that were not read say nothing about the numbers on them."""
    codes_until_refused(sara)
    for _ in range(100):
        assert sent(sara, DOT).status_code in {422, 503}

    assert sara.post("/api/v1/validations", json={"input": ANNA}).get_json()["reason"] == "active"
