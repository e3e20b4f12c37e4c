"""A hand-held scanner types into a real browser, wherever the focus is and whatever the keyboard's layout."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.browser.keyboard_layouts import LAYOUTS
from tests.browser.typing_page import TypingPage, open_typing_page
from tests.support.cards import ANNA, BRUNO

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser

ADDRESS = f"https://s.esc-r.eu/{ANNA}"
CHIP_FORM = ANNA.replace("-", "")


@pytest.fixture(name="opened", scope="module")
def _opened(chromium: Browser) -> Iterator[TypingPage]:
    with open_typing_page(chromium) as typing_page:
        yield typing_page


@pytest.fixture(name="typing_page")
def _desk(opened: TypingPage) -> Iterator[TypingPage]:
    """A desk as if just opened, where nothing may go wrong inside the page."""
    opened.begin()
    yield opened
    assert opened.faults == []


@pytest.mark.parametrize("layout", LAYOUTS)
def test_a_scan_needs_no_focus_and_no_layout(typing_page: TypingPage, layout: str) -> None:
    """A US scanner on any computer is understood with the focus nowhere, once, with the time it took."""
    typing_page.scan(ADDRESS, layout)

    assert typing_page.numbers == [ANNA]
    assert typing_page.events[0]["by"] == "scanner"
    assert typing_page.events[0]["keys"] == len(ADDRESS)
    assert typing_page.events[0]["ms"] > 0


@pytest.mark.parametrize("text", [ADDRESS, "Name Surname 1234 5678"])
def test_a_scan_presses_no_focused_button(typing_page: TypingPage, text: str) -> None:
    """Neither the blanks nor the Enter of a scan press the button that has the focus; a person's do."""
    typing_page.page.get_by_role("button", name="Torch").focus()

    typing_page.scan(text, ends=2)

    assert (len(typing_page.events), typing_page.presses) == (1, 0)
    assert typing_page.pressed_by("Enter")
    assert typing_page.pressed_by(" ")


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("text", [ADDRESS, ANNA, CHIP_FORM])
def test_a_scan_into_the_number_field_is_one_check(typing_page: TypingPage, layout: str, text: str) -> None:
    """With the focus in the field a scan gives exactly one check and leaves the field empty."""
    typing_page.number.focus()

    typing_page.scan(text, layout)

    assert typing_page.numbers == [ANNA]
    assert len(typing_page.events) == 1
    assert typing_page.number.input_value() == ""


def test_two_scans_into_the_number_field_are_two_checks(typing_page: TypingPage) -> None:
    """The next card follows at once and replaces typed text."""
    typing_page.number.fill("3e5")
    typing_page.number.focus()

    typing_page.scan(ADDRESS)
    typing_page.scan(BRUNO)

    assert typing_page.numbers == [ANNA, BRUNO]
    assert typing_page.number.input_value() == ""


def test_a_slow_scan_into_the_number_field_is_the_fields_own_check(typing_page: TypingPage) -> None:
    """Typed in a rugged phone's steps the number stays in the field until Enter, and is checked once."""
    typing_page.number.press_sequentially(ANNA, delay=60)
    assert typing_page.number.input_value() == ANNA

    typing_page.press("Enter", "Enter")

    assert [(event["by"], event["escn"]) for event in typing_page.events] == [("field", ANNA)]


def test_a_foreign_code_does_not_stay_in_the_number_field(typing_page: TypingPage) -> None:
    """What a scanner typed that is no number is refused once, by its kind, and taken out of sight."""
    typing_page.number.focus()

    typing_page.scan("AB 123456 1970-01-01")

    assert [(event["by"], event["kind"]) for event in typing_page.events] == [("scanner", "number")]
    assert typing_page.number.input_value() == ""


def test_another_field_keeps_what_is_typed_into_it(typing_page: TypingPage) -> None:
    """Text typed into another field stays in that field."""
    typing_page.page.get_by_label("Other").focus()

    typing_page.scan(ANNA)

    assert typing_page.page.get_by_label("Other").input_value() == ANNA
    assert typing_page.events == []


def test_a_scan_is_taken_before_its_enter(typing_page: TypingPage) -> None:
    """The number is reported at its last character; the rest is dropped."""
    typing_page.scan(ADDRESS, end="")

    assert typing_page.numbers == [ANNA]
