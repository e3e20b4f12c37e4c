"""Drives the scanner page: hand-held scanner, touch, and what the page shows."""

from __future__ import annotations

import json
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from tests.browser.conftest import PHONE, TIMEOUT_MS
from tests.browser.device import STORES
from tests.browser.keyboard_layouts import Stroke, strokes
from tests.browser.page_driver import PageDriver, close_context
from tests.browser.page_polling import wait_until
from tests.support.demo_site import PASSWORD

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, BrowserContext, Page, Request, StorageState

    from tests.support.demo_site import Site
    from tests.support.fault_proxy import FaultProxy

CHECKED = "/api/v1/validations"
KEEPS = "() => navigator.serviceWorker.controller !== null"
READY = "() => document.querySelector('[data-scanner]:not([hidden])') !== null"
ASKS = "() => document.querySelector('[data-phase=asking]') !== null"
# The stage's content: outcome, reason, source, phase and whether it is confirmed; null if empty.
STAGE = """() => {
  const shown = document.querySelector("[data-testid=verdict]");
  const { outcome, reason, source, phase, confirm } = shown?.dataset ?? {};
  return shown && [outcome, reason, source, phase, confirm];
}"""
# Each key event has the time at which a scanner would have sent it; a busy page may create them later.
TYPED = """(strokes) => {
  const target = document.activeElement ?? document.body;
  let time = performance.now();
  for (const { code, key, shift } of strokes) {
    for (const kind of ["keydown", "keyup"]) {
      const how = { code, key, shiftKey: shift, bubbles: true, cancelable: true, composed: true };
      const event = new KeyboardEvent(kind, how);
      Object.defineProperty(event, "timeStamp", { value: (time += 1) });
      target.dispatchEvent(event);
    }
  }
}"""
UPDATE_WORKER = """() => {
  navigator.serviceWorker.getRegistration().then((found) => found?.update()).catch(() => {});
}"""
# Start a navigation and return at once; then check whether another page was loaded.
LEAVE = "(path) => { window.wasHere = true; setTimeout(() => location.assign(path)); }"
BACK = "() => { window.wasHere = true; setTimeout(() => history.back()); }"
ANOTHER_PAGE = "() => window.wasHere === undefined"
# Whether this card is on the device's disk: a page may know it before it is written.
KEPT_ON_DISK = """async () => {{
  const root = document.querySelector("script[type=module]").src.replace(/js\\/pages\\/.*/, "");
  const {{ openMemory }} = await import(`${{root}}js/memory/memory.js`);
  const memory = await openMemory();
  return (await memory.pack.find({number})) !== null;
}}"""
# For the error message of a wait that timed out.
PAGE_STATE = f"""() => [location.href, document.readyState, document.title, ({STAGE})(),
  document.body.innerText.slice(0, 500)]"""
LINE = "document.querySelector('[data-status]').textContent"


class ScannerDriver(PageDriver):
    """The scanner page on a phone, with all requests to the server."""

    def __init__(self, page: Page, site: Site) -> None:
        super().__init__(page, site, has_scripts=True)
        self.asked: list[str] = []
        page.on("request", self._note)

    def _note(self, request: Request) -> None:
        self.asked.append(request.url)

    @property
    def checks(self) -> int:
        """The number of single checks that were requested."""
        return sum(address.endswith(CHECKED) for address in self.asked)

    @property
    def context(self) -> BrowserContext:
        """The browser context, with the device's cookies and storage."""
        return self.page.context

    def open(self, path: str = "/") -> ScannerDriver:
        """Open this path and wait until the scripts are ready."""
        self.page.goto(path)
        self.until(READY)
        return self

    def sign_in_as(self, name: str) -> ScannerDriver:
        """Sign in with the form; the scanner opens."""
        self.page.goto("/login")
        self.page.get_by_label("User name").fill(name)
        self.page.get_by_label("Password").fill(PASSWORD)
        self.page.get_by_role("button", name="Sign in").click()
        self.until(READY)
        return self

    def install(self) -> ScannerDriver:
        """Wait until the service worker controls the page."""
        self.until(KEEPS)
        return self

    def scan(self, text: str) -> None:
        """Type this as a hand-held scanner does, with exact times: a busy test cannot do so."""
        keys = [*strokes(text, "US"), Stroke("Enter", "Enter", shift=False)]
        self.page.evaluate(TYPED, [stroke._asdict() for stroke in keys])

    def press(self, text: str, end: str = "Enter") -> None:
        """Type this with the browser's own keys into the focused element."""
        for sign in text:
            self.page.keyboard.press("Minus" if sign == "-" else sign)
        if end:
            self.page.keyboard.press(end)

    def shows(self, *wanted: str, timeout_s: float = 10) -> None:
        """Wait until the stage shows all of these values."""
        self.until(f"() => {json.dumps(wanted)}.every((part) => ({STAGE})()?.includes(part))", timeout_s)

    def says(self, *parts: str, timeout_s: float = 10) -> None:
        """Wait until the status line contains all of these texts."""
        self.until(f"() => {json.dumps(parts)}.every((part) => {LINE}.includes(part))", timeout_s)

    def until(self, condition: str, timeout_s: float = 10) -> object:
        """The result of this JavaScript function as soon as it is truthy."""
        try:
            return wait_until(self.page, condition, timeout_s)
        except AssertionError as error:
            error.add_note(f"Page: {wait_until(self.page, PAGE_STATE)}. Last requests: {self.asked[-12:]}")
            raise

    def until_kept(self, number: str) -> None:
        """Wait until the device has this card on its disk."""
        self.until(KEPT_ON_DISK.format(number=json.dumps(number)))

    def until_asked(self, wanted: str) -> None:
        """Wait until the page has requested this address."""
        for _ in range(300):
            if any(wanted in address for address in self.asked):
                return
            self.page.wait_for_timeout(50)
        raise AssertionError(wanted)

    @property
    def stage(self) -> list[str | None] | None:
        """Outcome, reason, source, phase and confirmation on the stage; None if it is empty."""
        found: list[str | None] | None = self.page.evaluate(STAGE)
        return found

    @property
    def status(self) -> str:
        """The status line."""
        return self.page.get_by_test_id("status").inner_text()

    @property
    def stores(self) -> dict[str, int]:
        """The number of records in each store of the device's database."""
        found: dict[str, int] = self.page.evaluate(STORES)
        return found


@contextmanager
def open_scanner(
    browser: Browser, site: Site, signed_in: StorageState | None = None, **options: Any
) -> Iterator[ScannerDriver]:
    """A new device at this site; fails at the end if the browser reported an error."""
    given = {"base_url": site.address, "viewport": PHONE, "storage_state": signed_in} | options
    context = browser.new_context(**given)
    context.set_default_timeout(TIMEOUT_MS)
    at = ScannerDriver(context.new_page(), site)
    try:
        yield at
    finally:
        close_context(context)
    assert at.browser_errors == []


def via(link: FaultProxy, site: Site) -> Site:
    """The same site, reached through this proxy."""
    return replace(site, address=link.address)
