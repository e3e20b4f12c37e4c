"""Every state of the pages is accessible, at every width, in both colour schemes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.browser.accessibility import accessibility_faults
from tests.browser.page_driver import PageDriver
from tests.browser.scanner_driver import open_scanner
from tests.support.demo_site import PASSWORD, running_site
from validator.demo.deck import BY_SLUG

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from playwright.sync_api import Browser, Page

    from tests.support.demo_site import Site

STATES: dict[str, Callable[[PageDriver], object]] = {
    "scanner": lambda at: at.page.goto("/"),
    "number": lambda at: at.page.goto("/lookup"),
    "guide": lambda at: at.page.goto("/guide"),
    "valid": lambda at: at.photograph("anna-active"),
    "valid, typed": lambda at: at.type_number(BY_SLUG["anna-active"].escn),
    "expired": lambda at: at.photograph("kira-expired"),
    "not registered": lambda at: at.type_number(BY_SLUG["anna-active"].escn.replace("93be43d0", "00000000")),
    "could not check": lambda at: at.photograph("ugo-refused"),
    "with remarks": lambda at: at.photograph("henri-sandbox"),
    "refusal": lambda at: at.type_number("hello"),
    "missing page": lambda at: at.page.goto("/nowhere"),
}


@pytest.mark.parametrize("state", STATES)
def test_every_state_is_accessible(scripted_driver: PageDriver, state: str) -> None:
    """No rule of axe-core is broken, nothing scrolls sideways, nothing that is pressed is under 48 pixels."""
    STATES[state](scripted_driver)

    assert accessibility_faults(scripted_driver.page) == []


def test_sign_in_is_accessible(scripted_driver: PageDriver) -> None:
    """The sign-in page too, before and after a mistake."""
    scripted_driver.page.get_by_role("button", name="Sign out").click()
    scripted_driver.page.wait_for_url("**/login")
    assert accessibility_faults(scripted_driver.page) == []

    scripted_driver.page.get_by_label("User name").fill("staff")
    scripted_driver.page.get_by_label("Password").fill("not the password")
    scripted_driver.page.get_by_role("button", name="Sign in").click()
    assert scripted_driver.page.get_by_test_id("sign-in-error").is_visible()
    assert accessibility_faults(scripted_driver.page) == []


def test_account_and_manager_pages_are_accessible(chromium: Browser, site: Site) -> None:
    """One's account, the codes, the devices, the alerts and the server's health, for a manager."""
    with open_scanner(chromium, site) as other, open_scanner(chromium, site) as mia:
        other.sign_in_as("manager")
        mia.sign_in_as("manager")
        mia.install().open()
        mia.until("() => !document.querySelector('[data-for-managers][hidden]')")
        for path in ("/account", "/manage/devices", "/manage/alerts", "/manage/health"):
            mia.page.goto(path)
            assert accessibility_faults(mia.page) == [], path

        mia.page.goto("/account")
        mia.page.get_by_label("Your password").fill(PASSWORD)
        mia.page.get_by_role("button", name="Set up codes").click()
        mia.page.get_by_test_id("codes-picture").wait_for()
        assert accessibility_faults(mia.page) == []


def test_an_outage_shows_the_remembered_answer(chromium: Browser, tmp_path: Path) -> None:
    """When the Router is gone, a card seen valid has the remembered look; others are not guessed."""
    with running_site(tmp_path, fresh_s="0") as site:
        context = chromium.new_context(base_url=site.address)
        driver = PageDriver(context.new_page(), site, has_scripts=True)
        driver.sign_in()
        driver.photograph("anna-active")
        assert driver.answer == ("valid", "active", "router")

        site.end_router()
        driver.photograph("anna-active")
        assert driver.answer == ("valid", "active", "cache")
        assert "valid_remembered" in (driver.verdict.get_attribute("class") or "")
        assert accessibility_faults(driver.page) == []

        driver.photograph("ewa-newlogo")
        assert driver.answer == ("could_not_check", "router_unreachable", "router")
        context.close()
    assert driver.browser_errors == []


def photograph(at: PageDriver) -> None:
    at.photograph("ugo-refused")


def type_number(at: PageDriver) -> None:
    at.type_number(BY_SLUG["kira-expired"].escn)


def word_px(page: Page) -> float:
    """The size of the verdict's word."""
    return float(page.evaluate("parseFloat(getComputedStyle(document.querySelector('h1')).fontSize)"))


def test_the_word_is_readable_from_two_metres(scripted_driver: PageDriver) -> None:
    """The word is at least 12 % of the width high in type, 40 pixels on the narrowest phone, up to 96."""
    for card in ("anna-active", "kira-expired", "ugo-refused"):
        scripted_driver.photograph(card)
        for width, least in ((320, 40), (390, 46.8), (768, 92), (1024, 96)):
            scripted_driver.page.set_viewport_size({"width": width, "height": 768})
            assert word_px(scripted_driver.page) >= least


def test_the_answer_stands_on_the_first_screen(scripted_driver: PageDriver) -> None:
    """The word is seen without scrolling, after a photo and after typing with the focus in the field."""
    for check in (photograph, type_number):
        for width, height in ((320, 568), (390, 844), (1024, 768)):
            scripted_driver.page.set_viewport_size({"width": width, "height": height})
            check(scripted_driver)
            box = scripted_driver.verdict.get_by_role("heading").first.bounding_box()
            assert box is not None
            assert 0 <= box["y"] <= height - box["height"]
