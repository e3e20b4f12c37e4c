"""The words of the pages, as their scripts get them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest
from flask import render_template, url_for

from scanner.errors import Kind, NotAnEscCode
from tests.support.page import checked
from tests.support.verdicts import BRUSSELS, EVERY_LOOK, NOW
from tests.unit.web.test_words import ACCUSING
from validator.web.live_words import FOREIGN, FOREIGN_HEADINGS, PANEL
from validator.web.present import present

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flask import Flask
    from flask.testing import FlaskClient


def sentences(value: Any) -> Iterator[str]:
    """Every text in it."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        for each in value.values() if isinstance(value, dict) else value:
            yield from sentences(each)


@pytest.fixture(name="address")
def _address(app: Flask) -> str:
    with app.test_request_context():
        return url_for("web.words")


def test_everybody_gets_the_same_words(nobody: FlaskClient, sara: FlaskClient, address: str) -> None:
    """The words say nothing of anybody, so they are open to all and the same for all."""
    answer = nobody.get(address)

    assert answer.status_code == 200
    assert answer.mimetype == "application/json"
    assert answer.data == sara.get(address).data
    assert answer.get_json()["zone"] == "Europe/Brussels"


def test_no_word_of_a_script_accuses_anybody(nobody: FlaskClient, address: str) -> None:
    """What only scripts say is as kind as what the pages say, and typeset as well."""
    said = list(sentences(nobody.get(address).json))

    assert len(said) > 150
    assert [each for each in said if ACCUSING.search(each) or re.search("[\"']", each)] == []


def test_every_foreign_code_has_its_line() -> None:
    """Whatever is presented has a heading by its code, and a line with its kind and what to do."""
    codes = {*NotAnEscCode.CODES, "several_codes", *Kind} - {"not_an_esc_code"}

    assert FOREIGN_HEADINGS.keys() == {*NotAnEscCode.CODES, "several_codes"}
    assert FOREIGN.keys() == codes
    assert all(re.search(r"\b(Look|Please)\b", line) for line in FOREIGN.values())


def test_the_panel_of_the_script_says_what_the_page_says(app: Flask) -> None:
    """The few words that stand in the page's templates are the same in the script's panel."""
    with app.test_request_context("/"):
        remembered, failed = (
            checked(render_template("scan.html", shown=present(EVERY_LOOK[name], NOW, BRUSSELS))).text
            for name in ("remembered", "router_timeout")
        )

    assert PANEL["as_of"].format(figure="3 h") in remembered
    for name in ("ladder", "more", "guide"):
        assert PANEL[name] in remembered
    assert PANEL["whose"] in failed
