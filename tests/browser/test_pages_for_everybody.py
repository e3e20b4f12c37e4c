"""Every state of the scanner page and the look-up page is accessible."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

import pytest

from tests.browser.accessibility import accessibility_faults
from tests.browser.scanner_driver import ScannerDriver, open_scanner
from validator.demo.deck import BY_SLUG

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from playwright.sync_api import Browser, StorageState

    from tests.support.demo_site import Site

ANNA, KIRA, UGO, ROSA = (
    BY_SLUG[name].escn for name in ("anna-active", "kira-expired", "ugo-refused", "rosa-slow")
)
NO_CAMERA = """() => {
  navigator.mediaDevices.getUserMedia = async () => { throw new DOMException("", "NotAllowedError"); };
}"""
OFFER = "window.dispatchEvent(Object.assign(new Event('beforeinstallprompt'), { prompt() {} }))"


def answered(number: str, *wanted: str) -> Callable[[ScannerDriver], None]:
    """The page after this card was scanned and this result is shown."""

    def go(at: ScannerDriver) -> None:
        at.scan(number)
        at.shows(*wanted)

    return go


def asking(at: ScannerDriver) -> None:
    at.scan(ROSA)
    at.until("() => document.querySelector('[data-testid=asking]') !== null")


def trouble(at: ScannerDriver) -> None:
    at.page.evaluate(NO_CAMERA)
    at.page.get_by_test_id("start-camera").click()
    at.page.get_by_test_id("camera-trouble").wait_for()


def settings(at: ScannerDriver) -> None:
    at.page.get_by_text("Settings of this device").click()
    at.page.get_by_label("Tones", exact=False).first.wait_for()


def wrong_character(at: ScannerDriver) -> None:
    at.page.locator("#number").focus()
    at.page.keyboard.type("3e5o", delay=60)


def offer(at: ScannerDriver) -> None:
    at.page.evaluate(OFFER)
    at.page.get_by_role("button", name="Install ESC Validator").wait_for()


def offline(at: ScannerDriver) -> None:
    at.scan(ANNA)
    at.shows("valid", "live")
    at.context.set_offline(True)
    at.scan(UGO)
    at.shows("could_not_check", "device_offline")


def signed_out(at: ScannerDriver) -> None:
    at.install()
    at.context.set_offline(True)
    at.page.get_by_role("button", name="Sign out").click()
    at.page.get_by_test_id("signed-out").wait_for()


STATES: dict[str, tuple[str, Callable[[ScannerDriver], object]]] = {
    "before the start": ("/", lambda at: at.page.get_by_test_id("start-camera").wait_for()),
    "valid": ("/", answered(ANNA, "valid", "live")),
    "not valid": ("/", answered(KIRA, "not_valid", "live")),
    "could not check": ("/", answered(UGO, "could_not_check", "live")),
    "asking": ("/", asking),
    "camera in trouble": ("/", trouble),
    "settings": ("/", settings),
    "a wrong character": ("/", wrong_character),
    "the offer to install": ("/", offer),
    "offline": ("/", offline),
    "signed out": ("/", signed_out),
    "typed, valid": ("/lookup", answered(ANNA, "valid", "live")),
    "typed, a wrong character": ("/lookup", wrong_character),
}


@pytest.fixture(name="at")
def _at(chromium: Browser, site: Site, signed_in: StorageState) -> Iterator[ScannerDriver]:
    with open_scanner(chromium, site, signed_in) as at:
        yield at
        # A cut line is reported by the browser; that is what some states are about.
        at.browser_errors.clear()


@pytest.mark.parametrize("state", STATES)
def test_every_state_is_accessible(at: ScannerDriver, state: str) -> None:
    """No rule of axe-core is broken, nothing scrolls sideways, nothing that is pressed is under 48 pixels."""
    path, reach = STATES[state]
    reach(at.open(path))

    assert accessibility_faults(at.page) == []


def test_the_whole_flow_works_by_keyboard_alone(at: ScannerDriver) -> None:
    """Tab reaches the field, Enter checks, Tab reaches what stands under the answer, Enter clears it."""
    at.open()
    for _ in range(40):
        at.page.keyboard.press("Tab")
        if at.page.evaluate("document.activeElement.id === 'number'"):
            break
    at.page.keyboard.type(KIRA, delay=60)
    at.page.keyboard.press("Enter")
    at.shows("not_valid", "expired")

    for _ in range(60):
        at.page.keyboard.press("Tab")
        if at.page.evaluate("document.activeElement.dataset.action === 'clear'"):
            break
    at.page.keyboard.press("Enter")
    at.until("() => document.querySelector('[data-testid=verdict]') === null")


def test_the_app_can_be_installed(at: ScannerDriver) -> None:
    """The browser itself finds nothing that keeps it from being installed, nor a fault in its manifest."""
    at.open().install()
    devtools = at.context.new_cdp_session(at.page)

    found = devtools.send("Page.getInstallabilityErrors")["installabilityErrors"]
    # A test's window is a private one, which the browser names too.
    assert [error for error in found if error["errorId"] != "in-incognito"] == []
    manifest = cast("dict[str, object]", devtools.send("Page.getAppManifest"))
    assert manifest["errors"] == []
    assert str(manifest["url"]).endswith("/manifest.webmanifest")
