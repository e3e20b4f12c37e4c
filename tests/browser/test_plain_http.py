"""A real browser over plain http from another machine: it sends no Sec-Fetch-Site, like all old ones."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from tests.browser.camera_page import CHROMIUM
from tests.browser.conftest import TIMEOUT_MS
from tests.support.demo_site import PASSWORD

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Request

    from tests.support.demo_site import Site

HOST = "esc.uni.example"


def test_a_browser_without_fetch_metadata_signs_in_and_out(chromium: Browser, site: Site) -> None:
    """It reads that it should use https, and its forms are taken all the same: known by their Origin."""
    arguments = ["--no-sandbox", "--disable-gpu", f"--host-resolver-rules=MAP {HOST} 127.0.0.1"]
    browser = chromium.browser_type.launch(executable_path=CHROMIUM, args=arguments)
    page = browser.new_context(base_url=f"http://{HOST}:{urlsplit(site.address).port}").new_page()
    page.set_default_timeout(TIMEOUT_MS)
    sent: list[Request] = []
    page.on("request", lambda request: sent.append(request))  # noqa: PLW0108 - Playwright marks its handlers

    page.goto("/lookup")
    page.get_by_test_id("plain-http").get_by_role("link", name=f"https://{HOST}/").wait_for()
    page.get_by_label("User name").fill("staff")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.get_by_role("heading", name="Type a number").wait_for()
    page.get_by_role("button", name="Sign out").click()
    page.get_by_role("heading", name="Sign in").wait_for()

    forms = [request.all_headers() for request in sent if request.method == "POST"]
    assert forms
    assert not any("sec-fetch-site" in headers for headers in forms)
    browser.close()
