"""A camera that starts by itself has no sound before the first touch: the page shows this until then."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.browser.camera_page import CAMERA_ALLOWED, camera_browser
from tests.browser.page_polling import wait_until
from tests.browser.scanner_driver import open_scanner
from tests.support.demo_site import PASSWORD
from tests.support.videos import empty_room, write

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, StorageState

    from tests.support.demo_site import Site

ON = "() => document.querySelector('[data-viewfinder]').dataset.camera === 'on'"
RUNS = "() => window.contexts[0]?.state === 'running'"
# The test's own questions count as touches of the page: here only a real one does.
UNTOUCHED = """(() => {
  let hasBeenActive = false;
  for (const touch of ["pointerup", "click"]) {
    addEventListener(touch, ({ isTrusted }) => { hasBeenActive ||= isTrusted; }, { capture: true });
  }
  Object.defineProperty(navigator, "userActivation", { get: () => ({ hasBeenActive }) });
  window.contexts = [];
  window.AudioContext = class extends AudioContext {
    constructor(...given) {
      super(...given);
      window.contexts.push(this);
    }
  };
})();"""


@pytest.fixture(name="films", scope="module")
def _films(chromium: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    """A browser with an allowed camera that shows an empty scene."""
    film = write(tmp_path_factory.mktemp("film") / "empty.mjpeg", [empty_room(3)] * 30)
    with camera_browser(chromium, film) as browser:
        yield browser


@pytest.mark.parametrize("path", ["/", "/kiosk"])
def test_silence_is_told_until_the_first_touch_anywhere(
    films: Browser, site: Site, signed_in: StorageState, path: str
) -> None:
    """A strip over the whole width; any touch switches the tones on; when they are muted, it comes back."""
    with open_scanner(films, site, signed_in, **CAMERA_ALLOWED) as at:
        at.page.add_init_script(UNTOUCHED)
        at.page.goto(path)
        wait_until(at.page, ON)
        strip = at.page.get_by_test_id("sound-off")
        strip.wait_for()
        box = strip.bounding_box()
        assert box
        assert (box["width"] >= 366, box["height"] >= 48) == (True, True)
        assert "Sound is off" in strip.inner_text()

        at.page.mouse.click(200, 300)
        strip.wait_for(state="hidden")
        assert at.page.evaluate(RUNS)

        at.page.evaluate("window.contexts[0].suspend()")
        strip.wait_for()
        strip.click()
        strip.wait_for(state="hidden")


def test_where_tones_are_switched_off_nothing_is_missing(
    films: Browser, site: Site, signed_in: StorageState
) -> None:
    """The page does not ask for sound if sound is switched off in the settings."""
    with open_scanner(films, site, signed_in, **CAMERA_ALLOWED) as at:
        at.page.add_init_script(f"{UNTOUCHED} localStorage.setItem('escv.sound', 'false');")
        at.page.goto("/")
        wait_until(at.page, ON)
        assert not at.page.get_by_test_id("sound-off").is_visible()


def test_a_locked_kiosk_says_it_above_everything(films: Browser, site: Site, signed_in: StorageState) -> None:
    """After a power cut the tablet starts silently: the strip is on top, also over an answer."""
    with open_scanner(films, site, signed_in, **CAMERA_ALLOWED) as at:
        at.page.add_init_script(UNTOUCHED)
        at.page.goto("/kiosk")
        at.page.get_by_label("Your password").fill(PASSWORD)
        at.page.get_by_role("button", name="Lock this tablet").click()
        wait_until(at.page, "() => document.querySelector('[data-kiosk]').dataset.mode === 'locked'")
        at.page.reload()
        wait_until(at.page, f"() => ({ON})()")
        strip = at.page.get_by_test_id("sound-off")
        strip.wait_for()
        at.scan("4ff87a80-5665-103d-922e-000141820963")
        at.page.get_by_test_id("verdict").wait_for()
        on_top = "strip => { const { x, y } = strip.getBoundingClientRect();"
        on_top += " return document.elementFromPoint(x + 20, y + 20) === strip; }"
        assert strip.evaluate(on_top)
        strip.click()
        strip.wait_for(state="hidden")
