"""Take new screenshots for the app's manifest: `.venv/bin/python -m scripts.take_screenshots`."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from playwright.sync_api import sync_playwright

from tests.browser.page_driver import PageDriver
from tests.support.demo_site import ROOT, running_site
from tests.support.drawing_faults import View
from tests.support.videos import SMALL, placed, write
from validator.demo.deck import BY_SLUG

if TYPE_CHECKING:
    from playwright.sync_api import ViewportSize

SIZES: dict[str, ViewportSize] = {
    "phone": {"width": 390, "height": 844},
    "desk": {"width": 1280, "height": 800},
}
SEED = 7


def main() -> None:
    """The scanner with a valid card before it, on a phone and on a desk."""
    address = f"https://s.esc-r.eu/{BY_SLUG['anna-active'].escn}"
    with tempfile.TemporaryDirectory() as name, running_site(Path(name) / "data") as site:
        picture = placed(address, View(module=7, turn=3), (640, 360), SMALL, SEED)
        film = write(Path(name) / "card.mjpeg", [picture] * 30)
        camera = ["--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream"]
        chosen = [*camera, f"--use-file-for-fake-video-capture={film}", "--no-sandbox", "--disable-gpu"]
        with sync_playwright() as playwright:
            chromium = os.environ.get("ESCV_CHROMIUM") or "/usr/bin/chromium-headless-shell"
            browser = playwright.chromium.launch(executable_path=chromium, args=chosen)
            for shape, size in SIZES.items():
                context = browser.new_context(base_url=site.address, viewport=size)
                counter = PageDriver(context.new_page(), site, has_scripts=True)
                counter.sign_in()
                counter.page.locator("[data-testid=verdict][data-phase=live]").wait_for()
                counter.page.screenshot(path=ROOT / "validator" / "static" / "screenshots" / f"{shape}.png")
                context.close()
            browser.close()


if __name__ == "__main__":
    main()
