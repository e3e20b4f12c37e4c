"""What an answer says on paper."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from tests.browser.page_driver import PageDriver
from tests.browser.scanner_driver import READY, open_scanner
from validator.demo.deck import BY_SLUG

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page, StorageState

    from tests.support.demo_site import Site

ANNA, KIRA, UNKNOWN = BY_SLUG["anna-active"], BY_SLUG["kira-expired"], "0" * 32
SETUP = "() => document.querySelector('[data-setup]') !== null"
FACTS = ["Issued by", "Card valid until", "Checked", "Check code"]


def printed(page: Page) -> list[str]:
    """The lines of the page on paper; the screen is as before after it."""
    page.emulate_media(media="print")
    text = page.evaluate("document.body.innerText")
    page.emulate_media(media="screen")
    return [line.strip() for line in text.splitlines() if line.strip()]


def check(lines: list[str], answer: list[str], labels: list[str]) -> None:
    """These lines and no others: the answer, and each fact after its label."""
    facts = lines[len(answer) :]
    said = dict(zip(facts[::2], facts[1::2], strict=True))
    assert lines[: len(answer)] == answer
    assert list(said) == labels
    assert re.fullmatch(r"\d{1,2} [A-Z][a-z]+ 20\d\d, \d\d:\d\d", said["Checked"])
    assert re.fullmatch(r"[0-9A-Z]{5}-[0-9A-Z]{5}", said["Check code"])


@pytest.mark.parametrize(("path", "ready"), [("/", READY), ("/lookup", READY), ("/kiosk", SETUP)])
def test_an_answer_prints_as_a_receipt_and_nothing_else(
    chromium: Browser, site: Site, signed_in: StorageState, path: str, ready: str
) -> None:
    """Outcome, issuer, last day, time and check code; of a kiosk's what a visitor sees, time and code."""
    with open_scanner(chromium, site, signed_in) as at:
        at.page.goto(path)
        at.until(ready)
        at.scan(KIRA.escn)
        at.shows("expired")
        if path == "/kiosk":
            check(printed(at.page), ["NOT VALID"], FACTS[2:])
        else:
            expired = ["Issued by", "Expiry date", "Checked", "Check code"]
            check(printed(at.page), ["NOT VALID", "EXPIRED"], expired)
            at.scan(ANNA.escn)
            at.shows("active", "live")
            check(printed(at.page), ["VALID"], FACTS)


def test_an_answer_without_scripts_prints_the_same(
    chromium: Browser, site: Site, signed_in: StorageState
) -> None:
    """The page that the server draws is the same receipt; an unknown card has no issuer and no last day."""
    with open_scanner(chromium, site, signed_in, java_script_enabled=False) as at:
        plain = PageDriver(at.page, site)
        plain.type_number(ANNA.escn)
        check(printed(plain.page), ["VALID"], FACTS)
        plain.type_number(UNKNOWN)
        check(printed(plain.page), ["NOT VALID", "NOT REGISTERED"], FACTS[2:])
