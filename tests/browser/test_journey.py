"""The whole way in a real browser, without JavaScript: sign in, scan, type, read the answer."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from validator.demo.deck import BY_SLUG

if TYPE_CHECKING:
    from tests.browser.page_driver import PageDriver


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
def test_a_photo_is_answered(driver: PageDriver, card: str, word: str, answer: tuple[str, str, str]) -> None:
    """The picture of a demo card's code gives its answer, in the heading, the title and the data."""
    driver.photograph(card)

    assert driver.answer == answer
    assert driver.page.get_by_role("heading", level=1).inner_text() == word
    assert driver.page.title().startswith(word)
    assert driver.page.url == f"{driver.site.address}/"


def test_the_next_card_can_come_at_once(driver: PageDriver) -> None:
    """Under a result the forms stand again, and a second card needs no way back."""
    driver.photograph("anna-active")
    driver.page.get_by_label("Type the card number").fill(BY_SLUG["kira-expired"].escn)
    driver.page.get_by_role("button", name="Check the number").click()

    assert driver.answer[1] == "expired"
    assert driver.page.url == f"{driver.site.address}/lookup"
    assert driver.page.evaluate("document.activeElement.name") == "number"


def test_a_foreign_code_keeps_the_person_scanning(driver: PageDriver) -> None:
    """A picture that is none and a text that is no number give one line, and the forms stay."""
    driver.send(b"%PDF-1.7", "card.jpg", "image/jpeg")
    assert driver.page.get_by_test_id("refusal").get_attribute("data-code") == "unsupported_image"

    driver.type_number("https://www.example.org/menu")
    assert "web address" in driver.page.get_by_test_id("refusal").inner_text()
    assert driver.verdict.count() == 0


def test_the_state_of_the_photo_shows_before_it_is_sent(driver: PageDriver) -> None:
    """Once a photo is chosen the page says that it is ready, by style alone."""
    ready = driver.page.get_by_text("The photo is ready.")
    assert not ready.is_visible()

    driver.page.get_by_label("Take a photo of the code").set_input_files(
        {"name": "a.png", "mimeType": "image/png", "buffer": b"x"}
    )

    assert ready.is_visible()


def test_signing_out_ends_access(driver: PageDriver) -> None:
    """Signing out ends the session: the scanner leads to the sign-in page again."""
    driver.page.get_by_role("button", name="Sign out").click()
    driver.page.goto("/")

    assert driver.page.title().startswith("Sign in")
