"""Accessibility faults of one state of a page: axe rules, widths, colour schemes, large text, targets."""

from __future__ import annotations

from typing import TYPE_CHECKING

from axe_playwright_python.sync_playwright import Axe

if TYPE_CHECKING:
    from playwright.sync_api import Page

NARROW, TABLET = (320, 640), (1024, 768)
ALL_RULES: dict[str, object] = {"resultTypes": ["violations"]}
# Widths and colour schemes are independent: the second pair needs only the contrast rule.
CONTRAST: dict[str, object] = ALL_RULES | {"runOnly": ["color-contrast"]}
TOUCH_PX = 48

_TOO_WIDE = "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"
_PRESSED = "button, .button, .photo-label, .number-field, summary, nav a"
# The bounce animation makes a result smaller for a moment, so it is finished first.
_SMALL = """([pressed, least]) => {
  for (const each of document.querySelectorAll("[data-bounce]")) {
    each.getAnimations().forEach(bounce => bounce.finish());
  }
  return [...document.querySelectorAll(pressed)]
    .filter(each => each.checkVisibility() && each.getBoundingClientRect().height < least)
    .map(each => each.outerHTML);
}"""


def accessibility_faults(page: Page) -> list[str]:
    """All faults of the page's current state; restores the page afterwards."""
    faults = []
    page.evaluate(Axe().axe_script)
    for (width, height), scheme, options in (
        (NARROW, "light", ALL_RULES),
        (TABLET, "light", CONTRAST),
        (TABLET, "dark", ALL_RULES),
        (NARROW, "dark", CONTRAST),
    ):
        page.set_viewport_size({"width": width, "height": height})
        page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
        faults += [f"{width} {scheme}: {fault}" for fault in (*_rules(page, options), *_shape(page))]
    page.evaluate("document.documentElement.style.fontSize = '200%'")
    faults += [f"320, text at 200 %: {fault}" for fault in _shape(page)]
    page.evaluate("document.documentElement.style.fontSize = ''")
    return faults


def _rules(page: Page, options: dict[str, object]) -> list[str]:
    found = page.evaluate("async (options) => (await axe.run(document, options)).violations", options)
    return [f"{rule['id']}: {[node['html'] for node in rule['nodes']]}" for rule in found]


def _shape(page: Page) -> list[str]:
    beyond = page.evaluate(_TOO_WIDE)
    wide = [f"{beyond} px too wide"] if beyond > 0 else []
    return [*wide, *(f"under {TOUCH_PX} px: {each}" for each in page.evaluate(_SMALL, [_PRESSED, TOUCH_PX]))]
