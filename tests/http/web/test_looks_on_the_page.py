"""Every look as a page: the four partials, complete and in order."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from flask import render_template

from tests.support.html_page import HtmlPage, check_html
from tests.support.verdicts import BRUSSELS, EVERY_KIND, NOW, OLD, REMEMBERED, stale_verdict
from validator.verdict import Reason, Verdict
from validator.web.present import present

if TYPE_CHECKING:
    from flask import Flask


def rendered(app: Flask, of: Verdict, template: str = "scan.html") -> HtmlPage:
    with app.test_request_context("/"):
        return check_html(render_template(template, shown=present(of, NOW, BRUSSELS)))


@pytest.mark.parametrize("template", ["scan.html", "lookup.html"])
def test_every_look_is_a_sound_page(app: Flask, template: str) -> None:
    """Each answer stands on each page with its three data attributes, its word, ladder, logo and guide."""
    for of in EVERY_KIND.values():
        page = rendered(app, of, template)
        section = page.one("section", data_testid="verdict")

        assert [section.attrs[f"data-{name}"] for name in ("outcome", "reason", "source")] == [
            of.outcome,
            of.reason,
            of.source,
        ]
        assert len(page.all("li", **{"class": "rung done"})) >= 1
        assert "A genuine card bears" in section.text
        assert page.all("a", href="/guide")


def test_looks_differ_by_sign_and_word_not_by_colour_alone(app: Flask) -> None:
    """No two looks share their drawing or their word; remembered VALID adds the clock and the age."""
    faces = {
        name: rendered(app, EVERY_KIND[name]) for name in ("live", "remembered", "expired", "router_timeout")
    }
    signs = ["".join(e.attrs.get("d", "") for e in page.all("path")[:2]) for page in faces.values()]

    assert len(set(signs)) == 4
    assert faces["remembered"].one(id="answer").text == "VALID checked 3 h ago"
    assert faces["expired"].one(id="answer").text == "NOT VALID EXPIRED"
    assert (
        faces["router_timeout"].one(id="answer").text == "COULD NOT CHECK This says nothing about the card."
    )


def test_older_and_remembered_not_valid_show_their_age(app: Flask) -> None:
    """From a day on the panel is marked older; a remembered NOT VALID tells its age as well."""
    assert rendered(app, OLD).one(data_testid="verdict").attrs["class"].endswith(" older")
    assert "older" not in rendered(app, REMEMBERED).one(data_testid="verdict").attrs["class"]
    assert (
        rendered(app, stale_verdict(Reason.INACTIVE)).one(id="answer").text
        == "NOT VALID SUSPENDED checked 3 h ago"
    )


def test_remarks_stand_on_the_face_of_every_look(app: Flask) -> None:
    """An amber strip for each remark is part of the answer itself, on the first screen."""
    for name in ("live", "remembered", "expired", "router_timeout"):
        page = rendered(app, replace(EVERY_KIND[name], warnings=("unknown_qr_host", "unusual_number")))
        face = page.one("div", **{"class": "face"})
        strips = page.all(data_testid="warning")

        assert [strip.attrs["data-code"] for strip in strips] == ["unknown_qr_host", "unusual_number"]
        assert all(strip.text in face.text for strip in strips)


def test_remarks_are_listed(app: Flask) -> None:
    """What was odd about the code stands under the answer in sentences."""
    assert len(rendered(app, EVERY_KIND["with remarks"]).one(data_testid="warnings").text.split(".")) > 3
