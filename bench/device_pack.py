"""What the pack costs on a device: `python -m bench.device_pack`. Chromium, 50 000 cards, gunicorn."""

from __future__ import annotations

import re
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from playwright.sync_api import sync_playwright

from bench.pack import CARDS, CHECKED, ROUTER, environment, fill, number
from bench.support import milliseconds, quantile, server
from tests.browser.camera_page import CHROMIUM

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext, Page

# Three hours of syncs at which something was new, one every five minutes.
DAY_OF_SYNCS = 36
_OPEN = """async (root) => {
  const began = performance.now();
  const { openMemory } = await import(`${root}js/memory/memory.js`);
  const loaded = performance.now();
  window.memory = await openMemory();
  window.blocks = [];
  new PerformanceObserver((list) => {
    window.blocks.push(...list.getEntries().map(({ duration }) => duration));
  }).observe({ entryTypes: ["longtask"] });
  return [loaded - began, performance.now() - loaded];
}"""
_SYNC = """async () => {
  let asked = 0;
  const ask = async (cursor) => {
    const start = performance.now();
    const answer = await fetch(`/api/v1/offline-pack?format=2&since=${cursor}`);
    const body = await answer.json();
    asked += (performance.now() - start) / 1000;
    return { ok: true, body };
  };
  const sync = window.memory.syncWith(ask);
  const began = performance.now();
  const result = await sync.run();
  return { ...result, asked, s: (performance.now() - began) / 1000, blocks: window.blocks.splice(0) };
}"""
_FIND = """async (numbers) => {
  const times = [];
  let found = 0;
  for (const escn of numbers) {
    const began = performance.now();
    const row = await window.memory.pack.find(escn);
    times.push((performance.now() - began) / 1000);
    found += row === null ? 0 : 1;
  }
  return [found, times];
}"""
_REMEMBER = """async ([escn, checked_at]) => {
  const card = { issuer_pic: "900000001", issuer_name: "Université", expires_at: "2027-09-30" };
  const good_until = "2027-01-01T00:00:00Z";
  await window.memory.remember(escn, { reason: "active", checked_at, good_until, card });
}"""


def opened(page: Page, url: str, static: str) -> list[float]:
    """Milliseconds for the scripts, and for the memory to be ready."""
    page.goto(f"{url}/livez")
    return list(page.evaluate(_OPEN, static))


def weight(folder: Path) -> float:
    """Megabytes of the browser's database on the disk."""
    files = [path for path in folder.rglob("*") if path.is_file() and "IndexedDB" in str(path)]
    return sum(path.stat().st_size for path in files) / 1e6


def look_up(page: Page, slower: int = 1) -> None:
    """Cards in the pack and cards that are in none, both salts tried, at a slowed processor."""
    session = page.context.new_cdp_session(page)
    session.send("Emulation.setCPUThrottlingRate", {"rate": slower})
    for name, first in (("known", 0), ("unknown", CARDS)):
        found, times = page.evaluate(_FIND, [number(first + place) for place in range(CHECKED)])
        p99_ms = 1000 * quantile(times, 0.99)
        print(f"look-up at 1/{slower}, {name} ({found} found): {milliseconds(times)}   p99 {p99_ms:.2f} ms")
    session.send("Emulation.setCPUThrottlingRate", {"rate": 1})
    session.detach()


def measure(context: BrowserContext, url: str) -> None:
    """First sync, an empty one, look-ups, a new start, and a day's small changes."""
    page = context.new_page()
    found = re.search(r"/static/[^\"]*?(?=icons/)", context.request.get(f"{url}/login").text())
    assert found is not None
    scripts_ms, ready_ms = opened(page, url, found[0])
    print(f"scripts {scripts_ms:.0f} ms; an empty memory is ready after {ready_ms:.0f} ms")
    for name in ("first sync", "sync of nothing"):
        result: dict[str, Any] = page.evaluate(_SYNC)
        assert result["ok"], result
        longest = max(result["blocks"], default=0)
        print(f"{name}: {result['rows']} cards in {result['s']:.2f} s, download {result['asked']:.2f} s")
        print(f"  longest block of the page: {longest:.0f} ms (0: none of 50 ms)")
    for slower in (1, 4):
        look_up(page, slower)
    for _ in range(3):
        _, ready_ms = opened(page, url, found[0])
        print(f"load at start: {ready_ms:.0f} ms, {page.evaluate('window.memory.pack.facts().cards')} cards")
    began = time.perf_counter()
    for place in range(DAY_OF_SYNCS):
        now = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
        page.evaluate(_REMEMBER, [number(place), now])
    each_ms = 1000 * (time.perf_counter() - began) / DAY_OF_SYNCS
    print(f"keeping one answer of this device's own: {each_ms:.1f} ms")
    look_up(page)
    used = page.evaluate("navigator.storage.estimate().then(({ usage }) => usage)") / 1e6
    print(f"on the device: {used:.2f} MB by the browser's own estimate")


def main() -> None:
    """All of it, in folders that are gone afterwards."""
    with tempfile.TemporaryDirectory() as folder, tempfile.TemporaryDirectory() as profile:
        fill(folder)
        with server(ROUTER, **environment(folder)) as (url, token, _, _), sync_playwright() as playwright:
            context = playwright.chromium.launch_persistent_context(
                profile,
                executable_path=CHROMIUM,
                args=["--no-sandbox", "--disable-gpu"],
                extra_http_headers={"Authorization": f"Bearer {token}"},
            )
            measure(context, url)
            context.close()
            print(f"on the device: {weight(Path(profile)):.2f} MB of files")


if __name__ == "__main__":
    main()
