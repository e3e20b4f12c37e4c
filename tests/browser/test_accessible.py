"""Every state of the pages is usable by everybody, at every width, in both colour schemes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.browser.counter import Counter
from tests.browser.examine import examine
from tests.browser.station import station
from tests.support.site import PASSWORD, running_site
from validator.demo.deck import BY_SLUG

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from playwright.sync_api import Browser, Page

    from tests.support.site import Site

STATES: dict[str, Callable[[Counter], object]] = {
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
def test_every_state_is_for_everybody(examined: Counter, state: str) -> None:
    """No rule of axe-core is broken, nothing scrolls sideways, nothing that is pressed is under 48 pixels."""
    STATES[state](examined)

    assert examine(examined.page) == []


def test_signing_in_is_for_everybody(examined: Counter) -> None:
    """The sign-in page too, before and after a mistake."""
    examined.page.get_by_role("button", name="Sign out").click()
    examined.page.wait_for_url("**/login")
    assert examine(examined.page) == []

    examined.page.get_by_label("User name").fill("staff")
    examined.page.get_by_label("Password").fill("not the password")
    examined.page.get_by_role("button", name="Sign in").click()
    assert examined.page.get_by_test_id("sign-in-error").is_visible()
    assert examine(examined.page) == []


def test_what_people_and_managers_look_after_is_for_everybody(chromium: Browser, site: Site) -> None:
    """One's account, the codes, the devices, the alerts and the server's health, for a manager."""
    with station(chromium, site) as other, station(chromium, site) as mia:
        other.sign_in_as("manager")
        mia.sign_in_as("manager")
        mia.install().open()
        mia.until("() => !document.querySelector('[data-for-managers][hidden]')")
        for path in ("/account", "/manage/devices", "/manage/alerts", "/manage/health"):
            mia.page.goto(path)
            assert examine(mia.page) == [], path

        mia.page.goto("/account")
        mia.page.get_by_label("Your password").fill(PASSWORD)
        mia.page.get_by_role("button", name="Set up codes").click()
        mia.page.get_by_test_id("codes-picture").wait_for()
        assert examine(mia.page) == []


def test_an_outage_shows_the_remembered_answer(chromium: Browser, tmp_path: Path) -> None:
    """When the Router is gone, a card seen valid has the remembered look; others are not guessed."""
    with running_site(tmp_path, fresh_s="0") as site:
        context = chromium.new_context(base_url=site.address)
        counter = Counter(context.new_page(), site, has_scripts=True)
        counter.sign_in()
        counter.photograph("anna-active")
        assert counter.answer == ("valid", "active", "router")

        site.end_router()
        counter.photograph("anna-active")
        assert counter.answer == ("valid", "active", "cache")
        assert "valid_remembered" in (counter.verdict.get_attribute("class") or "")
        assert examine(counter.page) == []

        counter.photograph("ewa-newlogo")
        assert counter.answer == ("could_not_check", "router_unreachable", "router")
        context.close()
    assert counter.complaints == []


def photograph(at: Counter) -> None:
    at.photograph("ugo-refused")


def type_number(at: Counter) -> None:
    at.type_number(BY_SLUG["kira-expired"].escn)


def word_px(page: Page) -> float:
    """The size of the verdict's word."""
    return float(page.evaluate("parseFloat(getComputedStyle(document.querySelector('h1')).fontSize)"))


def test_the_word_is_readable_from_two_metres(examined: Counter) -> None:
    """The word is at least 12 % of the width high in type, 40 pixels on the narrowest phone, up to 96."""
    for card in ("anna-active", "kira-expired", "ugo-refused"):
        examined.photograph(card)
        for width, least in ((320, 40), (390, 46.8), (768, 92), (1024, 96)):
            examined.page.set_viewport_size({"width": width, "height": 768})
            assert word_px(examined.page) >= least


def test_the_answer_stands_on_the_first_screen(examined: Counter) -> None:
    """The word is seen without scrolling, after a photo and after typing with the focus in the field."""
    for check in (photograph, type_number):
        for width, height in ((320, 568), (390, 844), (1024, 768)):
            examined.page.set_viewport_size({"width": width, "height": height})
            check(examined)
            box = examined.verdict.get_by_role("heading").first.bounding_box()
            assert box is not None
            assert 0 <= box["y"] <= height - box["height"]
