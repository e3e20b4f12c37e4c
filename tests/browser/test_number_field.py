"""The number field under a person's hands, in a real browser."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.browser.typing_page import TypingPage, open_typing_page
from tests.support.cards import ANNA

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser

PLAIN = ANNA.replace("-", "")
# Milliseconds between the keys of a person in a hurry: above what only a scanner reaches.
HURRY = 55


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


def test_a_typed_number_is_grouped_and_waits_for_enter(typing_page: TypingPage) -> None:
    """Sara types 32 digits: the field groups them, and checks once at Enter, not before."""
    typing_page.number.press_sequentially(PLAIN, delay=HURRY)

    assert typing_page.number.input_value() == ANNA
    assert typing_page.note == "The number is complete. Check it with Enter or the button."
    assert typing_page.events == []

    typing_page.number.press("Enter")
    assert typing_page.numbers == [ANNA]
    assert (typing_page.number.input_value(), typing_page.note) == (ANNA, "")


def test_the_button_checks_like_enter(typing_page: TypingPage) -> None:
    """The form's button gives the same one check, without a new page."""
    typing_page.number.fill(ANNA[:-1])
    typing_page.number.press_sequentially(ANNA[-1])
    typing_page.page.get_by_role("button", name="Check").click()

    assert len(typing_page.events) == 1


def test_backspace_goes_through_every_dash(typing_page: TypingPage) -> None:
    """From the end one key a character empties the field."""
    typing_page.number.fill(ANNA[:-1])
    for _ in ANNA[:-1]:
        typing_page.number.press("Backspace")

    assert typing_page.number.input_value() == ""


def test_delete_goes_through_every_dash(typing_page: TypingPage) -> None:
    """Before a dash, the Delete key goes over it and takes away all that follows."""
    typing_page.number.fill(ANNA[:-1])
    typing_page.number.evaluate("input => input.setSelectionRange(8, 8)")
    for _ in ANNA[8:]:
        typing_page.number.press("Delete")

    assert typing_page.number.input_value().rstrip("-") == ANNA[:8]


def test_the_caret_stays_where_one_corrects(typing_page: TypingPage) -> None:
    """A digit put in at the front goes where it was typed, and the groups move on behind it."""
    typing_page.number.fill(PLAIN[1:])
    typing_page.number.press("Control+Home")
    typing_page.number.press_sequentially(PLAIN[0])

    assert typing_page.number.input_value() == ANNA
    assert typing_page.number.evaluate("input => input.selectionStart") == 1


@pytest.mark.parametrize("text", [ANNA, PLAIN, f"https://s.esc-r.eu/{ANNA}", f" {{{ANNA.upper()}}} "])
def test_a_whole_number_that_is_pasted_is_checked_at_once(typing_page: TypingPage, text: str) -> None:
    """A paste is checked once, without Enter; the field groups the number, and Enter sends the same one."""
    typing_page.paste(text)
    assert typing_page.numbers == [ANNA]
    assert (typing_page.number.input_value(), typing_page.note) == (ANNA, "")

    typing_page.number.press("Enter")
    assert typing_page.numbers == [ANNA, ANNA]


def test_a_pasted_text_of_another_kind_is_refused_once(typing_page: TypingPage) -> None:
    """The refusal says the kind, and the text, which may come from a foreign code, does not stay in sight."""
    typing_page.paste("https://www.example.org/menu")

    assert typing_page.events == [{"by": "field", "code": "not_an_esc_code", "kind": "web_address"}]
    assert (typing_page.number.input_value(), typing_page.note) == ("", "")


def test_a_number_on_two_lines_is_one_number(typing_page: TypingPage) -> None:
    """A paste out of a document that broke the line is read as if it had not."""
    typing_page.number.evaluate(
        "(field, text) => { field.value = text;"
        " field.dispatchEvent(new InputEvent('input', { inputType: 'insertFromPaste', bubbles: true })); }",
        f"{ANNA[:19]}\n{ANNA[19:]}\n",
    )
    assert typing_page.numbers == [ANNA]


def test_an_empty_field_is_reported_at_enter(typing_page: TypingPage) -> None:
    """An empty field says what to do first."""
    typing_page.number.press("Enter")
    assert (typing_page.events, typing_page.note) == ([], "Type the card number first.")


def test_part_of_a_number_can_be_pasted_and_finished_by_hand(typing_page: TypingPage) -> None:
    """A part gives what is missing and no refusal; what is typed behind it makes it whole."""
    typing_page.paste(PLAIN[:28])
    assert typing_page.note == "4 characters are still missing."

    typing_page.number.press("End")
    typing_page.number.press_sequentially(PLAIN[28:], delay=HURRY)
    typing_page.number.press("Enter")
    assert typing_page.numbers == [ANNA]


def test_the_wrong_character_is_named_and_replaced_by_one_key(typing_page: TypingPage) -> None:
    """At Enter the wrong character stands selected: the right one takes its place, and all is well."""
    typing_page.number.fill(ANNA[:18])
    typing_page.number.press_sequentially(ANNA[18:].replace("bf76", "bf7o"), delay=HURRY)
    assert typing_page.note == "Character 23, “o”, cannot be in a card number: did you mean 0?"
    assert typing_page.number.get_attribute("aria-invalid") == "true"

    typing_page.number.press("Enter")
    assert typing_page.events == []
    typing_page.number.press_sequentially("6")
    assert typing_page.number.input_value() == ANNA
    assert typing_page.number.get_attribute("aria-invalid") is None


def test_missing_characters_are_reported_at_enter_and_not_before(typing_page: TypingPage) -> None:
    """An incomplete number is no error while it is being typed."""
    typing_page.number.press_sequentially(PLAIN[:20], delay=HURRY)
    assert typing_page.note == ""

    typing_page.number.press("Enter")
    assert (typing_page.note, typing_page.events) == ("12 characters are still missing.", [])


def test_an_input_method_is_left_to_finish_its_word(typing_page: TypingPage) -> None:
    """The field does not change a composition; once it is committed, the field groups it."""
    typing_page.number.focus()
    for end in range(1, 13):
        typing_page.compose(PLAIN[:end])
    assert typing_page.number.input_value() == PLAIN[:12]

    typing_page.commit(PLAIN[:12])
    assert typing_page.number.input_value() == f"{PLAIN[:8]}-{PLAIN[8:12]}"
    assert typing_page.events == []


def test_full_width_digits_of_an_input_method_become_plain_ones(typing_page: TypingPage) -> None:
    """A keyboard left in full-width mode still writes a number."""
    typing_page.number.focus()
    typing_page.commit("".join(chr(ord(char) + 0xFEE0) for char in "3e50637082"))

    assert typing_page.number.input_value() == "3e506370-82"


@pytest.mark.parametrize(
    "text", ["👩🏽‍🎓" * 30, "\u202e" + ANNA + "\u05d0", "\u0000" + PLAIN + "\u0000", "e\u0301" * 50, "\ufeff"]
)
def test_odd_characters_do_no_harm(typing_page: TypingPage, text: str) -> None:
    """Emoji, writing from right to left, marks and control characters leave the field working."""
    typing_page.number.focus()
    typing_page.commit(text)
    typing_page.number.press("Enter")

    typing_page.paste(PLAIN)
    assert typing_page.numbers[-1] == ANNA
