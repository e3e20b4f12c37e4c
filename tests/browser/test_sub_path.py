"""The app below a sub-path of a host, behind a proxy: the whole journey, and nothing beside the prefix."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import replace
from typing import TYPE_CHECKING

from tests.browser.device import until_in_pack
from tests.browser.scanner_driver import READY, open_scanner
from tests.support.demo_site import PASSWORD, running_site
from tests.support.prefix_proxy import prefix_proxy
from validator.demo.deck import BY_SLUG

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import Browser

ANNA = BY_SLUG["anna-active"].escn
SCOPE = "async () => (await navigator.serviceWorker.ready).scope"


def test_the_whole_journey_stays_below_the_prefix(chromium: Browser, tmp_path: Path) -> None:
    """Sign in, type a card, install, cut the network, reload, and ask the device."""
    with ExitStack() as stack:
        site = stack.enter_context(running_site(tmp_path, proxy_hops="1"))
        proxying = stack.enter_context(ExitStack())
        proxy = proxying.enter_context(prefix_proxy(site.address, "/esc"))
        here = f"{proxy.origin}/esc"
        at = stack.enter_context(open_scanner(chromium, replace(site, address=here)))

        at.page.goto(f"{here}/lookup")
        at.page.get_by_label("User name").fill("staff")
        at.page.get_by_label("Password").fill(PASSWORD)
        at.page.get_by_role("button", name="Sign in").click()
        at.page.wait_for_url(f"{here}/lookup")
        at.page.get_by_label("Type the card number").fill(ANNA)
        at.page.keyboard.press("Enter")
        at.shows("valid", "active")
        until_in_pack(at.context, here, 1)
        at.page.get_by_role("link", name="Scan", exact=True).click()
        at.until(READY)
        at.install().until_kept(ANNA)

        assert at.page.evaluate(SCOPE) == f"{here}/"
        assert {cookie["path"] for cookie in at.context.cookies()} == {"/esc/", "/esc/login"}

        proxying.close()
        at.page.reload()
        at.until(READY)
        at.scan(ANNA)
        at.shows("valid", "active", "device")

        assert proxy.beside == []
