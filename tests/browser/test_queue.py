"""A queue of cards through the whole page: every card is checked once, foreign codes are not reported."""

from __future__ import annotations

import itertools
import json
from typing import TYPE_CHECKING

import pytest

from scanner import parse_payload
from tests.browser.camera_page import camera_browser
from tests.browser.scan_recorder import ScanRecorder, final_answers
from tests.support.videos import FOREIGN, empty_room, queue, write

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from playwright.sync_api import Browser, StorageState

    from tests.support.demo_site import Site
    from tests.support.videos import Shot

CARDS = 12
BOUNCES_WITHIN_S = 5.0
PIECES = ("knoedel", "Mensa", "speiseplan", "0042424242", "personalUniqueCode")
# Everything that the browser keeps for the site, as text.
STORED = """async () => {
  const all = [document.cookie, JSON.stringify(localStorage), JSON.stringify(sessionStorage)];
  for (const name of await caches.keys()) {
    all.push(...(await (await caches.open(name)).keys()).map(({ url }) => url));
  }
  const text = (value) =>
    value instanceof ArrayBuffer || ArrayBuffer.isView(value)
      ? new TextDecoder("latin1").decode(value)
      : value && typeof value === "object" ? Object.entries(value).flat().map(text).join(" ") : String(value);
  for (const { name } of await indexedDB.databases()) {
    const database = await new Promise((resolve) => {
      const opening = indexedDB.open(name);
      opening.onsuccess = () => resolve(opening.result);
    });
    for (const store of database.objectStoreNames) {
      const rows = await new Promise((resolve) => {
        const reading = database.transaction(store).objectStore(store).getAll();
        reading.onsuccess = () => resolve(reading.result);
      });
      all.push(store, ...rows.map(text));
    }
    database.close();
  }
  return all.join(" ");
}"""


@pytest.fixture(name="shots", scope="module")
def _shots() -> list[Shot]:
    """Twelve cards, one each 700 ms, and three codes that are no cards between them."""
    return list(queue(20261125, CARDS, foreign_every=4))


@pytest.fixture(name="gate", scope="module")
def _gate(
    chromium: Browser,
    site: Site,
    cookies: Callable[[], StorageState],
    shots: list[Shot],
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[ScanRecorder]:
    """The page after the queue has passed; the last card was held up once more before it went."""
    empty, last = [empty_room(3)], shots[-2]
    assert last.text not in FOREIGN
    pictures = empty * 30 + [picture for shot in shots for picture in shot.pictures]
    pictures += empty * 15 + last.pictures + empty * 300
    film = write(tmp_path_factory.mktemp("film") / "queue.mjpeg", pictures)
    with camera_browser(chromium, film) as browser:
        gate = ScanRecorder(browser.new_context(storage_state=cookies())).open(site.address)
        gate.start()
        # A busy machine may miss one, or have its answer after the next card: the film comes round again.
        gate.until(lambda: masked(shots) <= on_stage(gate) and is_quiet(gate), 60)
        yield gate


def is_quiet(gate: ScanRecorder) -> bool:
    """Whether every check was answered, and the last card has bounced."""
    shown = gate.kept("shown")
    return shown[-1]["phase"] != "asking" and bool(gate.kept("bounces"))


def numbers(shots: list[Shot]) -> set[str]:
    return {parse_payload(shot.text).escn.value for shot in shots if shot.text not in FOREIGN}


def masked(shots: list[Shot]) -> set[str]:
    return {f"{escn[:4]}…{escn[-4:]}" for escn in numbers(shots)}


def on_stage(gate: ScanRecorder) -> set[str]:
    """The cards, masked, whose answer has stood on the stage."""
    return {each["number"] for each in final_answers(gate.kept("shown"))}


def test_every_card_of_a_queue_is_answered_and_none_wrongly(gate: ScanRecorder, shots: list[Shot]) -> None:
    """Twelve cards, twelve answers: each that was asked for and each that was shown is one of the film's."""
    assert {escn for _, escn in gate.checks} == numbers(shots)
    assert on_stage(gate) == masked(shots)


def test_a_card_that_stays_or_comes_back_soon_is_checked_once(gate: ScanRecorder) -> None:
    """Held up it is read many times, held up again within five seconds it bounces: one check, one word."""
    for escn in {escn for _, escn in gate.checks}:
        times = [at for at, asked in gate.checks if asked == escn]
        assert all(after - before >= BOUNCES_WITHIN_S for before, after in itertools.pairwise(times))
    assert len(gate.kept("bounces")) >= 1
    spoken = [said for said in gate.kept("said") if "VALID" in said["text"] or "CHECK" in said["text"]]
    assert len(spoken) == len(gate.checks)


def test_of_other_codes_only_their_kind_is_told(gate: ScanRecorder) -> None:
    """A Wi-Fi code and a web address are foreign, an ESI is recognised: at most one line each."""
    seen = [json.loads(heard).get("seen", {}) for heard in gate.kept("heard")]
    kinds = {(each["code"], each["kind"]) for each in seen if each.get("seen") == "foreign"}
    assert len(kinds) == len({line["text"] for line in gate.kept("lines")} - {""}) == len(FOREIGN)


def test_the_text_of_other_codes_is_nowhere(gate: ScanRecorder) -> None:
    """Not shown, not sent, not kept, not logged: it never leaves the worker that reads."""
    everywhere = {
        "the page": " ".join(gate.kept("texts")) + gate.page.content(),
        "what the decoder said": " ".join(gate.kept("heard")),
        "what was sent": " ".join(gate.sent),
        "what is stored": str(gate.page.evaluate(STORED)),
        "the console": " ".join(gate.console),
    }
    for piece in PIECES:
        assert [place for place, text in everywhere.items() if piece in text] == []


def test_the_browser_reports_no_error(gate: ScanRecorder) -> None:
    assert [text for text in gate.console if "Failed to load resource" not in text] == []
