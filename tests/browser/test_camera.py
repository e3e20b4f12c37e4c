"""The scanner over a camera in a real browser: films of our own before Chromium's fake camera."""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import pytest

from scanner import parse_payload
from tests.browser.camera_page import camera_browser, events, scan, wait_until, worker_messages
from tests.support.drawing import encode
from tests.support.drawing_faults import View
from tests.support.static_server import static_server
from tests.support.videos import FOREIGN, SMALL, Shot, as_grey, placed, queue, write

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import Browser, Page

MIA = "3e506370-826a-103d-bf76-001000000001"
CODE = f"https://s.esc-r.eu/{MIA}"
CARDS = 12
# The first stream is black, as of a camera that has not woken up; the next ones are the camera's.
SLEEPY = """(() => {
  const real = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
  let asked = 0;
  navigator.mediaDevices.getUserMedia = (constraints) => {
    asked += 1;
    if (asked > 1) {
      return real(constraints);
    }
    const canvas = document.createElement("canvas");
    [canvas.width, canvas.height] = [1280, 720];
    const context = canvas.getContext("2d");
    setInterval(() => context.fillRect(0, 0, 1280, 720), 30);
    return Promise.resolve(canvas.captureStream(30));
  };
})();"""

REFUSES = """navigator.mediaDevices.getUserMedia = async () => {
  throw new DOMException("", "NotAllowedError");
};"""


@pytest.fixture(name="address", scope="module")
def _address() -> Iterator[str]:
    with static_server() as address:
        yield address


@pytest.fixture(name="shots", scope="module")
def _shots() -> list[Shot]:
    """Twelve cards at Sara's counter one after the other, and three codes that are no cards between them."""
    return list(queue(20261124, CARDS, foreign_every=4))


@pytest.fixture(name="at_counter")
def _open_driver(chromium: Browser, tmp_path: Path) -> Iterator[Page]:
    """A page whose camera sees Mia's card."""
    film = write(tmp_path / "card.mjpeg", [placed(CODE, View(), (640, 360), SMALL, 3)] * 2)
    with camera_browser(chromium, film) as browser:
        yield browser.new_page()


def test_a_queue_of_cards_is_read_and_nothing_else_is_said(
    chromium: Browser, address: str, shots: list[Shot], tmp_path: Path
) -> None:
    """Every card is reported, none wrongly; foreign codes are reported by kind, without their text."""
    cards = {parse_payload(shot.text).escn.value for shot in shots if shot.text not in FOREIGN}
    film = write(tmp_path / "queue.mjpeg", (picture for shot in shots for picture in shot.pictures))
    with camera_browser(chromium, film) as browser:
        page = browser.new_page()
        scan(page, address)
        wait_until(page, f"new Set(cards).size >= {len(cards)}", 40)
        assert set(events(page, "cards")) == cards
        wait_until(page, "new Set(foreign.map(({ kind }) => kind)).size === 3")
        said = worker_messages(page) + page.evaluate("JSON.stringify(window.events)")
    for piece in ("knoedel", "Mensa", "speiseplan", "0042424242"):
        assert piece not in said


def test_a_lost_camera_comes_back_by_itself(at_counter: Page, address: str) -> None:
    """After another app or a call took the camera, Sara continues to scan."""
    scan(at_counter, address)
    wait_until(at_counter, "cards.length > 0")
    at_counter.evaluate(
        "document.querySelector('#film').srcObject.getTracks().forEach((track) => track.stop())"
    )
    at_counter.evaluate("window.events.cards.length = 0")
    wait_until(at_counter, "cards.length > 0")
    assert events(at_counter, "states") == ["starting", "live", "restarting", "live"]
    assert set(events(at_counter, "troubles")) == {None}


def test_a_camera_that_wakes_up_black_is_restarted(at_counter: Page, address: str) -> None:
    """Known of home-screen apps after some time in the background."""
    at_counter.add_init_script(SLEEPY)
    scan(at_counter, address)
    wait_until(at_counter, "cards.length > 0")
    assert events(at_counter, "states") == ["starting", "live", "restarting", "live"]


def test_a_code_that_cannot_be_read_here_is_sent_once(
    chromium: Browser, address: str, tmp_path: Path
) -> None:
    """One picture in full resolution for the server, and a hint; not another every two seconds."""
    grey = as_grey(placed(CODE, View(module=8), (640, 360), SMALL, 3))
    cv2.rectangle(grey, (585, 305), (760, 470), 200, -1)
    film = write(tmp_path / "covered.mjpeg", [encode(grey, 90)] * 2)
    with camera_browser(chromium, film) as browser:
        page = browser.new_page()
        scan(page, address, reads=True)
        wait_until(page, "hints.includes('type')")
        assert events(page, "cards") == []
        assert events(page, "pictures") == [["image/jpeg", 1280, 720]]


def test_a_refused_camera_is_explained(chromium: Browser, address: str) -> None:
    """The page says what to do; it does not ask again by itself."""
    context = chromium.new_context(permissions=[])
    page = context.new_page()
    page.add_init_script(REFUSES)
    scan(page, address)
    wait_until(page, "troubles.length > 0")
    assert events(page, "troubles")[0]["code"] == "denied"
    context.close()


def test_a_missing_camera_is_explained(chromium: Browser, address: str) -> None:
    """At a desk the number is typed, or a scanner plugged in."""
    page = chromium.new_page()
    scan(page, address)
    wait_until(page, "troubles.length > 0")
    trouble = events(page, "troubles")[0]
    assert (trouble["code"], events(page, "states")) == ("no_camera", ["starting", "trouble"])
    page.close()
