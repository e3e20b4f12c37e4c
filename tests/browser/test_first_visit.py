"""The app installs itself on a first visit, whatever is opened meanwhile."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.browser.scanner_driver import ANOTHER_PAGE, KEEPS, LEAVE, ScannerDriver, open_scanner

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Route, StorageState

    from tests.support.demo_site import Site

MOST_REQUESTS = 80
# The decoder's worker and its engine come after Start can be used.
WORKER = ("/vendor/zxing-wasm/", "/js/decoder/")


def test_a_page_that_was_on_its_way_meanwhile_is_the_apps_too(
    chromium: Browser, site: Site, signed_in: StorageState
) -> None:
    """It was asked for before there was an app, and comes when there is: its files are kept as well."""
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    with open_scanner(chromium, site, signed_in) as at:
        at.page.route("**/guide", hold)
        at.page.goto("/livez")
        at.page.evaluate(LEAVE, "/guide")
        at.until_asked("/guide")
        ScannerDriver(at.context.new_page(), site).open().install()
        held[0].continue_()
        at.until(f"() => ({ANOTHER_PAGE})() && document.readyState === 'complete'")
        at.until(KEEPS)


def test_the_scan_page_makes_few_requests(chromium: Browser, site: Site, signed_in: StorageState) -> None:
    """Page, styles, scripts and data; each address counts once."""
    with open_scanner(chromium, site, signed_in) as at:
        at.open().until_asked("/zxing_reader.wasm")
        at.page.wait_for_load_state("networkidle")
        asked = {address for address in at.asked if not any(part in address for part in WORKER)}
        assert len(asked) <= MOST_REQUESTS, sorted(asked)
