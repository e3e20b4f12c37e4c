"""Draw the app's PNG icons from their SVG sources: `.venv/bin/python scripts/draw_icons.py`."""

from __future__ import annotations

import os
from pathlib import Path

from playwright.sync_api import sync_playwright

ICONS = Path(__file__).parents[1] / "validator" / "static" / "icons"
SOURCES = {"app": "favicon.svg", "maskable": "maskable.svg"}


def main() -> None:
    """One picture a source and size, on a transparent ground."""
    chromium = os.environ.get("ESCV_CHROMIUM") or "/usr/bin/chromium-headless-shell"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-gpu"])
        for name, source in SOURCES.items():
            for size in (192, 512):
                page = browser.new_page(viewport={"width": size, "height": size})
                drawing = (ICONS / source).read_text(encoding="utf-8")
                page.set_content(f"<style>body{{margin:0}}svg{{display:block;width:100vw}}</style>{drawing}")
                page.screenshot(path=ICONS / f"{name}-{size}.png", omit_background=True)
        browser.close()


if __name__ == "__main__":
    main()
