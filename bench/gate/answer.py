"""From the reading to the answer on the screen: live, and remembered with the link cut or silent."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bench.gate.place import load, phone, place, signed_in
from bench.support import milliseconds
from tests.browser.scan_recorder import ScanRecorder
from tests.support.drawing_faults import View
from tests.support.fault_proxy import fault_proxy
from tests.support.videos import PICTURES_A_SECOND, SMALL, placed, write

if TYPE_CHECKING:
    from collections.abc import Iterator

CARDS = 32
EACH_S = 0.5
ROUTERS_S = (0.1, 0.4)
# Longer than the link takes to be known as gone (checking/link.js).
GONE_S = 6
# An answer that has not come by then is missing from the figures, and the row says so.
LATE_MS = 5_000


def film_of(path: Path) -> Path:
    """Easy cards, one after the other, round and round."""
    numbers = [f"{card:04x}6370-826a-103d-bf76-00100000{card:04x}" for card in range(CARDS)]
    views = [placed(f"https://s.esc-r.eu/{number}", View(), (640, 360), SMALL, 3) for number in numbers]
    return write(path, (view for view in views for _ in range(round(EACH_S * PICTURES_A_SECOND))))


def round_of(gate: ScanRecorder, phase: str) -> Iterator[float]:
    """Seconds to the answer of this phase, for each card that comes in one round of the film from now on."""
    before = len(gate.kept("read"))
    gate.until(lambda: len(gate.kept("read")) > before + CARDS, 2 * CARDS * EACH_S)
    shown = [each for each in gate.kept("shown") if each["phase"] == phase]
    # The last one may still be on its way.
    for reading in gate.kept("read")[before:-1]:
        yield from _first(reading, shown)


def _first(reading: dict[str, Any], shown: list[dict[str, Any]]) -> Iterator[float]:
    for each in shown:
        took_ms = each["at"] - reading["at"]
        if each["number"] == reading["number"] and 0 <= took_ms < LATE_MS:
            yield took_ms / 1000
            return


def row(name: str, durations: list[float]) -> None:
    """One line of figures."""
    print(f"{name:32} {milliseconds(durations)}   {len(durations)} cards ({load()})")


def measure(film: Path, router_s: float, *, alone: bool) -> None:
    """A round live; `alone`: then one with the link cut, and one with it silent."""
    with place(film, router_s) as (site, browser), fault_proxy(site.address) as link:
        gate = ScanRecorder(phone(browser, signed_in(browser, site.address))).open(link.address)
        gate.start()
        gate.until(lambda: bool(gate.kept("read")), 10)
        live = [took - router_s for took in round_of(gate, "live")]
        row(f"live, above the Router's {router_s} s", live)
        for name, spoil in (("cut", link.reset_connections), ("silent", link.go_silent)) if alone else ():
            spoil()
            gate.page.wait_for_timeout(GONE_S * 1000)
            row(f"remembered, link {name}", list(round_of(gate, "remembered")))
            link.pass_through()
            gate.until(lambda: gate.kept("shown")[-1]["phase"] == "live", 15)


def main() -> None:
    """All rows."""
    with tempfile.TemporaryDirectory() as folder:
        film = film_of(Path(folder) / "cards.mjpeg")
        for router_s in ROUTERS_S:
            measure(film, router_s, alone=router_s == ROUTERS_S[-1])
