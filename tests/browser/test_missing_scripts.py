"""A button whose script does not come any more, as after an update of the server, still does its work."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.browser.conftest import TIMEOUT_MS
from tests.browser.page_driver import PageDriver, close_context
from tests.browser.page_polling import wait_until

if TYPE_CHECKING:
    from playwright.sync_api import Browser

    from tests.support.demo_site import Site

DATABASES = "async () => (await indexedDB.databases()).map(({ name }) => name)"


@pytest.mark.parametrize("missing", ["**/js/pages/sign_out.js", "**/vendor/idb/**"])
def test_signing_out_works_without_its_script(chromium: Browser, site: Site, missing: str) -> None:
    """The session ends and the device forgets, whether the script itself is gone or one that it imports."""
    context = chromium.new_context(base_url=site.address, service_workers="block")
    context.set_default_timeout(TIMEOUT_MS)
    driver = PageDriver(context.new_page(), site)
    driver.sign_in()
    page = driver.page
    wait_until(page, f"async () => ({DATABASES})().then((names) => names.includes('escv'))")

    page.goto("/guide")
    page.route(missing, lambda route: route.abort())
    page.get_by_role("button", name="Sign out").click()
    page.get_by_role("heading", name="Sign in").wait_for()

    assert context.request.get("/api/v1/me").status == 401
    assert "escv" not in page.evaluate(DATABASES)
    close_context(context)
