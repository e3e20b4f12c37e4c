"""A browser lacks one feature: a card is still checked, by the camera, the field, or the plain forms."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from tests.browser.camera_page import CAMERA_ALLOWED, camera_browser
from tests.browser.keyboard_layouts import SLOW_SCAN_TIMEOUT
from tests.browser.scanner_driver import ScannerDriver, open_scanner
from tests.browser.test_kiosk import MODE, lock, wedge
from tests.support.drawing_faults import View
from tests.support.videos import SMALL, placed, write
from validator.demo.deck import BY_SLUG

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, Route, StorageState

    from tests.support.demo_site import Site

ANNA, KIRA = (BY_SLUG[slug].escn for slug in ("anna-active", "kira-expired"))
CAMERA, SERVER, FIELD, PLAIN = "camera", "server", "field", "plain"
# In a page and in a worker alike: what a path names is gone as if it had never been there.
REMOVE = """for (const path of %s) {
  const names = path.split(".");
  const last = names.pop();
  const owner = names.reduce((at, name) => at?.[name], globalThis);
  if (owner && !delete owner[last]) Object.defineProperty(owner, last, { value: undefined });
}
"""
# A browser that does not know the option starts a worker of the old kind, which fails at its first import.
NO_MODULE_WORKERS = """const Old = Worker;
window.Worker = function (address) { return new Old(address); };"""
NO_KEYS_ON_DISK = """const { put } = IDBObjectStore.prototype;
IDBObjectStore.prototype.put = function (value, ...more) {
  if (value instanceof CryptoKey) throw new DOMException("no keys here", "DataCloneError");
  return put.call(this, value, ...more);
};"""
BLOCKED_STORAGE = """Object.defineProperty(window, "localStorage", {
  get() { throw new DOMException("blocked", "SecurityError"); },
});"""
LYING_CANVAS = """{
  const lie = (pixels) => { pixels.data.fill(127); return pixels; };
  for (const Kind of [globalThis.OffscreenCanvasRenderingContext2D, globalThis.CanvasRenderingContext2D]) {
    if (!Kind) continue;
    const { getImageData } = Kind.prototype;
    Kind.prototype.getImageData = function (...place) { return lie(getImageData.apply(this, place)); };
  }
}
"""
# The wake lock is given in a tap only, as by Safari, and full screen uses the tap up.
WAKE_IN_TAPS = """window.locks = [];
Object.defineProperty(navigator, "wakeLock", { value: { async request() {
  if (!navigator.userActivation.isActive) throw new DOMException("no tap", "NotAllowedError");
  const lock = { released: false, async release() { lock.released = true; } };
  window.locks.push(lock);
  return lock;
} } });"""
# Tap on Start if the camera did not start by itself; return its state.
SEEN = """() => {
  document.querySelector("[data-camera=off] [data-start-camera]:enabled")?.click();
  const { outcome, phase } = document.querySelector("[data-testid=verdict]")?.dataset ?? {};
  const isPlain = document.querySelector("[data-plain]:not([hidden])") !== null;
  return isPlain ? "plain" : outcome === "valid" && phase !== "asking" && "answered";
}"""
WORD = """() => parseFloat(getComputedStyle(document.querySelector("[data-testid=verdict] .word")).fontSize)
  / window.innerWidth"""
LEAST_WORD = 0.15
OUTCOMES = {ANNA: "valid", KIRA: "not_valid"}
AWAKE = "() => window.locks.some((lock) => !lock.released)"
ONLY_SERVER = "This browser reads codes only with the server’s help."
HINT = f"() => document.querySelector('[data-hint]').textContent === {json.dumps(ONLY_SERVER)}"


@dataclass(frozen=True)
class Missing:
    """A feature that is not there, by paths or by a script, and which way a card still has."""

    name: str
    way: str = CAMERA
    paths: tuple[str, ...] = ()
    script: str = ""
    worker: str = ""

    def in_page(self) -> str:
        return REMOVE % json.dumps(self.paths) + self.script

    def in_worker(self) -> str:
        return REMOVE % json.dumps(self.paths) + self.worker


OF_FRAMES = (
    *("VideoFrame", "HTMLVideoElement.prototype.requestVideoFrameCallback"),
    "MediaStreamTrack.prototype.getCapabilities",
)
LATER_METHODS = (
    *(
        f"Array.prototype.{name}"
        for name in ("findLast", "findLastIndex", "at", "toSorted", "toReversed", "with")
    ),
    "String.prototype.at",
    "Uint8Array.prototype.at",
)
LATER_FUNCTIONS = (
    *("Object.hasOwn", "Object.groupBy", "structuredClone", "Promise.withResolvers", "reportError"),
    *("AbortSignal.timeout", "AbortSignal.any", "Crypto.prototype.randomUUID", "requestIdleCallback"),
)
OF_SCREEN_AND_KEEPING = tuple(
    f"Navigator.prototype.{name}" for name in ("serviceWorker", "wakeLock", "storage", "permissions")
)
OF_SOUND = ("AudioContext", "Navigator.prototype.vibrate", "Navigator.prototype.userActivation")
OF_TABS = ("BroadcastChannel", "Navigator.prototype.locks")
MISSING = (
    Missing("methods since 2022", paths=LATER_METHODS),
    Missing("functions since 2021", paths=LATER_FUNCTIONS),
    Missing("BroadcastChannel, locks", paths=OF_TABS),
    Missing("IndexedDB", paths=("indexedDB",)),
    Missing("keys in IndexedDB", script=NO_KEYS_ON_DISK),
    Missing("crypto.subtle", paths=("Crypto.prototype.subtle",)),
    Missing("localStorage", script=BLOCKED_STORAGE),
    Missing("sound, vibration", paths=OF_SOUND),
    Missing("service workers, screen lock", paths=("caches", *OF_SCREEN_AND_KEEPING)),
    Missing("VideoFrame, its callback", paths=OF_FRAMES),
    Missing("OffscreenCanvas", SERVER, paths=("OffscreenCanvas",)),
    Missing("WebAssembly", SERVER, paths=("WebAssembly", "BarcodeDetector")),
    Missing("module workers", SERVER, script=NO_MODULE_WORKERS),
    Missing("a canvas with true pixels", FIELD, OF_FRAMES, LYING_CANVAS, LYING_CANVAS),
    Missing("a camera", FIELD, paths=("Navigator.prototype.mediaDevices",)),
    Missing("replaceAll", PLAIN, paths=("String.prototype.replaceAll",)),
    # Not looked for at the start: the page meets it at its first answer.
    Missing("Date.parse", PLAIN, paths=("Date.parse",)),
)


@pytest.fixture(name="films", scope="module")
def _films(chromium: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    """A browser before whose camera Anna's card is held all the time."""
    picture = placed(f"https://esc.gg/{ANNA}", View(), (640, 360), SMALL, 3)
    with camera_browser(
        chromium, write(tmp_path_factory.mktemp("film") / "anna.mjpeg", [picture] * 15)
    ) as browser:
        yield browser


def _without(at: ScannerDriver, missing: Missing) -> None:
    """Take it away from every page of this device, and from the worker that reads."""

    def worker(route: Route) -> None:
        answer = route.fetch()
        route.fulfill(response=answer, body=missing.in_worker() + answer.text())

    at.page.add_init_script(missing.in_page())
    at.context.route("**/js/decoder/worker.js", worker)


def _with_old_styles(at: ScannerDriver) -> None:
    """What browsers before container units, `:has` and dynamic viewport units do not know, they drop."""

    def sheet(route: Route) -> None:
        answer = route.fetch()
        text = re.sub(r"[\w-]+:[^;{}]*\d(?:cqi|dvh)\b[^;{}]*;", "", answer.text())
        text = re.sub(r"container-type:[^;}]*;?", "", text).replace(":has(", ":unknown-to-it(")
        route.fulfill(response=answer, body=text.replace("(scripting: enabled)", "(unknown-to-it: enabled)"))

    at.context.route("**/css/*.css", sheet)


@pytest.mark.parametrize("missing", MISSING, ids=lambda missing: missing.name)
def test_a_card_is_checked_in_a_browser_without_it(
    films: Browser, site: Site, signed_in: StorageState, missing: Missing
) -> None:
    """By the camera, with the server's help or without; else by the field; else by the plain forms."""
    with open_scanner(films, site, signed_in, service_workers="block", **CAMERA_ALLOWED) as at:
        _without(at, missing)
        at.page.goto("/")
        if missing.way != FIELD:
            assert at.until(SEEN) == ("plain" if missing.way == PLAIN else "answered")
        if missing.way == SERVER:
            at.until(HINT)
        if missing.way in {FIELD, PLAIN}:
            at.page.get_by_label("Type the card number").fill(KIRA)
        if missing.way == PLAIN:
            at.page.get_by_role("button", name="Check the number").click()
        if missing.way in {FIELD, PLAIN}:
            at.page.locator("[data-testid=verdict][data-outcome=not_valid]").wait_for()
        at.page.close()  # nothing more is said after it
        at.browser_errors.clear()


def test_a_number_is_checked_in_a_browser_that_lacks_all_of_it(
    chromium: Browser, site: Site, signed_in: StorageState
) -> None:
    """Where everything that has a substitute is gone at once, a slip is named and a card answered."""
    with open_scanner(chromium, site, signed_in, service_workers="block") as at:
        paths = (*LATER_METHODS, *LATER_FUNCTIONS, *OF_TABS, *OF_SOUND, *OF_SCREEN_AND_KEEPING, "indexedDB")
        _without(at, Missing("all of it", paths=paths))
        at.open("/lookup")
        field = at.page.get_by_label("Type the card number")
        field.fill(KIRA.replace("0", "o", 1))
        at.page.keyboard.press("Enter")
        at.page.locator("[data-number-note]", has_text="did you mean 0?").wait_for()
        field.fill(KIRA)
        at.page.keyboard.press("Enter")
        at.shows("not_valid", "expired")
        _forget_blocked_workers(at)


def test_an_old_browsers_answers_are_large_and_its_kiosk_stays_awake(
    chromium: Browser, site: Site, signed_in: StorageState
) -> None:
    """Without container units and `:has`; the screen lock is given in a tap only, and full screen ends it."""
    with open_scanner(chromium, site, signed_in, service_workers="block") as at:
        _with_old_styles(at)
        at.page.add_init_script(
            REMOVE % json.dumps(["AbortSignal.timeout"]) + SLOW_SCAN_TIMEOUT + WAKE_IN_TAPS
        )
        at.open()
        for number in (ANNA, KIRA):
            at.page.get_by_label("Type the card number").fill(number)
            assert _word_of(at, number) >= LEAST_WORD

        at.page.goto("/kiosk")
        at.until(f"() => {MODE} === 'setup'")
        lock(at.page)
        at.until(AWAKE)
        at.page.reload()
        at.until(f"() => {MODE} === 'locked'")
        assert at.page.get_by_role("heading", name="Show your card’s code").is_visible()
        assert not at.page.evaluate(AWAKE)
        at.page.get_by_role("heading", name="Show your card’s code").click()
        at.until(AWAKE)
        for number in (ANNA, KIRA):
            wedge(at.page, number)
            assert _word_of(at, number) >= LEAST_WORD
        _forget_blocked_workers(at)


def test_a_kiosk_that_cannot_start_says_so(chromium: Browser, site: Site, signed_in: StorageState) -> None:
    """Visitors are sent to the desk, and staff to the plain forms."""
    with open_scanner(chromium, site, signed_in, service_workers="block") as at:
        _without(at, Missing("", paths=("Promise.allSettled",)))
        at.page.goto("/kiosk")
        at.page.get_by_role("heading", name="could not start in this browser").wait_for()
        at.page.get_by_role("link", name="To the start page").click()
        at.page.get_by_test_id("plain").wait_for()
        _forget_blocked_workers(at)


def _word_of(at: ScannerDriver, number: str) -> float:
    """The size of the verdict's word beside the width of the screen, once this card is answered."""
    at.page.locator(f"[data-testid=verdict][data-outcome={OUTCOMES[number]}]").wait_for()
    return float(at.page.evaluate(WORD))


def _forget_blocked_workers(at: ScannerDriver) -> None:
    """Playwright says on the page's console that it has blocked the service worker."""
    at.page.close()  # nothing more is said after it
    at.browser_errors[:] = [one for one in at.browser_errors if "Service Worker" not in one]
