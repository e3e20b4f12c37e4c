"""Typing and hand-held scanners on the whole pages: one card, one check, one answer."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.browser.station import Station, station
from validator.demo.deck import BY_SLUG

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, StorageState

    from tests.support.site import Site

ANNA, KIRA = BY_SLUG["anna-active"].escn, BY_SLUG["kira-expired"].escn
PASTE = """(text) => {
  const field = document.querySelector("#number");
  field.focus();
  field.value = text;
  field.dispatchEvent(new InputEvent("input", { inputType: "insertFromPaste", bubbles: true }));
}"""


@pytest.fixture(name="at", params=["/", "/lookup"])
def _at(
    chromium: Browser, site: Site, signed_in: StorageState, request: pytest.FixtureRequest
) -> Iterator[Station]:
    """Sara at the scanner's page, and at the page for typing."""
    with station(chromium, site, signed_in) as at:
        yield at.open(request.param)


def test_a_scan_gives_one_check_and_one_answer(at: Station) -> None:
    """Keys of a hand-held scanner are taken wherever the focus is; the number is nowhere on the page."""
    at.scan(ANNA)
    at.shows("valid", "active", "live")
    at.page.locator("#number").focus()
    at.scan(KIRA)
    at.shows("not_valid", "expired", "live")

    assert at.checks == 2
    assert at.page.get_by_test_id("verdict").count() == 1
    assert at.page.locator("#number").input_value() == ""
    assert ANNA not in at.page.content()


def test_a_paste_is_checked_at_once(at: Station) -> None:
    """The whole address goes in, the answer comes out, nobody presses anything."""
    at.page.evaluate(PASTE, f"https://s.esc-r.eu/{KIRA}")
    at.shows("not_valid", "expired", "live")

    assert at.checks == 1


def test_typing_waits_for_enter(at: Station) -> None:
    """A typed number stands in groups, is checked at Enter, and not before."""
    at.page.locator("#number").focus()
    at.page.keyboard.type(ANNA.replace("-", ""), delay=60)
    assert at.page.locator("#number").input_value() == ANNA
    assert at.checks == 0

    at.page.keyboard.press("Enter")
    at.shows("valid", "active", "live")
    assert at.checks == 1


def test_a_wrong_character_is_named_where_the_field_is_described(at: Station) -> None:
    """The line that says which character is wrong belongs to the field, also for a screen reader."""
    field = at.page.locator("#number")
    field.focus()
    at.page.keyboard.type("3e5o", delay=60)

    assert "number-note" in (field.get_attribute("aria-describedby") or "").split()
    assert "4th character" in at.page.locator("#number-note").inner_text()
    assert field.get_attribute("aria-invalid") == "true"
    assert at.checks == 0
