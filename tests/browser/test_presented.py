"""What is held up before the camera after a card: in no frame does the card’s answer stand for it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from tests.browser.camera_page import camera_browser
from tests.browser.scan_recorder import ScanRecorder
from tests.support.drawing import encode
from tests.support.drawing_faults import View
from tests.support.videos import FOREIGN, SMALL, as_grey, empty_room, placed, write
from validator.demo.deck import BY_SLUG

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import Browser, StorageState

    from tests.support.demo_site import Site

ANNA, KIRA = (f"https://esc.gg/{BY_SLUG[slug].escn}" for slug in ("anna-active", "kira-expired"))
LOOKALIKE = f"https://esc.gg.example.com/{BY_SLUG['kira-expired'].escn}"
LEFT, MIDDLE, RIGHT = (320, 360), (640, 360), (960, 360)
WITHIN_MS = 1_000
A_SECOND = 30
SEED = 3


def held(text: str, at: tuple[int, int] = MIDDLE) -> bytes:
    return placed(text, View(), at, SMALL, SEED)


def both(left: str, right: str) -> bytes:
    """Two codes side by side in one picture."""
    pictures = as_grey(held(left, LEFT)), as_grey(held(right, RIGHT))
    middle = SMALL[1] // 2
    return encode(np.hstack((pictures[0][:, :middle], pictures[1][:, middle:])), 85)


def standing(stages: list[dict[str, Any]], since: float) -> list[dict[str, Any]]:
    """What stood on the page at this time and in every frame after it."""
    before = [stage for stage in stages if stage["at"] <= since]
    return [*before[-1:], *(stage for stage in stages if stage["at"] > since)]


Gates = Callable[[list[bytes]], AbstractContextManager[ScanRecorder]]


@pytest.fixture(name="gates")
def _gates(chromium: Browser, site: Site, cookies: Callable[[], StorageState], tmp_path: Path) -> Gates:
    """Makes a page whose camera shows these pictures once, and then an empty scene."""

    @contextmanager
    def gates(pictures: list[bytes]) -> Iterator[ScanRecorder]:
        empty = [empty_room(SEED)]
        film = write(tmp_path / "gate.mjpeg", empty * 20 + pictures + empty * 20 * A_SECOND)
        with camera_browser(chromium, film) as browser:
            gate = ScanRecorder(browser.new_context(storage_state=cookies())).open(site.address)
            gate.start()
            yield gate

    return gates


@pytest.mark.parametrize(
    ("second", "code"),
    [
        (held(FOREIGN[0]), "not_an_esc_code"),
        (held(FOREIGN[2]), "esi_not_escn"),
        (held(LOOKALIKE), "lookalike_host"),
        (both(KIRA, ANNA), "several_codes"),
    ],
    ids=["Wi-Fi", "ESI", "look-alike", "two cards"],
)
def test_a_code_that_is_newly_held_ends_the_earlier_answer(gates: Gates, second: bytes, code: str) -> None:
    """A second after another code was read, no frame shows the VALID of the card that was there before."""
    with gates([held(ANNA)] * 2 * A_SECOND + [empty_room(SEED)] * 3 + [second] * 3 * A_SECOND) as gate:
        assert gate.until(lambda: bool(gate.kept("others")), 30)
        read = gate.kept("others")[0]["at"]
        gate.page.get_by_test_id("refusal").wait_for()
        assert gate.until(lambda: is_past(gate, read + WITHIN_MS + 500), 10)

        stages = gate.kept("stages")
        assert "valid" in [stage["outcome"] for stage in stages if stage["at"] < read]
        shown = standing(stages, read + WITHIN_MS)
        assert [stage["outcome"] for stage in shown] == [None] * len(shown)
        assert shown[0]["code"] == code


def test_a_code_beside_the_card_leaves_its_answer(gates: Gates) -> None:
    """A campus code is printed on the same card: as long as that is held up, its answer stands, unbroken."""
    with gates([both(ANNA, FOREIGN[1])] * 10 * A_SECOND) as gate:
        first = gate.first_reading()["at"]
        assert gate.until(lambda: is_past(gate, first + 6_000), 20)
        stages = gate.kept("stages")
        answered = next(stage["at"] for stage in stages if stage["outcome"] == "valid")
        assert [stage["outcome"] for stage in standing(stages, answered)] == ["valid"]
        assert len(gate.checks) == 1


def is_past(gate: ScanRecorder, time: float) -> bool:
    """Whether it is later on the page’s clock."""
    return bool(gate.page.evaluate("performance.now()") > time)
