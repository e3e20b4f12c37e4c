"""A hand-held scanner, whatever on the page has the focus: the card is checked, and nothing is pressed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.browser.keyboard_layouts import SLOW_SCAN_TIMEOUT, Keyboard
from tests.browser.scanner_driver import open_scanner
from validator.demo.deck import BY_SLUG

if TYPE_CHECKING:
    from playwright.sync_api import Browser, StorageState

    from tests.support.demo_site import Site

CARDS = [(BY_SLUG["anna-active"].escn, "active"), (BY_SLUG["kira-expired"].escn, "expired")]
# Everything that can have the focus, with all that folds opened; the one at this place is given it. Not the
# field for a password: whatever is typed there is the password.
FOCUS = """(at) => {
  document.querySelectorAll("details").forEach((each) => (each.open = true));
  const can = "a[href], button, input:not([type=password]), select, textarea, summary, [tabindex]";
  const all = [...document.querySelectorAll(can)].filter((each) => each.checkVisibility() && !each.disabled);
  all[at]?.focus();
  return all[at] && document.activeElement === all[at] ? all[at].outerHTML.slice(0, 120) : all.length > at;
}"""
CHOSEN = """() => JSON.stringify([
  [...document.querySelectorAll("select")].map((each) => each.value),
  [...document.querySelectorAll("input")].map((each) => [each.checked, each.value]),
])"""
PRESSED = """window.pressed = [];
document.addEventListener("click", ({ target }) => window.pressed.push(target.outerHTML), true);
HTMLSelectElement.prototype.showPicker = () => window.pressed.push("a list box");"""


@pytest.mark.parametrize("path", ["/", "/lookup", "/kiosk"])
def test_a_scan_is_taken_whatever_has_the_focus(
    chromium: Browser, site: Site, signed_in: StorageState, path: str
) -> None:
    """Links, buttons, list boxes, switches, the file field, what folds: none takes a key of a scan."""
    with open_scanner(chromium, site, signed_in, viewport={"width": 1280, "height": 800}) as at:
        at.page.add_init_script(SLOW_SCAN_TIMEOUT + PRESSED)
        at.page.goto(path)
        at.until("() => document.querySelector('[data-scanner]:not([hidden]), [data-setup]') !== null")
        keyboard = Keyboard(at.context.new_cdp_session(at.page))
        focused: list[str] = []
        chosen = at.page.evaluate(CHOSEN)
        place = 0
        while (found := at.page.evaluate(FOCUS, place)) is not False:
            if isinstance(found, str):
                number, reason = CARDS[len(focused) % 2]
                focused.append(found)
                keyboard.scan(number)
                at.shows(reason)
                assert at.page.evaluate("window.pressed") == [], found
                assert at.page.evaluate(CHOSEN) == chosen, found
            place += 1

        kinds = {"/": ("<a", "<button", "<select", "<summary", "<input", "<textarea")}
        for kind in kinds.get(path, ("<a", "<select") if path == "/kiosk" else ("<textarea",)):
            assert [each for each in focused if each.startswith(kind)], kind
        assert at.page.url == f"{site.address}{path}"


def test_the_first_keys_of_a_scan_choose_nothing_from_a_list_box(
    chromium: Browser, site: Site, signed_in: StorageState
) -> None:
    """A list box jumps to what is typed: it is brought back, also for what keeps the choice."""
    with open_scanner(chromium, site, signed_in) as at:
        at.page.add_init_script(SLOW_SCAN_TIMEOUT)
        at.open()
        at.page.get_by_text("Settings of this device").click()
        box = at.page.get_by_label("A valid result clears itself after")
        keyboard = Keyboard(at.context.new_cdp_session(at.page))
        box.focus()
        keyboard.scan("3000000000017")
        at.page.get_by_test_id("refusal").wait_for()
        assert box.input_value() == "8"
        assert at.page.evaluate("localStorage.getItem('escv.resultSeconds') ?? '8'") == "8"


def test_the_third_scan_with_the_same_prefix_brings_a_quiet_tip(
    chromium: Browser, site: Site, signed_in: StorageState
) -> None:
    """It stands below the answer, and does not come again once it was pressed away."""
    with open_scanner(chromium, site, signed_in, viewport={"width": 390, "height": 844}) as at:
        at.page.add_init_script(SLOW_SCAN_TIMEOUT)
        at.page.goto("/lookup")
        at.until("() => document.querySelector('[data-scanner]:not([hidden])') !== null")
        keyboard = Keyboard(at.context.new_cdp_session(at.page))
        tip = at.page.get_by_test_id("scanner-tip")

        def scan(times: int) -> None:
            for _ in range(times):
                for number, reason in CARDS:
                    keyboard.scan(f"~{number}")
                    at.shows(reason)

        scan(1)
        assert tip.is_hidden()
        scan(1)
        tip.wait_for()
        answer = at.page.get_by_test_id("verdict").bounding_box()
        below = tip.bounding_box()
        assert answer
        assert below
        assert below["y"] >= answer["y"] + answer["height"]
        tip.get_by_role("button").click()
        at.page.reload()
        at.until("() => document.querySelector('[data-scanner]:not([hidden])') !== null")
        scan(2)
        assert tip.is_hidden()
