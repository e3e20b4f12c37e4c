"""The whole way in a real browser, without JavaScript: sign in, scan, type, read the answer."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from validator.demo.deck import BY_SLUG

if TYPE_CHECKING:
    from tests.browser.counter import Counter


@pytest.mark.parametrize(
    ("card", "word", "answer"),
    [
        ("anna-active", "VALID", ("valid", "active", "router")),
        ("bruno-darkmode", "VALID", ("valid", "active", "router")),
        ("kira-expired", "NOT VALID", ("not_valid", "expired", "router")),
        ("maya-suspended", "NOT VALID", ("not_valid", "inactive", "router")),
        ("ugo-refused", "COULD NOT CHECK", ("could_not_check", "router_refused", "router")),
    ],
)
def test_a_photo_is_answered(counter: Counter, card: str, word: str, answer: tuple[str, str, str]) -> None:
    """The picture of a demo card's code gives its answer, in the heading, the title and the data."""
    counter.photograph(card)

    assert counter.answer == answer
    assert counter.page.get_by_role("heading", level=1).inner_text() == word
    assert counter.page.title().startswith(word)
    assert counter.page.url == f"{counter.site.address}/"


def test_the_next_card_can_come_at_once(counter: Counter) -> None:
    """Under a result the forms stand again, and a second card needs no way back."""
    counter.photograph("anna-active")
    counter.page.get_by_label("Type the card number").fill(BY_SLUG["kira-expired"].escn)
    counter.page.get_by_role("button", name="Check the number").click()

    assert counter.answer[1] == "expired"
    assert counter.page.url == f"{counter.site.address}/lookup"
    assert counter.page.evaluate("document.activeElement.name") == "number"


def test_a_foreign_code_keeps_the_person_scanning(counter: Counter) -> None:
    """A picture that is none and a text that is no number give one line, and the forms stay."""
    counter.send(b"%PDF-1.7", "card.jpg", "image/jpeg")
    assert counter.page.get_by_test_id("refusal").get_attribute("data-code") == "unsupported_image"

    counter.type_number("https://www.example.org/menu")
    assert "web address" in counter.page.get_by_test_id("refusal").inner_text()
    assert counter.verdict.count() == 0


def test_the_state_of_the_photo_shows_before_it_is_sent(counter: Counter) -> None:
    """Once a photo is chosen the page says that it is ready, by style alone."""
    ready = counter.page.get_by_text("The photo is ready.")
    assert not ready.is_visible()

    counter.page.get_by_label("Take a photo of the code").set_input_files(
        {"name": "a.png", "mimeType": "image/png", "buffer": b"x"}
    )

    assert ready.is_visible()


def test_nobody_is_let_in_after_signing_out(counter: Counter) -> None:
    """Signing out ends the session: the scanner leads to the sign-in page again."""
    counter.page.get_by_role("button", name="Sign out").click()
    counter.page.goto("/")

    assert counter.page.title().startswith("Sign in")
