"""The scanner's page as Sara meets it at the canteen till: it opens, it reads, it answers, it lets go."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.browser.accessibility import accessibility_faults
from tests.browser.camera_page import CAMERA_ALLOWED, camera_browser
from tests.browser.scanner_driver import ASKS, KEEPS, ScannerDriver, open_scanner, via
from tests.browser.test_camera import REFUSES
from tests.support.drawing_faults import View
from tests.support.fault_proxy import fault_proxy
from tests.support.videos import FOREIGN, SMALL, empty_room, placed, write
from validator.demo.deck import BY_SLUG

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, Route, StorageState

    from tests.support.demo_site import Site

ANNA, KIRA, ROSA = (BY_SLUG[slug].escn for slug in ("anna-active", "kira-expired", "rosa-slow"))
CAMERA = "() => document.querySelector('[data-viewfinder]').dataset.camera === '{}'"
TINTED = """() => document.querySelector("[data-tint][data-on]") !== null
  && document.querySelector("[data-testid=refusal]") !== null"""
BOUNCES = "() => document.querySelector('[data-testid=verdict][data-bounce]') !== null"
# This browser allows every camera; the script makes it report that permission was never asked for.
UNASKED = "navigator.permissions.query = async () => ({ state: 'prompt' });"
EMPTY = {"chunks": 0, "keys": 0, "notices": 0, "queue": 0, "state": 0}
CLEARED = "() => document.querySelector('[data-testid=verdict]') === null"
A_MOMENT_S = 1
LEAST_S = 3


@pytest.fixture(name="films", scope="module")
def _films(chromium: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    """A browser before whose camera Anna's card is held, then Kira's, then a code of the Wi-Fi, and again."""
    codes = [f"https://esc.gg/{ANNA}", f"https://esc.gg/{KIRA}", FOREIGN[0]]
    shown = [placed(code, View(), (640, 360), SMALL, 3) for code in codes]
    empty = [empty_room(3)] * 15
    pictures = [picture for card in shown for picture in [card] * 45 + empty]
    film = write(tmp_path_factory.mktemp("film") / "till.mjpeg", pictures)
    with camera_browser(chromium, film) as browser:
        yield browser


@pytest.fixture(name="till")
def _till(chromium: Browser, site: Site, signed_in: StorageState) -> Iterator[ScannerDriver]:
    """Sara's till with a hand-held scanner, and no camera."""
    with open_scanner(chromium, site, signed_in) as at:
        yield at.open()


def test_it_opens_straight_into_scanning(films: Browser, site: Site, signed_in: StorageState) -> None:
    """Where the camera was allowed nothing is touched: card after card is answered, others are named."""
    with open_scanner(films, site, signed_in, **CAMERA_ALLOWED) as at:
        at.open().until(CAMERA.format("on"))
        at.shows("valid", "active", "live")
        at.shows("not_valid", "expired", "live")
        at.until(TINTED)
        code = at.page.get_by_test_id("refusal").get_attribute("data-code")
        assert (code, at.stage) == ("not_an_esc_code", None)
        assert "Mensa" not in at.page.content()
        assert at.checks == 2
        at.shows("valid", "active", "live")


def test_the_running_camera_is_accessible(films: Browser, site: Site, signed_in: StorageState) -> None:
    """With the picture moving and answers coming the page has no fault at any width."""
    with open_scanner(films, site, signed_in, **CAMERA_ALLOWED) as at:
        at.open().until(CAMERA.format("on"))
        at.until("() => document.querySelector('[data-testid=verdict]') !== null")
        assert accessibility_faults(at.page) == []


def test_one_tap_starts_everything_else(films: Browser, site: Site, signed_in: StorageState) -> None:
    """If the camera is not allowed yet, the page asks for it only after the tap on Start."""
    with open_scanner(films, site, signed_in, **CAMERA_ALLOWED) as at:
        at.page.add_init_script(UNASKED)
        at.open()
        assert at.page.evaluate(CAMERA.format("off"))
        at.page.get_by_test_id("start-camera").click()
        at.until(CAMERA.format("on"))
        at.until("() => document.querySelector('[data-testid=verdict]') !== null")


def test_a_refused_camera_leaves_photo_and_number(
    chromium: Browser, site: Site, signed_in: StorageState
) -> None:
    """The page explains the fault and shows the photo form; form and number field answer on this page."""
    with open_scanner(chromium, site, signed_in) as at:
        at.page.add_init_script(REFUSES)
        at.open()
        assert not at.page.locator("form.photo").is_visible()
        at.page.get_by_test_id("start-camera").click()
        at.until(CAMERA.format("trouble"))
        assert "The camera is not allowed here" in at.page.get_by_test_id("camera-trouble").inner_text()

        photo = at.page.get_by_label("Take a photo of the code")
        for data in (b"%PDF-1.7", at.page.request.get("/demo/cards/anna-active.png").body()):
            photo.set_input_files({"name": "a.png", "mimeType": "image/png", "buffer": data})
            at.page.get_by_role("button", name="Check the photo").click()
            at.page.get_by_test_id("refusal" if data.startswith(b"%PDF") else "verdict").wait_for()
        assert at.answer == ("valid", "active", "router")

        at.page.get_by_label("Type the card number").fill(KIRA)
        at.shows("not_valid", "expired")
        assert at.page.url == f"{site.address}/"


def test_the_next_card_never_waits(till: ScannerDriver) -> None:
    """While a slow answer is awaited the next card is taken; the slow one comes in a line of its own."""
    till.scan(ROSA)
    till.until(ASKS)
    till.scan(KIRA)
    till.shows("not_valid", "expired", "live")
    till.page.get_by_test_id("notice").wait_for()

    assert "came later: VALID" in till.page.get_by_test_id("notice").inner_text()
    assert till.stage
    assert till.stage[0] == "not_valid"


def test_the_same_code_bounces_and_another_replaces(till: ScannerDriver) -> None:
    """Shown again, a code is seen to be the same and not asked again; a different one takes its place."""
    till.scan(KIRA)
    till.shows("expired", "live")
    # Before that it would be the same presentation still, as a camera sees it many times a second.
    till.page.wait_for_timeout(1_000 * A_MOMENT_S)
    till.scan(KIRA)
    till.until(BOUNCES)
    assert till.checks == 1

    till.scan(ANNA)
    till.shows("active", "live")
    assert till.checks == 2


def test_only_a_valid_answer_clears_itself(till: ScannerDriver) -> None:
    """VALID disappears after the configured time; NOT VALID stays until a tap clears it."""
    till.page.evaluate("(s) => localStorage.setItem('escv.resultSeconds', String(s))", LEAST_S)
    till.open()
    till.scan(ANNA)
    till.shows("valid")
    till.until(CLEARED)

    till.scan(KIRA)
    till.shows("not_valid")
    till.page.wait_for_timeout(1_000 * LEAST_S)
    assert till.stage
    till.page.get_by_role("button", name="Clear").click()
    till.until(CLEARED)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("9783161484100", "not_an_esc_code"),
        ("471108", "not_an_esc_code"),
        ("urn:schac:personalUniqueCode:int:esi:example.org:1234", "esi_not_escn"),
        (f"https://esc.gg.example.com/{KIRA}", "lookalike_host"),
    ],
)
def test_any_other_text_of_a_scanner_ends_the_answer_before_it(
    till: ScannerDriver, text: str, code: str
) -> None:
    """Anna’s VALID is no longer in the page; a panel names the kind, never the text; hers is listed."""
    till.scan(ANNA)
    till.shows("valid", "live")
    till.scan(text)
    till.page.get_by_test_id("refusal").wait_for()

    assert till.stage is None
    assert till.page.get_by_test_id("refusal").get_attribute("data-code") == code
    assert till.page.locator("[data-recent-list] li").count() == 1
    assert text not in till.page.content()
    assert till.checks == 1

    till.scan(KIRA)
    till.shows("not_valid", "live")
    assert till.page.get_by_test_id("refusal").count() == 0


def test_signing_out_forgets_everything(till: ScannerDriver) -> None:
    """The device's memory is empty before the sign-in page is shown."""
    till.scan(ANNA)
    till.shows("valid", "live")
    till.until("() => document.querySelector('[data-account-name]').textContent !== ''")
    assert till.stores["keys"] > 0
    till.page.get_by_role("button", name="Sign out").click()
    till.page.get_by_label("Password").wait_for()

    assert till.stores == EMPTY


@pytest.mark.parametrize("how", ["reset_connections", "go_silent"])
def test_signing_out_without_a_network(chromium: Browser, site: Site, how: str) -> None:
    """Without an answer it says so, all is gone, and the sign-in page comes once the server heard of it."""
    with fault_proxy(site.address) as link, open_scanner(chromium, via(link, site)) as at:
        # A session of its own: it is ended here.
        at.sign_in_as("staff").install()
        at.scan(ANNA)
        at.shows("valid", "live")
        getattr(link, how)()
        at.page.get_by_role("button", name="Sign out").click()
        at.page.get_by_test_id("signed-out").wait_for()
        assert at.stores == EMPTY
        at.scan(ANNA)
        assert at.stage is None
        at.open("/lookup")
        at.page.get_by_test_id("signed-out").wait_for()

        link.pass_through()
        at.page.get_by_label("Password").wait_for(timeout=20_000)
        assert at.page.request.get("/api/v1/me").status == 401


def test_a_session_that_ended_leads_to_the_sign_in(
    chromium: Browser, site: Site, signed_in: StorageState
) -> None:
    """The next check finds no session: the memory is deleted and the sign-in page opens."""
    with open_scanner(chromium, site, signed_in) as at:
        at.open().install()
        at.scan(ANNA)
        at.shows("valid", "live")
        at.context.clear_cookies()
        at.scan(KIRA)
        at.page.wait_for_url("**/login?next=%2F")

        assert at.stores == EMPTY
        at.page.goto("/")
        at.page.wait_for_url("**/login?next=%2F")


def gone(route: Route) -> None:
    route.abort()


@pytest.mark.parametrize("missing", ["**/messages.en.json", "**/js/result/board.js"])
def test_without_its_scripts_the_plain_page_works(
    chromium: Browser, site: Site, signed_in: StorageState, missing: str
) -> None:
    """A script or the words are missing: the forms for photo and number come, and answer."""
    with open_scanner(chromium, site, signed_in, service_workers="block") as at:
        at.page.route(missing, gone)
        at.page.goto("/")
        at.page.get_by_label("Take a photo of the code").wait_for()
        at.page.locator("form.photo").wait_for()
        assert not at.page.get_by_test_id("start-camera").is_visible()
        at.page.get_by_label("Type the card number").fill(KIRA)
        at.page.get_by_role("button", name="Check the number").click()
        at.verdict.wait_for()
        assert at.answer == ("not_valid", "expired", "router")
        assert at.page.evaluate(KEEPS) is False
        at.browser_errors.clear()
