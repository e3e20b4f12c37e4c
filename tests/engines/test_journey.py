"""The whole journey in Firefox and in WebKitGTK, whose engine is Safari's."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from tests.browser.scanner_driver import KEPT_ON_DISK
from tests.engines.browser_driver import BrowserDriver
from tests.engines.remote_control import missing, running
from tests.support.codes import png_of
from tests.support.demo_site import PASSWORD, running_site
from tests.support.drawing_faults import View
from tests.support.fault_proxy import fault_proxy
from tests.support.videos import FOREIGN, SMALL, empty_room, placed
from validator.demo.deck import BY_SLUG

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.fault_proxy import FaultProxy

ANNA, BRUNO, CLARA, DIEGO, KIRA, MAYA = (
    BY_SLUG[f"{first}-{second}"].escn
    for first, second in (
        ("anna", "active"),
        ("bruno", "darkmode"),
        ("clara", "hologram"),
        ("diego", "plastic"),
        ("kira", "expired"),
        ("maya", "suspended"),
    )
)
CAMERA = "document.querySelector('[data-viewfinder]')?.dataset.camera === '{}'"
SCANNER = "document.querySelector('[data-scanner]:not([hidden])') !== null"
KIOSK = "document.querySelector('[data-kiosk]')?.dataset.mode === '{}'"
CLEAR = "document.querySelector('[data-testid=verdict]') === null"
SAYS = "document.querySelector('[data-status]').textContent.includes('{}')"
IS_AT = "location.pathname === '{}'"
AWAKE = "window.props.locks.some((lock) => !lock.released)"
NUMBER = "textarea#number"
# The word of a verdict is to be read at arm's length: its height as a share of a phone's width.
LEAST_SHARE = 0.15


@pytest.mark.parametrize("engine", ["firefox", "webkit"])
def test_the_whole_journey(engine: str, tmp_path: Path) -> None:
    """From signing in to signing out: photo, camera, keyboard, no network, a kiosk locked and left."""
    if (lacking := missing(engine)) and not os.environ.get("CI"):
        pytest.skip(f"not installed: {', '.join(lacking)}; `make setup` says what to do")
    with (
        running_site(tmp_path / "site", fresh_s="0", fresh_not_valid_s="0") as site,
        fault_proxy(site.address) as link,
        running(engine, tmp_path) as remote,
    ):
        visit = BrowserDriver(remote, link.address)
        sign_in(visit)
        check_a_photo(visit, tmp_path / "photo.png")
        check_by_camera(visit)
        check_a_typed_number(visit)
        check_without_a_network(visit, link)
        lock_a_kiosk(visit)
        if engine == "webkit":  # Firefox gave the lock before, without a tap
            visit.until(AWAKE)
        leave_the_kiosk(visit)
        sign_out(visit)


def sign_in(visit: BrowserDriver) -> None:
    visit.go("/login")
    enter(visit)
    visit.until(SCANNER)


def enter(visit: BrowserDriver) -> None:
    visit.until("document.readyState === 'complete'")
    visit.fill("[name=username]", "staff")
    visit.fill("[name=password]", PASSWORD)
    visit.tap("form.form button")


def check_a_photo(visit: BrowserDriver, photo: Path) -> None:
    """Where the camera is refused, the photo form comes up."""
    visit.prepare()
    visit.tap("[data-start-camera]")
    visit.until(CAMERA.format("trouble"))
    photo.write_bytes(png_of(f"https://esc.gg/{CLARA}").getvalue())
    visit.choose("#photo", str(photo))
    visit.tap(".photo-send")
    visit.sees(outcome="valid", number=masked(CLARA), source="router", phase="live")


def check_by_camera(visit: BrowserDriver) -> None:
    """One card after the other, one of them light on dark, and a code that is no card's."""
    visit.hold(code_of(ANNA))
    visit.tap("[data-restart]")
    visit.until(CAMERA.format("on"))
    visit.sees(outcome="valid", number=masked(ANNA), source="router", phase="live")
    assert visit.share >= LEAST_SHARE
    visit.hold(code_of(KIRA))
    visit.sees(outcome="not_valid", number=masked(KIRA), reason="expired", phase="live")
    assert visit.share >= LEAST_SHARE
    visit.hold(code_of(BRUNO, inverted=True))
    visit.sees(outcome="valid", number=masked(BRUNO), source="router", phase="live")
    visit.hold(placed(FOREIGN[0], View(), (640, 360), SMALL, 3))
    visit.sees(code="not_an_esc_code")


def check_a_typed_number(visit: BrowserDriver) -> None:
    visit.fill(NUMBER, MAYA)
    visit.sees(outcome="not_valid", number=masked(MAYA), reason="inactive", phase="live")


def check_without_a_network(visit: BrowserDriver, link: FaultProxy) -> None:
    """The page opens, a card is answered from memory, another is not; both are delivered afterwards."""
    visit.until("navigator.serviceWorker.controller !== null")
    visit.until(f"({KEPT_ON_DISK.format(number=repr(ANNA))})()")
    link.reset_connections()
    visit.reload()
    visit.until(SCANNER)
    visit.prepare()
    visit.fill(NUMBER, ANNA)
    visit.sees(outcome="valid", number=masked(ANNA), source="device", phase="remembered")
    assert visit.share >= LEAST_SHARE
    visit.fill(NUMBER, DIEGO)
    visit.sees(outcome="could_not_check", reason="device_offline", number=masked(DIEGO))
    visit.until(SAYS.format("2 checks waiting"))
    link.pass_through()
    visit.until(f"{SAYS.format('Online')} && !{SAYS.format('waiting')}")


def lock_a_kiosk(visit: BrowserDriver) -> None:
    """Locked with a tap, it checks a visitor's card."""
    visit.run("localStorage.setItem('escv.kioskNotValidSeconds', '2');")
    visit.go("/kiosk")
    visit.until(KIOSK.format("setup"))
    visit.prepare()
    visit.hold(empty_room(3))
    visit.fill("#lock-password", PASSWORD)
    visit.tap(".kiosk-lock")
    visit.until(KIOSK.format("locked"))
    visit.until(CAMERA.format("on"))
    visit.hold(code_of(KIRA))
    visit.sees(outcome="not_valid", reason="expired", source="router", phase="live")


def leave_the_kiosk(visit: BrowserDriver) -> None:
    """The visitor goes, the answer clears itself, and staff hold the button down."""
    visit.hold(empty_room(3))
    visit.until(CLEAR)
    visit.press("[data-leave]")
    visit.until(IS_AT.format("/login"))
    enter(visit)
    visit.until(KIOSK.format("setup"))


def sign_out(visit: BrowserDriver) -> None:
    visit.go("/")
    visit.until(SCANNER)
    visit.tap("[data-sign-out] button")
    visit.until(IS_AT.format("/login"))


def code_of(number: str, *, inverted: bool = False) -> bytes:
    """What a camera sees of this card's code."""
    return placed(f"https://esc.gg/{number}", View(inverted=inverted), (640, 360), SMALL, 3)


def masked(number: str) -> str:
    """How the number stands under an answer."""
    return f"{number[:4]}…{number[-4:]}"
