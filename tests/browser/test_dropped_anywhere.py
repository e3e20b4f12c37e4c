"""The link dropped at twenty points of a day at the counter: the page always says where things stand."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.browser.scanner_driver import (
    ANOTHER_PAGE,
    LEAVE,
    UPDATE_WORKER,
    ScannerDriver,
    open_scanner,
    via,
)
from tests.support.fault_proxy import fault_proxy
from validator.demo.deck import BY_SLUG

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Browser, StorageState

    from tests.support.demo_site import Site
    from tests.support.fault_proxy import FaultProxy

ANNA, ROSA, OLGA = (BY_SLUG[name].escn for name in ("anna-active", "rosa-slow", "olga-unregistered"))
NAMED_S = 4
# No check is running, and the page shows a result.
NAMED = """() => {
  const has = (what) => [...document.querySelectorAll(what)].some((each) => each.checkVisibility());
  return document.readyState !== "loading" && !has("[data-phase=asking]") && has("h1, h2, [data-testid]");
}"""
ANSWERED = "() => document.querySelector('[data-testid=verdict]') !== null"
SIGNED_OUT = """() => location.pathname === "/login"
  || document.querySelector("[data-signed-out]:not([hidden])") !== null"""
AS_BEFORE = "() => true"


def scan(number: str) -> Callable[[ScannerDriver], str]:
    """A card is held there: it must come to an answer."""

    def act(at: ScannerDriver) -> str:
        at.scan(number)
        return ANSWERED

    return act


def go(path: str) -> Callable[[ScannerDriver], str]:
    """Begin to go there: another page must come, whichever."""

    def act(at: ScannerDriver) -> str:
        at.page.evaluate(LEAVE, path)
        return ANOTHER_PAGE

    return act


def sign_out(at: ScannerDriver) -> str:
    at.page.get_by_role("button", name="Sign out").click(no_wait_after=True)
    return SIGNED_OUT


def update(at: ScannerDriver) -> str:
    at.page.evaluate(UPDATE_WORKER)
    return AS_BEFORE


def start(at: ScannerDriver) -> str:
    at.page.get_by_test_id("start-camera").click()
    return AS_BEFORE


# What is being done, and how many milliseconds later the link drops.
POINTS: tuple[tuple[Callable[[ScannerDriver], str], int], ...] = (
    (go("/"), 0), (go("/"), 40), (go("/"), 150), (go("/"), 400),
    (go("/lookup"), 30), (go("/kiosk"), 30), (go("/guide"), 30), (go("/demo/cards"), 20),
    (scan(ANNA), 0), (scan(ANNA), 15), (scan(OLGA), 5), (scan(OLGA), 60),
    (scan(ROSA), 100), (scan(ROSA), 600), (scan(ROSA), 1500), (scan(ROSA), 1990),
    (start, 10), (update, 0), (update, 60), (sign_out, 10),
)  # fmt: skip


@pytest.mark.parametrize("how", ["reset_connections", "go_silent"])
def test_wherever_the_link_drops_the_page_says_where_things_stand(
    chromium: Browser, site: Site, signed_in: StorageState, how: str
) -> None:
    """At each of twenty points: a named state within 4 s, nothing left asking, no error page."""
    assert len(POINTS) == 20
    with (
        fault_proxy(site.address) as link,
        open_scanner(chromium, via(link, site), signed_in) as at,
    ):
        at.open().install()
        for act, delay_ms in POINTS:
            at.open()
            end = act(at)
            at.page.wait_for_timeout(delay_ms)
            drop(link, how)
            at.until(f"() => ({end})() && ({NAMED})()", NAMED_S)
            assert "chrome-error" not in at.page.url
            assert at.page.evaluate("location.origin") == at.site.address
            link.pass_through()
        # Each request that the link swallowed is reported by the browser; that is what was asked for here.
        at.browser_errors.clear()


def drop(link: FaultProxy, how: str) -> None:
    getattr(link, how)()
