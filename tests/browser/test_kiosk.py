"""A kiosk tablet: Mia sets it up and locks it, visitors show their cards unattended."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest

from tests.browser.accessibility import accessibility_faults
from tests.browser.camera_page import camera_browser
from tests.browser.keyboard_layouts import SLOW_SCAN_TIMEOUT, Keyboard
from tests.browser.page_driver import PageDriver, close_context
from tests.browser.page_polling import wait_until
from tests.support.demo_site import PASSWORD
from tests.support.drawing_faults import View
from tests.support.videos import SMALL, empty_room, placed, write
from validator.demo.deck import BY_SLUG

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, Page, StorageState

    from tests.support.demo_site import Site

ANNA, KIRA, EWA, HENRI = (
    BY_SLUG[name] for name in ("anna-active", "kira-expired", "ewa-newlogo", "henri-sandbox")
)
NOT_REMEMBERED = ("could_not_check", "device_offline", "device")
MODE = "document.querySelector('[data-kiosk]').dataset.mode"
KEEPS = "navigator.serviceWorker.controller !== null"
# The window has the sizes at which the page is examined.
NEVER_FULL = "Element.prototype.requestFullscreen = () => Promise.resolve();"
IS_ON = "document.querySelector('[data-viewfinder]').dataset.camera === 'on'"


@pytest.fixture(name="films", scope="module")
def _films(chromium: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    """A browser before whose camera Anna's card comes and goes, once in eight seconds."""
    card = placed(f"https://esc.gg/{ANNA.escn}", View(), (640, 360), SMALL, 3)
    pictures = [card] * 45 + [empty_room(3)] * 195
    film = write(tmp_path_factory.mktemp("film") / "door.mjpeg", pictures)
    with camera_browser(chromium, film) as browser:
        yield browser


@contextmanager
def tablet(browser: Browser, site: Site, signed_in: StorageState) -> Iterator[PageDriver]:
    context = browser.new_context(
        base_url=site.address, viewport={"width": 820, "height": 1180}, storage_state=signed_in
    )
    context.set_default_timeout(15_000)
    at = PageDriver(context.new_page(), site, has_scripts=True)
    at.page.add_init_script(SLOW_SCAN_TIMEOUT)
    at.page.goto("/kiosk")
    wait_until(at.page, f"{MODE} === 'setup'")
    yield at
    close_context(context)
    assert at.browser_errors == []


@pytest.fixture(name="door")
def _door(chromium: Browser, site: Site, signed_in: StorageState) -> Iterator[PageDriver]:
    """A locked tablet without a camera, with a hand-held scanner."""
    with tablet(chromium, site, signed_in) as at:
        lock(at.page)
        yield at


def try_to_lock(page: Page, password: str) -> None:
    page.get_by_label("Your password").fill(password)
    page.get_by_role("button", name="Lock this tablet").click()


def lock(page: Page) -> None:
    try_to_lock(page, PASSWORD)
    wait_until(page, f"{MODE} === 'locked'")


def wedge(page: Page, number: str) -> None:
    """What a hand-held scanner types, Enter included."""
    Keyboard(page.context.new_cdp_session(page)).scan(number)


def test_a_locked_tablet_reads_cards_and_starts_itself(
    films: Browser, site: Site, signed_in: StorageState
) -> None:
    """Anna shows her card to the camera; after a power cut the next visitor does, without a touch."""
    with tablet(films, site, signed_in) as at:
        lock(at.page)
        at.verdict.wait_for()
        assert at.answer == ("valid", "active", "router")
        assert at.page.locator(".visitor").inner_text() == "Thank you."
        at.verdict.wait_for(state="detached")

        at.page.reload()
        wait_until(at.page, f"{MODE} === 'locked' && {IS_ON}")
        at.verdict.wait_for()
        assert at.answer[0] == "valid"


def test_locking_asks_for_the_password_and_says_what_went_wrong(
    chromium: Browser, site: Site, signed_in: StorageState
) -> None:
    """A wrong password, a cut connection, too many tries: each has its words, and the tablet stays open."""
    with tablet(chromium, site, signed_in) as at:
        error = at.page.locator("[data-lock-error]")
        at.page.get_by_role("button", name="Lock this tablet").click()
        assert error.is_hidden()
        try_to_lock(at.page, "a guess of mine")
        error.filter(has_text="That is not your password.").wait_for()
        assert at.page.get_by_label("Your password").input_value() == ""

        at.page.route("**/kiosk/lock", lambda route: route.abort())
        try_to_lock(at.page, PASSWORD)
        error.filter(has_text="Check its connection").wait_for()
        at.page.unroute("**/kiosk/lock")
        at.page.route("**/kiosk/lock", lambda route: route.fulfill(status=429, body="later"))
        try_to_lock(at.page, PASSWORD)
        error.filter(has_text="Too many tries").wait_for()
        at.page.unroute("**/kiosk/lock")
        assert at.page.evaluate(MODE) == "setup"
        at.browser_errors.clear()

        lock(at.page)
        assert at.page.locator("input[type=password]").count() == 0


def test_the_lock_leaves_no_way_into_the_rest(door: PageDriver) -> None:
    """Once locked there is no link and no setting on the page, and every other page ends at the kiosk."""
    assert door.page.locator("a, select, [data-lock]").count() == 0

    for path in ("/", "/lookup"):
        door.page.goto(path)
        wait_until(door.page, "location.pathname === '/kiosk' || location.pathname === '/login'")
    door.page.goto("/kiosk")
    wait_until(door.page, f"{MODE} === 'locked'")


def test_each_visitor_gets_a_large_answer_that_goes_by_itself(door: PageDriver) -> None:
    """A hand-held scanner works too; NOT VALID says only where help is, and goes for the next one."""
    door.page.evaluate("localStorage.setItem('escv.kioskNotValidSeconds', '2')")
    door.page.reload()
    wait_until(door.page, f"{MODE} === 'locked'")
    wedge(door.page, KIRA.escn)
    door.verdict.wait_for()

    assert door.answer == ("not_valid", "expired", "router")
    assert door.verdict.inner_text().split("\n")[0] == "NOT VALID"
    assert door.page.locator(".visitor").inner_text() == "Please ask at the desk. They can help."
    assert "EXPIRED" not in door.verdict.inner_text()
    box = door.verdict.bounding_box()
    assert box
    assert (box["width"], box["height"]) == (820, 1180)
    door.verdict.wait_for(state="detached")
    assert door.page.get_by_role("heading", name="Show your card’s code").is_visible()


def test_a_foreign_code_is_answered_kindly_and_scanning_goes_on(door: PageDriver) -> None:
    """A visitor's other code gives one line without its text; the next card is read."""
    wedge(door.page, "1234567890123")
    assert door.page.get_by_test_id("refusal").inner_text() == (
        "This is another code. Please show the one beside the student card logo."
    )

    wedge(door.page, ANNA.escn)
    door.verdict.wait_for()
    assert door.answer[0] == "valid"


def test_a_code_that_imitates_a_cards_fills_the_screen(door: PageDriver) -> None:
    """The previous VALID is gone; the visitor is sent to the desk; the panel disappears by itself."""
    door.page.evaluate("localStorage.setItem('escv.kioskNotValidSeconds', '2')")
    door.page.reload()
    wait_until(door.page, f"{MODE} === 'locked'")
    wedge(door.page, ANNA.escn)
    door.verdict.wait_for()
    wedge(door.page, f"https://esc.gg.example.com/{KIRA.escn}")
    panel = door.page.get_by_test_id("refusal")
    panel.wait_for()

    assert door.verdict.count() == 0
    assert panel.get_attribute("data-code") == "lookalike_host"
    assert "This code cannot be accepted. Please ask at the desk." in panel.inner_text()
    box = panel.bounding_box()
    assert box
    assert (box["width"], box["height"]) == (820, 1180)
    panel.wait_for(state="detached")


def test_a_foreign_code_ends_the_answer_of_the_visitor_before(door: PageDriver) -> None:
    """No visitor can use the VALID of the visitor before."""
    wedge(door.page, ANNA.escn)
    door.verdict.wait_for()
    wedge(door.page, "9783161484100")
    door.page.get_by_test_id("refusal").wait_for()
    assert door.verdict.count() == 0


@pytest.mark.parametrize("shows", [True, False])
def test_what_is_odd_about_a_code_is_a_sites_choice(door: PageDriver, *, shows: bool) -> None:
    """A visitor’s screen shows the strip unless it was switched off; a test card is never VALID there."""
    door.page.evaluate("on => localStorage.setItem('escv.kioskWarnings', String(on))", shows)
    door.page.reload()
    wait_until(door.page, f"{MODE} === 'locked'")
    wedge(door.page, f"https://cards.example.org/{ANNA.escn}")
    door.verdict.wait_for()
    assert door.page.get_by_test_id("warning").count() == int(shows)

    wedge(door.page, f"http://pp.esc.gg/{HENRI.escn}")
    door.page.locator(".word", has_text="TEST CARD").wait_for()
    assert door.page.locator(".visitor").inner_text() == (
        "This card is of a test system. Please ask at the desk."
    )


def test_it_goes_on_without_a_network(door: PageDriver) -> None:
    """Without a network the locked tablet opens and shows what it remembers; the rest is COULD NOT CHECK."""
    wedge(door.page, KIRA.escn)
    door.verdict.wait_for()
    wait_until(door.page, KEEPS)
    door.page.context.set_offline(True)
    door.page.reload()
    wait_until(door.page, f"{MODE} === 'locked'")
    for card, answer in ((KIRA, ("not_valid", "expired", "device")), (EWA, NOT_REMEMBERED)):
        wedge(door.page, card.escn)
        door.page.locator(f"[data-testid=verdict][data-outcome={answer[0]}]").wait_for()
        assert door.answer == answer

    assert door.page.locator(".visitor").inner_text() == (
        "This is not about your card. Please ask at the desk."
    )
    for path in ("/", "/lookup", "/guide"):
        door.page.goto(path)
        wait_until(door.page, "location.pathname === '/kiosk'")
    door.page.context.set_offline(False)
    # The browser reports each request that the cut line refused; that is what was asked for here.
    door.browser_errors.clear()


def test_staff_leave_by_holding_and_signing_in(door: PageDriver) -> None:
    """A passing touch on “Staff” does nothing; held for three seconds it leads to the sign-in.

    Also where the button moves away under the mouse that holds it, as when full screen begins.
    """
    staff = door.page.get_by_role("button", name="Staff")
    staff.click()
    assert door.page.evaluate(MODE) == "locked"

    staff.hover()
    door.page.mouse.down()
    staff.evaluate("button => { button.style.transform = 'translateY(-20rem)'; }")
    door.page.mouse.move(5, 5)
    door.page.wait_for_url("**/login?next=/kiosk")
    assert door.page.get_by_label("User name").is_visible()


def test_an_ended_session_says_so_to_visitor_and_staff(door: PageDriver) -> None:
    """When the kiosk's session has ended, the visitor is sent to the desk and staff to the sign-in."""
    wait_until(door.page, KEEPS)
    door.page.context.clear_cookies()
    door.page.reload()
    wait_until(door.page, f"{MODE} === 'over'")

    assert "ask at the desk" in door.page.locator("[data-over]").inner_text()
    door.page.get_by_role("button", name="Sign in").click()
    door.page.wait_for_url("**/login?next=/kiosk")


def test_every_state_of_the_kiosk_is_accessible(
    chromium: Browser, site: Site, signed_in: StorageState
) -> None:
    """Set-up, attract screen and each answer: no rule of axe-core broken, at every width, light and dark."""
    with tablet(chromium, site, signed_in) as at:
        at.page.add_init_script(NEVER_FULL)
        at.page.reload()
        wait_until(at.page, f"{MODE} === 'setup'")
        assert accessibility_faults(at.page) == []
        lock(at.page)
        assert accessibility_faults(at.page) == []
        at.page.evaluate("localStorage.setItem('escv.kioskNotValidSeconds', '120')")
        at.page.reload()
        wait_until(at.page, f"{MODE} === 'locked'")
        wedge(at.page, KIRA.escn)
        at.verdict.wait_for()
        assert accessibility_faults(at.page) == []
