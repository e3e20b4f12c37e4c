"""The scanner page with a film as its camera, and a record of what it read, showed and announced."""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import BrowserContext, Request

CHECKS = "/api/v1/validations"
PICTURES = "/api/v1/scans"

# Times are the page's own, in milliseconds. A card that stays in view counts as one reading.
# The camera starts at a tap: the decoder must be loaded before the film begins.
KEEPING = """(() => {
  const kept = (window.kept = {
    isReady: false, usable: null, starting: null, camera: null,
    read: [], shown: [], said: [], lines: [], bounces: [], heard: [], texts: new Set(),
    others: [], stages: [],
  });
  const masked = (escn) => `${escn.slice(0, 4)}…${escn.slice(-4)}`;
  const lastRead = new Map();
  window.Worker = class extends Worker {
    constructor(...given) {
      super(...given);
      this.addEventListener("message", ({ data }) => {
        const at = performance.now();
        kept.isReady ||= Boolean(data.ready?.wasm || data.ready?.native);
        if (data.seen?.seen === "card") {
          const { escn } = data.seen.payload;
          if (at - (lastRead.get(escn) ?? -Infinity) > 1_000) {
            kept.read.push({ at, escn, number: masked(escn) });
          }
          lastRead.set(escn, at);
        } else if (data.seen && data.seen.seen !== "nothing") {
          const what = data.seen.code ?? data.seen.seen;
          if (at - (lastRead.get(what) ?? -Infinity) > 1_000) {
            kept.others.push({ at, what });
          }
          lastRead.set(what, at);
        }
        kept.heard.push(JSON.stringify(data));
      });
    }
  };
  const isShown = (element) => Boolean(element?.checkVisibility());
  function look(records) {
    const at = performance.now();
    const view = document.querySelector("[data-viewfinder]");
    const camera = view?.dataset.camera;
    if (kept.usable === null && (camera === "on" || isShown(document.querySelector("[data-start-camera]")))) {
      kept.usable = at;
    }
    kept.starting ??= camera === "starting" ? at : null;
    kept.camera ??= camera === "on" ? at : null;
    for (const { target, addedNodes, attributeName } of records) {
      for (const node of addedNodes) {
        kept.texts.add(node.textContent ?? "");
        if (target.matches?.("[data-announcer]")) kept.said.push({ at, text: node.textContent });
        const isRefused = node.matches?.("[data-testid=refusal]");
        if (target.matches?.("[data-result]") && isRefused) kept.lines.push({ at, text: node.textContent });
        if (target.matches?.("[data-result]") && node.matches?.("section") && !isRefused) {
          const { outcome, reason, source, phase, confirm = null } = node.dataset;
          const number = node.textContent.match(/[0-9a-f]{4}…[0-9a-f]{4}/)?.[0] ?? null;
          kept.shown.push({ at, number, outcome, reason, source, phase, confirm });
        }
      }
      if (attributeName === "data-bounce") kept.bounces.push(at);
    }
  }
  // The content of every painted frame; kept if it differs from the last one.
  function frame(at) {
    const { outcome = null } = document.querySelector("[data-testid=verdict]")?.dataset ?? {};
    const { code = null } = document.querySelector("[data-testid=refusal]")?.dataset ?? {};
    const last = kept.stages[kept.stages.length - 1];
    if (last?.outcome !== outcome || last?.code !== code) {
      kept.stages.push({ at, outcome, code });
    }
    requestAnimationFrame(frame);
  }
  requestAnimationFrame(frame);
  const options = { subtree: true, childList: true, characterData: true, attributes: true };
  new MutationObserver(look).observe(document, options);
})();"""
WAITS_FOR_A_TAP = "navigator.permissions.query = async () => ({ state: 'prompt' });"
KEPT = "(name) => window.kept[name] instanceof Set ? [...window.kept[name]] : window.kept[name]"


class ScanRecorder:
    """One device; `checks` are the card numbers that it requested, each with its time in seconds."""

    def __init__(self, context: BrowserContext, *, waits: bool = True) -> None:
        self.page = context.new_page()
        self.checks: list[tuple[float, str]] = []
        self.pictures = 0
        self.sent: list[str] = []
        self.console: list[str] = []
        self.page.add_init_script(KEEPING + (WAITS_FOR_A_TAP if waits else ""))
        self.page.on("request", self._note)
        self.page.on("console", lambda message: self.console.append(message.text))
        self.page.on("pageerror", lambda error: self.console.append(str(error)))

    def _note(self, request: Request) -> None:
        body = request.post_data_buffer or b""
        self.sent.append(f"{request.url} {body.decode('latin-1')}")
        if request.url.endswith(CHECKS):
            self.checks.append((time.monotonic(), json.loads(body)["input"]))
        self.pictures += request.url.endswith(PICTURES)

    def open(self, address: str) -> ScanRecorder:
        """Load the page; return when its decoder is loaded and it waits for a tap."""
        self.page.goto(f"{address}/")
        self.until(lambda: bool(self.kept("isReady")), 30)
        return self

    def start(self) -> None:
        """Tap on Start; the film begins."""
        self.page.get_by_test_id("start-camera").click()

    def kept(self, name: str) -> Any:
        """What the page recorded under this name."""
        return self.page.evaluate(KEPT, name)

    def first_reading(self) -> Any:
        """Wait for the first card: when it was read, and its number."""
        assert self.until(lambda: bool(self.kept("read")), 15)
        return self.kept("read")[0]

    def until(self, condition: Callable[[], bool], timeout_s: float) -> bool:
        """Wait for this condition; whether it held in time."""
        end = time.monotonic() + timeout_s
        while not condition():
            if time.monotonic() > end:
                return False
            self.page.wait_for_timeout(50)
        return True


def final_answers(shown: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The final answers that were shown, each once, without running checks and repeated drawings."""
    final = [each for each in shown if each["phase"] != "asking" and each["confirm"] != "confirming"]
    return [each for at, each in enumerate(final) if at == 0 or not _is_same(each, final[at - 1])]


def _is_same(one: dict[str, Any], other: dict[str, Any]) -> bool:
    return all(one[name] == other[name] for name in one if name != "at")
