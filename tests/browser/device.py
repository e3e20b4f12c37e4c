"""A device of the site: the scripts for memory and checking in a real browser, against the real server."""

from __future__ import annotations

import re
from base64 import b64decode
from typing import TYPE_CHECKING, Any

from tests.support.polling import wait_for

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext, Page

STATIC = re.compile(r"/static/[^\"]*?(?=icons/)")
# A page of the site, under its policy, without scripts.
BARE = "/livez"
OPEN = """async ([root, keepsPack]) => {
  const { openMemory } = await import(`${root}js/memory/memory.js`);
  const { Checking } = await import(`${root}js/checking/checking.js`);
  window.synced = false;
  window.signedOut = false;
  window.memory = await openMemory();
  window.memory?.onChange((change) => { window.synced ||= change === "pack"; });
  window.checking = new Checking({
    memory: window.memory,
    keepsPack,
    signedOut: () => { window.signedOut = true; },
  });
}"""
# All answers for one card until the wanted phase, with the milliseconds since the card was shown.
CHECK = """async ([escn, phases, most]) => {
  const began = performance.now();
  const answers = [];
  return new Promise((resolve) => {
    const done = () => resolve(answers);
    setTimeout(done, most);
    window.checking.check({ escn, warnings: [] }, (answer) => {
      answers.push({ ...answer, ms: performance.now() - began });
      const isNamed = phases.includes("named") && answer.verdict !== null;
      if (isNamed || (phases.includes(answer.phase) && !answer.confirming)) done();
    });
  });
}"""
STORES = """async () => {
  const found = await new Promise((resolve, reject) => {
    const opening = indexedDB.open("escv");
    opening.onsuccess = () => resolve(opening.result);
    opening.onerror = () => reject(opening.error);
  });
  const stores = {};
  for (const name of found.objectStoreNames) {
    stores[name] = await new Promise((resolve) => {
      const counting = found.transaction(name).objectStore(name).count();
      counting.onsuccess = () => resolve(counting.result);
    });
  }
  found.close();
  return stores;
}"""
KEYS = """async () => {
  const found = await new Promise((resolve) => {
    const opening = indexedDB.open("escv");
    opening.onsuccess = () => resolve(opening.result);
  });
  const keys = await new Promise((resolve) => {
    const reading = found.transaction("keys").objectStore("keys").getAll();
    reading.onsuccess = () => resolve(reading.result);
  });
  found.close();
  const tried = keys.filter((key) => key instanceof CryptoKey).map(async (key) => {
    const read = await crypto.subtle.exportKey("raw", key).then(() => true, () => false);
    return [key.algorithm.name, key.extractable, read];
  });
  return Promise.all(tried);
}"""


class Device:
    """One page of one device; its answers and its storage."""

    def __init__(self, context: BrowserContext, address: str, static: str) -> None:
        self.context = context
        self.page: Page = context.new_page()
        self._address = address
        self._static = static

    def open(self, *, keeps_pack: bool = True) -> Device:
        """Load the page and start the scripts."""
        self.page.goto(f"{self._address}{BARE}")
        self.page.evaluate(OPEN, [self._static, keeps_pack])
        return self

    def check(self, escn: str, *phases: str, most_ms: int = 9_000) -> list[dict[str, Any]]:
        """Show this card; the answers until one of these phases is final (`named`: until any verdict)."""
        wanted = list(phases or ("live", "remembered", "alone"))
        return list(self.page.evaluate(CHECK, [escn, wanted, most_ms]))

    def says(self, escn: str, *phases: str) -> tuple[str, str]:
        """The phase and the reason at the end of a check."""
        last = self.check(escn, *phases)[-1]
        return last["phase"], last["verdict"]["reason"]

    def until(self, condition: str, timeout_s: float = 10) -> None:
        """Wait for this condition on the page."""
        end = self.page.evaluate("performance.now()") + timeout_s * 1000
        while not self.page.evaluate(condition):
            assert self.page.evaluate("performance.now()") < end, condition
            self.page.wait_for_timeout(20)

    def sync(self) -> None:
        """Synchronise the pack now."""
        self.page.evaluate("() => { window.synced = false; window.checking.syncNow(); }")
        self.until("window.synced")

    @property
    def stores(self) -> dict[str, int]:
        """The number of records in each store of the database."""
        return dict(self.page.evaluate(STORES))

    @property
    def keys(self) -> list[list[object]]:
        """Each stored key: its algorithm, whether it is extractable, whether exporting it worked."""
        return list(self.page.evaluate(KEYS))

    @property
    def status(self) -> dict[str, Any]:
        """The content of the status line."""
        return dict(self.page.evaluate("window.checking.status()"))


def until_in_pack(context: BrowserContext, address: str, rows: int) -> None:
    """Wait until the site's pack has this number of rows: they are written after the answers."""
    wait_for(lambda: rows_in_pack(context, address) >= rows)


def rows_in_pack(context: BrowserContext, address: str) -> int:
    """The number of rows on a new device's first page of the pack."""
    page = context.request.get(f"{address}/api/v1/offline-pack").json()
    return int(sum(len(b64decode(text)) // page["row_bytes"] for text in page["sealed"].values()))


def device(context: BrowserContext, address: str, through: str | None = None) -> Device:
    """A device of the site at this address; `through` is the address of a proxy."""
    found = STATIC.search(context.request.get(f"{address}/login").text())
    assert found is not None
    return Device(context, through or address, found[0])
