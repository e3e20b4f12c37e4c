"""Sixty different cards, one each 700 ms: how many the page answers, how many wrongly, how many twice."""

from __future__ import annotations

import tempfile
from collections import Counter
from pathlib import Path

from bench.gate.place import load, phone, place, signed_in
from scanner import parse_payload
from tests.browser.scan_recorder import ScanRecorder, final_answers
from tests.support.videos import PICTURES_A_SECOND, Shot, empty_room, queue, write

CARDS = 60
EACH_S = 0.7
SEED = 20261124
# The film does not come round while anything is measured.
TAIL_S = 20
TIMEOUT_S = 4
QUIET_S = "(performance.now() - window.kept.read.at(-1).at) / 1000"


def film_of(shots: list[Shot], path: Path) -> Path:
    """A second of an empty scene, the cards, and a long empty scene."""
    empty = [empty_room(SEED)]
    pictures = [picture for shot in shots for picture in shot.pictures]
    return write(path, empty * PICTURES_A_SECOND + pictures + empty * (TAIL_S * PICTURES_A_SECOND))


def count(gate: ScanRecorder, shots: list[Shot]) -> None:
    """A row of counts, and each card that went wrong with its kind of fault."""
    kinds = {parse_payload(shot.text).escn.value: shot.kind for shot in shots}
    masked = {f"{escn[:4]}…{escn[-4:]}": escn for escn in kinds}
    shown = final_answers(gate.kept("shown"))
    answered = {masked[each["number"]] for each in shown if each["number"] in masked and each["outcome"]}
    wrong = [each["number"] for each in shown if each["number"] not in masked]
    wrong += [escn for _, escn in gate.checks if escn not in kinds]
    asked = Counter(escn for _, escn in gate.checks)
    counts = Counter(each["number"] for each in shown)
    twice = {escn for escn, times in asked.items() if times > 1}
    twice |= {masked[number] for number, times in counts.items() if times > 1 and number in masked}
    said, readings = len(gate.kept("said")), gate.kept("read")
    each_ms = (readings[-1]["at"] - readings[0]["at"]) / (CARDS - 1)
    print(
        f"{CARDS} cards, one each {each_ms:.0f} ms: {len(answered)} answered, {len(wrong)} wrong, "
        f"{len(twice)} twice; {said} times spoken, {gate.pictures} pictures sent ({load()})"
    )
    read = {each["escn"] for each in readings}
    for escn, kind in kinds.items():
        if escn not in answered:
            print(f"  not answered: {kind}, {'read' if escn in read else 'never read'}")
    for escn in twice:
        print(f"  twice: {kinds[escn]}")


def main() -> None:
    """One film, one queue."""
    with tempfile.TemporaryDirectory() as folder:
        shots = list(queue(SEED, CARDS))
        film = film_of(shots, Path(folder) / "queue.mjpeg")
        with place(film) as (site, browser):
            gate = ScanRecorder(phone(browser, signed_in(browser, site.address))).open(site.address)
            gate.start()
            gate.page.wait_for_timeout(1000 * CARDS * EACH_S)
            # On a busy machine the film runs slower than it should: it is over when nothing comes any more.
            gate.until(lambda: gate.page.evaluate(QUIET_S) > TIMEOUT_S, TAIL_S)
            count(gate, shots)
