"""Where all of it happens: a site, a browser with a film before its camera, a person signed in."""

from __future__ import annotations

import os
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from playwright.sync_api import sync_playwright

from bench.support import router
from tests.browser.camera_page import CHROMIUM, camera_browser
from tests.support.demo_site import PASSWORD, ROOT, running_site

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, BrowserContext, StorageState

    from tests.support.demo_site import Site

# No limit of the server's is measured here, and every card is asked for at the Router, each time.
OPEN = {"limits": "off", "fresh_s": "0", "fresh_not_valid_s": "0"}


@contextmanager
def place(film: Path | None, router_s: float = 0.1) -> Iterator[tuple[Site, Browser]]:
    """A site with a Router that knows every card after `router_s`, and a browser that sees this film."""
    with (
        tempfile.TemporaryDirectory() as folder,
        router(router_s) as router_url,
        running_site(Path(folder), ROOT, router_url=router_url, **OPEN) as site,
        sync_playwright() as playwright,
    ):
        plain = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
        if film is None:
            yield site, plain
        else:
            with camera_browser(plain, film) as browser:
                yield site, browser
        plain.close()


def signed_in(browser: Browser, address: str) -> StorageState:
    """The cookies of a signed-in user."""
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{address}/login")
    page.get_by_label("User name").fill("staff")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    state = context.storage_state()
    context.close()
    return state


def phone(browser: Browser, state: StorageState, *, keeps_app: bool = True) -> BrowserContext:
    """A phone of that person, nothing in its cache; without `keeps_app` no service worker fetches beside."""
    return browser.new_context(
        viewport={"width": 390, "height": 844},
        storage_state=state,
        service_workers="allow" if keeps_app else "block",
    )


def load() -> str:
    """How busy the machine is: figures on a shared one are read beside it."""
    return f"load {os.getloadavg()[0]:.1f}"
