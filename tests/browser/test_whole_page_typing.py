"""Typing and hand-held scanners on the whole pages: one card, one check, one answer."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.browser.scanner_driver import ScannerDriver, open_scanner
from validator.demo.deck import BY_SLUG

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, StorageState

    from tests.support.demo_site import Site

ANNA, KIRA, OLGA, ROSA, UGO = (
    BY_SLUG[slug].escn
    for slug in ("anna-active", "kira-expired", "olga-unregistered", "rosa-slow", "ugo-refused")
)
# Whether the word of the answer is on the screen.
SEEN = """() => {
  const { top, bottom } = document.querySelector("[data-testid=verdict] .word").getBoundingClientRect();
  return top >= 0 && bottom <= innerHeight;
}"""
PASTE = """(text) => {
  const field = document.querySelector("#number");
  field.focus();
  field.value = text;
  field.dispatchEvent(new InputEvent("input", { inputType: "insertFromPaste", bubbles: true }));
}"""


@pytest.fixture(name="at", params=["/", "/lookup"])
def _at(
    chromium: Browser, site: Site, signed_in: StorageState, request: pytest.FixtureRequest
) -> Iterator[ScannerDriver]:
    """Sara at the scanner's page, and at the page for typing."""
    with open_scanner(chromium, site, signed_in) as at:
        yield at.open(request.param)


def test_a_scan_gives_one_check_and_one_answer(at: ScannerDriver) -> None:
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


def test_a_paste_is_checked_at_once(at: ScannerDriver) -> None:
    """A pasted or scanned address is answered without a key press."""
    at.page.evaluate(PASTE, f"https://s.esc-r.eu/{KIRA}")
    at.shows("not_valid", "expired", "live")

    assert at.checks == 1
    assert at.page.locator("#number").input_value() == ""


@pytest.mark.parametrize("number", [ANNA, OLGA, ROSA])
def test_the_button_after_a_paste_does_nothing_more(at: ScannerDriver, number: str) -> None:
    """Pressed out of habit, while it is checked or once it is answered: one check, the answer in sight."""
    at.page.evaluate(PASTE, number)
    at.page.get_by_role("button", name="Check the number").click()
    at.shows("live")
    at.page.get_by_role("button", name="Check the number").click()

    assert at.checks == 1
    assert at.page.locator("#number-note").inner_text() == ""
    assert at.until(f"() => ({SEEN})()")


@pytest.mark.parametrize(("number", "reason"), [(OLGA, "unknown_card"), (UGO, "router_refused")])
def test_what_may_be_a_slip_stays_in_the_field(at: ScannerDriver, number: str, reason: str) -> None:
    """NOT REGISTERED or COULD NOT CHECK: the field shows the number in groups, and one key changes it."""
    field = at.page.locator("#number")
    field.focus()
    at.page.keyboard.type(number.replace("-", "").upper(), delay=60)
    at.page.keyboard.press("Enter")
    at.shows(reason, "live")
    assert field.input_value() == number
    assert number not in at.page.content()

    if reason == "unknown_card":
        at.page.get_by_role("button", name="Change and check again").click()
    at.page.keyboard.press("End")
    at.page.keyboard.press("Backspace")
    at.page.keyboard.type("0")
    assert field.input_value() == f"{number[:-1]}0"


def test_another_card_empties_the_field(at: ScannerDriver) -> None:
    """What was typed for the card before does not stay for the next person, nor after Clear."""
    field = at.page.locator("#number")
    for is_cleared in (False, True):
        at.page.evaluate(PASTE, OLGA)
        at.shows("unknown_card", "live")
        assert field.input_value() == OLGA
        if is_cleared:
            at.page.get_by_role("button", name="Clear").click()
        else:
            at.scan(ANNA)
        at.until("() => document.querySelector('#number').value === ''")


def test_the_next_number_is_typed_over_the_one_before(at: ScannerDriver) -> None:
    """At a desk the focus stays in the field: what is typed next takes the place of the number there."""
    field = at.page.locator("#number")
    field.focus()
    at.page.keyboard.type(OLGA, delay=60)
    at.page.keyboard.press("Enter")
    at.shows("unknown_card", "live")
    at.page.keyboard.type(KIRA, delay=60)
    assert field.input_value() == KIRA


def test_a_refused_text_ends_the_answer_before_it(at: ScannerDriver) -> None:
    """Typed or pasted, it is named by its kind, is not kept, and no earlier verdict stands beside it."""
    at.scan(ANNA)
    at.shows("valid", "live")
    at.page.evaluate(PASTE, f"https://esc.gg.example.com/{KIRA}")
    assert at.page.get_by_test_id("refusal").get_attribute("data-code") == "lookalike_host"
    assert "Do not accept it" in at.page.get_by_test_id("refusal").inner_text()
    assert at.stage is None
    assert at.page.locator("#number").input_value() == ""


@pytest.mark.parametrize("width", [320, 360, 390])
def test_all_five_groups_are_in_sight(at: ScannerDriver, width: int) -> None:
    """On the narrowest phone, too, nothing of a whole number is cut off at either side, or under the edge."""
    at.page.set_viewport_size({"width": width, "height": 568})
    field = at.page.locator("#number")
    field.fill(OLGA)

    wide, high, size = field.evaluate(
        "field => [field.scrollWidth - field.clientWidth, field.scrollHeight - field.clientHeight,"
        " parseFloat(getComputedStyle(field).fontSize)]"
    )
    assert (wide <= 0, high <= 0, size >= 16) == (True, True, True)


def test_typing_waits_for_enter(at: ScannerDriver) -> None:
    """A typed number is grouped, and checked at Enter, not before."""
    at.page.locator("#number").focus()
    at.page.keyboard.type(ANNA.replace("-", ""), delay=60)
    assert at.page.locator("#number").input_value() == ANNA
    assert at.checks == 0

    at.page.keyboard.press("Enter")
    at.shows("valid", "active", "live")
    assert at.checks == 1


def test_a_wrong_character_is_named_where_the_field_is_described(at: ScannerDriver) -> None:
    """The line that says which character is wrong belongs to the field, also for a screen reader."""
    field = at.page.locator("#number")
    field.focus()
    at.page.keyboard.type("3e5o", delay=60)

    assert "number-note" in (field.get_attribute("aria-describedby") or "").split()
    assert "Character 4" in at.page.locator("#number-note").inner_text()
    assert field.get_attribute("aria-invalid") == "true"
    assert at.checks == 0
