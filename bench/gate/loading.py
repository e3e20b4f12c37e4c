"""What the page costs to load: bytes of a first visit, a start without a network, the camera's first card."""

from __future__ import annotations

import os
import re
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from bench.camera_scripts import BARE
from bench.gate.place import load, phone, place, signed_in
from bench.support import milliseconds
from tests.browser.page_polling import wait_until
from tests.browser.scan_recorder import ScanRecorder
from tests.support.drawing_faults import View
from tests.support.fault_proxy import fault_proxy
from tests.support.static_server import static_server
from tests.support.videos import SMALL, placed, write

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, StorageState

TIMES = 10
ENGINE = "/vendor/zxing-wasm/"
# As gunicorn.conf.py has it: method and path, status, bytes.
ANSWER = re.compile(r'"[A-Z]+ (\S+)" \d+ (\d+)')
ASKED_MS = """performance.getEntriesByType("resource").find(
  ({ name }) => name.endsWith("/decoder/decoder.js")).startTime"""
# What an installed app needs without a network is there.
KEEPS = "() => navigator.serviceWorker.controller !== null"


def film_of(path: Path) -> Path:
    """One card, all the time."""
    text = "https://s.esc-r.eu/3e506370-826a-103d-bf76-001000000001"
    return write(path, [placed(text, View(), (640, 360), SMALL, 3)] * 2)


def first_load(browser: Browser, state: StorageState, address: str, log: Path) -> None:
    """Bytes on the wire with nothing in the cache; what the service worker fetches beside is kept out."""
    context = phone(browser, state, keeps_app=False)
    already = len(answered(log))
    gate = ScanRecorder(context).open(address)
    gate.page.wait_for_load_state("networkidle")
    weighed = answered(log)[already:]
    asked_ms = gate.page.evaluate(ASKED_MS)
    decoder = [size for path, size in weighed if is_decoder(path)]
    rest = [size for path, size in weighed if not is_decoder(path)]
    print(f"first load without the decoder   {sum(rest) / 1000:.1f} kB in {len(rest)} answers, without heads")
    print(
        f"decoder                          {sum(decoder) / 1000:.1f} kB in {len(decoder)} answers; "
        f"asked for at {asked_ms:.0f} ms, Start on screen at {gate.kept('usable'):.0f} ms ({load()})"
    )
    context.close()


def answered(log: Path) -> list[tuple[str, int]]:
    """Path and bytes of each answer that left the server, in order; of the bytes those of the body."""
    lines = log.read_text(encoding="utf-8").splitlines()
    return [(found[1], int(found[2])) for line in lines if (found := ANSWER.search(line))]


def is_decoder(path: str) -> bool:
    """The engine, and our scripts that run beside it in the worker."""
    return ENGINE in path or "/js/decoder/" in path


@contextmanager
def access_log(path: Path) -> Iterator[Path]:
    """Servers that are started inside write each request that reached them."""
    os.environ["GUNICORN_CMD_ARGS"] = f"--access-logfile={path}"
    yield path
    del os.environ["GUNICORN_CMD_ARGS"]


def start_offline(browser: Browser, state: StorageState, address: str) -> None:
    """A new page of an installed app, its worker asleep, with the link cut."""
    with fault_proxy(address) as link:
        context = phone(browser, state)
        first = ScanRecorder(context).open(link.address)
        wait_until(first.page, KEEPS, 30)
        first.page.close()
        link.reset_connections()
        usable, read = [], []
        for _ in range(TIMES):
            gate = ScanRecorder(context, waits=False)
            workers = context.new_cdp_session(gate.page)
            workers.send("ServiceWorker.enable")
            workers.send("ServiceWorker.stopAllWorkers")
            gate.page.goto(f"{link.address}/")
            read.append(gate.first_reading()["at"] / 1000)
            usable.append(gate.kept("usable") / 1000)
            gate.page.close()
        context.close()
    print(f"start offline, to the scanner    {milliseconds(usable)}   {len(usable)} starts ({load()})")
    print(f"start offline, to the first card {milliseconds(read)}")


def first_card(browser: Browser, state: StorageState, address: str) -> None:
    """From the tap on Start to the first reading, beside a bare loop; and in a page just loaded."""
    context = phone(browser, state)
    taps: list[float] = []
    alone: list[float] = []
    bare: list[float] = []
    for _ in range(TIMES):
        bare.append(_bare_loop(browser))
        for waits, took in ((True, taps), (False, alone)):
            gate = ScanRecorder(context, waits=waits)
            gate.open(address)
            if waits:
                gate.start()
            took.append((gate.first_reading()["at"] - gate.kept("starting")) / 1000)
            gate.page.close()
    context.close()
    print(f"tap on Start to the first card   {milliseconds(taps)}   {len(taps)} starts ({load()})")
    print(f"the same, a bare loop            {milliseconds(bare)}")
    print(f"camera alone to the first card   {milliseconds(alone)}   the decoder being loaded meanwhile")


def _bare_loop(browser: Browser) -> float:
    """The same decoder on the same film with nothing around it, the decoder being there."""
    with static_server() as address:
        page = browser.new_page()
        page.goto(address)
        took_ms = float(page.evaluate(BARE, True))  # noqa: FBT003 - the script's one argument: loaded
        page.close()
    return took_ms / 1000


def main() -> None:
    """All rows."""
    with (
        tempfile.TemporaryDirectory() as folder,
        access_log(Path(folder) / "access.log") as log,
        place(film_of(Path(folder) / "card.mjpeg")) as (site, browser),
    ):
        state = signed_in(browser, site.address)
        first_load(browser, state, site.address, log)
        already = len(answered(log))
        start_offline(browser, state, site.address)
        asked = [path for path, _ in answered(log)[already:] if path.endswith("/zxing_reader.wasm")]
        print(f"the engine asked of the server   {len(asked)} times in a first visit and {TIMES} starts")
        first_card(browser, state, site.address)
