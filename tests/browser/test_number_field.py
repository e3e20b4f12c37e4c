"""The number field under a person's hands, in a real browser."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.browser.desk import Desk, open_desk
from tests.support.cards import ANNA

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser

PLAIN = ANNA.replace("-", "")
# Milliseconds between the keys of a person in a hurry: above what only a scanner reaches.
HURRY = 55


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


def test_a_typed_number_is_grouped_and_waits_for_enter(desk: Desk) -> None:
    """Sara types 32 digits: they stand in groups, nothing is checked before her Enter, then once."""
    desk.number.press_sequentially(PLAIN, delay=HURRY)

    assert desk.number.input_value() == ANNA
    assert desk.note == "The number is complete. Check it with Enter or the button."
    assert desk.told == []

    desk.number.press("Enter")
    assert desk.numbers == [ANNA]
    assert (desk.number.input_value(), desk.note) == (ANNA, "")


def test_the_button_checks_like_enter(desk: Desk) -> None:
    """The form's button gives the same one check, without a new page."""
    desk.number.fill(ANNA[:-1])
    desk.number.press_sequentially(ANNA[-1])
    desk.page.get_by_role("button", name="Check").click()

    assert len(desk.told) == 1


def test_backspace_goes_through_every_dash(desk: Desk) -> None:
    """From the end one key a character empties the field."""
    desk.number.fill(ANNA[:-1])
    for _ in ANNA[:-1]:
        desk.number.press("Backspace")

    assert desk.number.input_value() == ""


def test_delete_goes_through_every_dash(desk: Desk) -> None:
    """Before a dash, the Delete key goes over it and takes away all that follows."""
    desk.number.fill(ANNA[:-1])
    desk.number.evaluate("input => input.setSelectionRange(8, 8)")
    for _ in ANNA[8:]:
        desk.number.press("Delete")

    assert desk.number.input_value().rstrip("-") == ANNA[:8]


def test_the_caret_stays_where_one_corrects(desk: Desk) -> None:
    """A digit put in at the front goes where it was typed, and the groups move on behind it."""
    desk.number.fill(PLAIN[1:])
    desk.number.press("Control+Home")
    desk.number.press_sequentially(PLAIN[0])

    assert desk.number.input_value() == ANNA
    assert desk.number.evaluate("input => input.selectionStart") == 1


@pytest.mark.parametrize("text", [ANNA, PLAIN, f"https://s.esc-r.eu/{ANNA}", f" {{{ANNA.upper()}}} "])
def test_a_whole_number_that_is_pasted_is_checked_at_once(desk: Desk, text: str) -> None:
    """A paste is checked once, without Enter; the number stands in groups, and Enter sends the same one."""
    desk.paste(text)
    assert desk.numbers == [ANNA]
    assert (desk.number.input_value(), desk.note) == (ANNA, "")

    desk.number.press("Enter")
    assert desk.numbers == [ANNA, ANNA]


def test_a_pasted_text_of_another_kind_is_refused_once(desk: Desk) -> None:
    """The refusal says the kind, and the text, which may come from a foreign code, does not stay in sight."""
    desk.paste("https://www.example.org/menu")

    assert desk.told == [{"by": "field", "code": "not_an_esc_code", "kind": "web_address"}]
    assert (desk.number.input_value(), desk.note) == ("", "")


def test_a_number_on_two_lines_is_one_number(desk: Desk) -> None:
    """A paste out of a document that broke the line is read as if it had not."""
    desk.number.evaluate(
        "(field, text) => { field.value = text;"
        " field.dispatchEvent(new InputEvent('input', { inputType: 'insertFromPaste', bubbles: true })); }",
        f"{ANNA[:19]}\n{ANNA[19:]}\n",
    )
    assert desk.numbers == [ANNA]


def test_nothing_typed_is_told_at_enter(desk: Desk) -> None:
    """An empty field says what to do first."""
    desk.number.press("Enter")
    assert (desk.told, desk.note) == ([], "Type the card number first.")


def test_part_of_a_number_can_be_pasted_and_finished_by_hand(desk: Desk) -> None:
    """A part gives what is missing and no refusal; what is typed behind it makes it whole."""
    desk.paste(PLAIN[:28])
    assert desk.note == "4 characters are still missing."

    desk.number.press("End")
    desk.number.press_sequentially(PLAIN[28:], delay=HURRY)
    desk.number.press("Enter")
    assert desk.numbers == [ANNA]


def test_the_wrong_character_is_named_and_replaced_by_one_key(desk: Desk) -> None:
    """At Enter the wrong character stands selected: the right one takes its place, and all is well."""
    desk.number.fill(ANNA[:18])
    desk.number.press_sequentially(ANNA[18:].replace("bf76", "bf7o"), delay=HURRY)
    assert desk.note == "Character 23, “o”, cannot be in a card number: did you mean 0?"
    assert desk.number.get_attribute("aria-invalid") == "true"

    desk.number.press("Enter")
    assert desk.told == []
    desk.number.press_sequentially("6")
    assert desk.number.input_value() == ANNA
    assert desk.number.get_attribute("aria-invalid") is None


def test_what_is_missing_is_told_at_enter_and_not_before(desk: Desk) -> None:
    """A number that is not whole yet is nobody's fault while it is being typed."""
    desk.number.press_sequentially(PLAIN[:20], delay=HURRY)
    assert desk.note == ""

    desk.number.press("Enter")
    assert (desk.note, desk.told) == ("12 characters are still missing.", [])


def test_an_input_method_is_left_to_finish_its_word(desk: Desk) -> None:
    """While a word is composed its text is not touched; once it is settled it stands in groups."""
    desk.number.focus()
    for end in range(1, 13):
        desk.compose(PLAIN[:end])
    assert desk.number.input_value() == PLAIN[:12]

    desk.commit(PLAIN[:12])
    assert desk.number.input_value() == f"{PLAIN[:8]}-{PLAIN[8:12]}"
    assert desk.told == []


def test_full_width_digits_of_an_input_method_become_plain_ones(desk: Desk) -> None:
    """A keyboard left in full-width mode still writes a number."""
    desk.number.focus()
    desk.commit("".join(chr(ord(char) + 0xFEE0) for char in "3e50637082"))

    assert desk.number.input_value() == "3e506370-82"


@pytest.mark.parametrize(
    "text", ["👩🏽‍🎓" * 30, "\u202e" + ANNA + "\u05d0", "\u0000" + PLAIN + "\u0000", "e\u0301" * 50, "\ufeff"]
)
def test_odd_characters_do_no_harm(desk: Desk, text: str) -> None:
    """Emoji, writing from right to left, marks and control characters leave the field working."""
    desk.number.focus()
    desk.commit(text)
    desk.number.press("Enter")

    desk.paste(PLAIN)
    assert desk.numbers[-1] == ANNA
