"""Cards by the hundred from a hand-held scanner: whether the page grows with them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bench.gate.place import load, phone, place, signed_in
from tests.browser.scan_recorder import ScanRecorder

if TYPE_CHECKING:
    from playwright.sync_api import CDPSession

WARM, MANY = 20, 300
# What is kept to measure by is no growth of the page's.
FORGET = """Object.values(window.kept).forEach((each) =>
  Array.isArray(each) ? each.splice(0) : each?.clear?.())"""
ENDS_MS = 4_000  # every check ends by then


def size(gate: ScanRecorder, session: CDPSession) -> dict[str, float]:
    """Heap in use after a collection, and counts of what the page holds."""
    gate.page.evaluate(FORGET)
    session.send("HeapProfiler.collectGarbage")
    return {each["name"]: each["value"] for each in session.send("Performance.getMetrics")["metrics"]}


def scan(gate: ScanRecorder, cards: range) -> None:
    """Each card is typed as a scanner types; the next one follows when its answer stands."""
    for card in cards:
        gate.page.keyboard.type(f"{card:04x}6370-826a-103d-bf76-00100000{card:04x}\n")
        panel = gate.page.locator("[data-result]", has_text=f"{card:04x}…{card:04x}")
        panel.wait_for(timeout=ENDS_MS)


def main() -> None:
    """Before and after; the first cards warm the page up."""
    with place(None, router_s=0.0) as (site, browser):
        gate = ScanRecorder(phone(browser, signed_in(browser, site.address))).open(site.address)
        session = gate.page.context.new_cdp_session(gate.page)
        session.send("Performance.enable")
        scan(gate, range(WARM))
        before = size(gate, session)
        scan(gate, range(WARM, WARM + MANY))
        answered = {each["number"] for each in gate.kept("shown") if each["outcome"]}
        after = size(gate, session)
    print(f"{MANY} cards from a hand-held scanner, {len(answered)} answered ({load()})")
    for name, unit in (("JSHeapUsedSize", 1e6), ("Nodes", 1), ("JSEventListeners", 1), ("Documents", 1)):
        print(f"  {name:20} {before[name] / unit:8.2f} before {after[name] / unit:8.2f} after")
