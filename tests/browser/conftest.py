"""A real Chromium against the real app; every page is watched for browser errors."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import sync_playwright

from tests.browser.camera_page import CHROMIUM
from tests.browser.page_driver import PageDriver, close_context
from tests.support.demo_site import running_site

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from playwright.sync_api import Browser, StorageState, ViewportSize

    from tests.support.demo_site import Site

TIMEOUT_MS = 10_000
PHONE: ViewportSize = {"width": 390, "height": 844}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark everything in this folder as a browser test."""
    for item in items:
        if "tests.browser" in item.nodeid.replace("/", "."):
            item.add_marker(pytest.mark.browser)


@pytest.fixture(name="site", scope="session")
def _site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A site that calls the Router at every check, so that no test depends on another's answers."""
    with running_site(tmp_path_factory.mktemp("site"), fresh_s="0", fresh_not_valid_s="0") as site:
        yield site


@pytest.fixture(name="chromium", scope="session")
def _chromium() -> Iterator[Browser]:
    arguments = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=arguments)
        yield browser
        browser.close()


@pytest.fixture(name="cookies", scope="session")
def _cookies(chromium: Browser, site: Site) -> Callable[[], StorageState]:
    """Gives the cookies of Sara after a sign-in with the form; signs in again if a test ended the session.

    Signing out and locking a kiosk end the session for every copy; password hashing is slow.
    """
    kept: list[StorageState] = []

    def cookies() -> StorageState:
        if not kept or not _is_open(chromium, site, kept[-1]):
            with _open_driver(chromium, site) as driver:
                driver.sign_in()
                kept.append(driver.page.context.storage_state())
        return kept[-1]

    return cookies


@pytest.fixture(name="signed_in")
def _signed_in(cookies: Callable[[], StorageState]) -> StorageState:
    """The cookies of Sara, who is signed in."""
    return cookies()


def _is_open(chromium: Browser, site: Site, state: StorageState) -> bool:
    with chromium.new_context(base_url=site.address, storage_state=state) as context:
        return context.request.get("/api/v1/me").ok


@pytest.fixture(name="driver")
def _driver(chromium: Browser, site: Site, signed_in: StorageState) -> Iterator[PageDriver]:
    """Sara's phone, signed in, without JavaScript."""
    with _open_driver(chromium, site, storage_state=signed_in, java_script_enabled=False) as driver:
        yield driver


@pytest.fixture(name="scripted_driver")
def _scripted_driver(chromium: Browser, site: Site, signed_in: StorageState) -> Iterator[PageDriver]:
    """The same with JavaScript, for axe-core and the app's scripts."""
    with _open_driver(chromium, site, storage_state=signed_in) as driver:
        driver.has_scripts = True
        yield driver


@contextmanager
def _open_driver(chromium: Browser, site: Site, **options: Any) -> Iterator[PageDriver]:
    """Fails at the end if the browser reported an error."""
    context = chromium.new_context(base_url=site.address, viewport=PHONE, **options)
    context.set_default_timeout(TIMEOUT_MS)
    driver = PageDriver(context.new_page(), site)
    driver.page.goto("/")
    yield driver
    close_context(context)
    assert driver.browser_errors == []
