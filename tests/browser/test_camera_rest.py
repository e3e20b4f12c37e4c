"""A camera before which nothing happens spares the battery, and is ready when something does."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.browser.camera_page import CAMERA_ALLOWED, camera_browser
from tests.browser.scanner_driver import open_scanner
from tests.support.drawing_faults import View
from tests.support.videos import SMALL, empty_room, placed, write
from validator.demo.deck import BY_SLUG

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import Browser, StorageState

    from tests.support.demo_site import Site

# Two minutes go by at each look.
SKEWED = """window.skew = 0;
const real = performance.now.bind(performance);
performance.now = () => real() + window.skew;"""
RESTS = """() => {
  const rests = document.querySelector("[data-hint]").textContent.startsWith("The camera rests");
  window.skew += rests ? 0 : 121_000;
  return rests;
}"""
READS = "() => document.querySelector('[data-hint]').textContent === ''"
CAMERA = "() => document.querySelector('[data-viewfinder]').dataset.camera === '{}'"
IS_LET_GO = "() => document.querySelector('[data-video]').srcObject === null"


def test_the_camera_rests_wakes_for_a_card_and_can_be_paused(
    chromium: Browser, site: Site, signed_in: StorageState, tmp_path: Path
) -> None:
    """After two minutes without a code nothing is read until a card comes; a button lets go of the camera."""
    anna = BY_SLUG["anna-active"].escn
    card = placed(f"https://esc.gg/{anna}", View(), (640, 360), SMALL, 3)
    film = write(tmp_path / "till.mjpeg", [card] * 45 + [empty_room(3)] * 60)
    with (
        camera_browser(chromium, film) as browser,
        open_scanner(browser, site, signed_in, **CAMERA_ALLOWED) as at,
    ):
        at.page.add_init_script(SKEWED)
        at.open().until(CAMERA.format("on"))
        at.until(RESTS, 30)
        at.until(READS, 30)
        at.shows("active", timeout_s=30)

        at.page.get_by_role("button", name="Pause").click()
        at.until(CAMERA.format("off"))
        assert at.until(IS_LET_GO)
        at.page.get_by_test_id("start-camera").click()
        at.until(CAMERA.format("on"))
