"""A hand-held scanner types into a real browser, wherever the focus is and whatever the keyboard's layout."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.browser.desk import Desk, open_desk
from tests.browser.keyboards import LAYOUTS
from tests.support.cards import ANNA, BRUNO

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser

ADDRESS = f"https://s.esc-r.eu/{ANNA}"
CHIP_FORM = ANNA.replace("-", "")


@pytest.fixture(name="opened", scope="module")
def _opened(chromium: Browser) -> Iterator[Desk]:
    with open_desk(chromium) as desk:
        yield desk


@pytest.fixture(name="desk")
def _desk(opened: Desk) -> Iterator[Desk]:
    """A desk as if just opened, where nothing may go wrong inside the page."""
    opened.begin()
    yield opened
    assert opened.faults == []


@pytest.mark.parametrize("layout", LAYOUTS)
def test_a_scan_needs_no_focus_and_no_layout(desk: Desk, layout: str) -> None:
    """A US scanner on any computer is understood with the focus nowhere, once, with the time it took."""
    desk.scan(ADDRESS, layout)

    assert desk.numbers == [ANNA]
    assert desk.told[0]["by"] == "scanner"
    assert desk.told[0]["keys"] == len(ADDRESS)
    assert desk.told[0]["ms"] > 0


@pytest.mark.parametrize("text", [ADDRESS, "Name Surname 1234 5678"])
def test_a_scan_presses_no_focused_button(desk: Desk, text: str) -> None:
    """Neither the blanks nor the Enter of a scan press the button that has the focus; a person's do."""
    desk.page.get_by_role("button", name="Torch").focus()

    desk.scan(text, ends=2)

    assert (len(desk.told), desk.presses) == (1, 0)
    assert desk.pressed_by("Enter")
    assert desk.pressed_by(" ")


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("text", [ADDRESS, ANNA, CHIP_FORM])
def test_a_scan_into_the_number_field_is_one_check(desk: Desk, layout: str, text: str) -> None:
    """With the focus in the field a scan gives exactly one check and leaves the field empty."""
    desk.number.focus()

    desk.scan(text, layout)

    assert desk.numbers == [ANNA]
    assert len(desk.told) == 1
    assert desk.number.input_value() == ""


def test_two_scans_into_the_number_field_are_two_checks(desk: Desk) -> None:
    """The next card follows at once, over a leftover that somebody typed."""
    desk.number.fill("3e5")
    desk.number.focus()

    desk.scan(ADDRESS)
    desk.scan(BRUNO)

    assert desk.numbers == [ANNA, BRUNO]
    assert desk.number.input_value() == ""


def test_a_slow_scan_into_the_number_field_is_the_fields_own_check(desk: Desk) -> None:
    """Typed in a rugged phone's steps the number stays in the field until Enter, and is checked once."""
    desk.number.press_sequentially(ANNA, delay=60)
    assert desk.number.input_value() == ANNA

    desk.press("Enter", "Enter")

    assert [(event["by"], event["escn"]) for event in desk.told] == [("field", ANNA)]


def test_a_foreign_code_does_not_stay_in_the_number_field(desk: Desk) -> None:
    """What a scanner typed that is no number is refused once, by its kind, and taken out of sight."""
    desk.number.focus()

    desk.scan("AB 123456 1970-01-01")

    assert [(event["by"], event["kind"]) for event in desk.told] == [("scanner", "number")]
    assert desk.number.input_value() == ""


def test_another_field_keeps_what_is_typed_into_it(desk: Desk) -> None:
    """With the focus in a field that is none of ours, its text is its own."""
    desk.page.get_by_label("Other").focus()

    desk.scan(ANNA)

    assert desk.page.get_by_label("Other").input_value() == ANNA
    assert desk.told == []


def test_a_scan_is_taken_before_its_enter(desk: Desk) -> None:
    """The number is told at its last character; the rest is swallowed."""
    desk.scan(ADDRESS, end="")

    assert desk.numbers == [ANNA]
