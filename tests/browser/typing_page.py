"""A minimal page with a number field, a button and the scripts for typing and scanning, in a real browser.

It has no server. Tests use it for keys, fields and focus, under the app's content security policy.
"""

from __future__ import annotations

import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tests.browser.keyboard_layouts import Keyboard, Stroke
from tests.browser.page_driver import close_context
from validator.http.headers import CONTENT_SECURITY_POLICY

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, CDPSession, Page, Route

TIMEOUT_S = 5
_STATIC = Path(__file__).parents[2] / "validator" / "static"
_ADDRESS = "http://desk.test"
_PAGE = """<!doctype html><html lang="en"><meta charset="utf-8"><title>Desk</title>
<script type="module" src="/static/desk.js"></script>
<form method="post" action="/lookup">
<input id="number" name="number" aria-label="Number" required autocomplete="off"><button>Check</button></form>
<p id="note" role="status"></p>
<input id="other" aria-label="Other"><button id="torch" type="button">Torch</button>"""
_SCRIPT = """
import { NumberField, toMultiline } from "/static/js/typing/field.js";
import { listenForWedge } from "/static/js/wedge/listen.js";
const ids = ["number", "note", "other", "torch"];
const [plain, note, other, torch] = ids.map((id) => document.getElementById(id));
const input = toMultiline(plain);
torch.addEventListener("click", () => (window.presses += 1));
let stops = [];
window.begin = () => {
  for (const stop of stops) stop();
  const events = (window.events = []);
  window.presses = 0;
  other.value = "";
  document.activeElement.blur();
  const field = new NumberField(input, {
    note,
    onCard: ({ escn }) => events.push({ by: "field", escn }),
    onRefusal: (refusal) => events.push({ by: "field", ...refusal }),
  });
  field.clear();
  const stop = listenForWedge(document, {
    numberField: input,
    timers: { setTimeout: (run, ms) => setTimeout(run, 4 * ms), clearTimeout: (id) => clearTimeout(id) },
    onCard: ({ escn }, { ms, keys }) => events.push({ by: "scanner", escn, ms, keys }),
    onForeign: (refusal) => events.push({ by: "scanner", ...refusal }),
  });
  stops = [stop, () => field.stop()];
};
document.body.dataset.ready = "yes";
"""


class TypingPage:
    """The page, its keyboard, and the events that its scripts reported."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.faults: list[str] = []
        page.on("pageerror", lambda error: self.faults.append(str(error)))
        page.on("console", lambda message: self.faults.append(message.text))
        page.route(f"{_ADDRESS}/**", _serve)
        page.goto(f"{_ADDRESS}/")
        page.wait_for_selector("[data-ready]")
        self.number = page.locator("#number")
        self._devtools: CDPSession = page.context.new_cdp_session(page)
        self._keyboard = Keyboard(self._devtools)

    def begin(self) -> None:
        """Reset the page: no events, no typed text, no focus."""
        self.faults.clear()
        self.page.evaluate("window.begin()")

    def scan(self, text: str, layout: str = "US", end: str = "Enter", ends: int = 1) -> None:
        """Send the keys of a scanner set to a US keyboard, on a computer with another layout."""
        self._keyboard.scan(text, layout, end, ends)

    def press(self, code: str, key: str) -> None:
        """Press one key."""
        self._keyboard.press(Stroke(code, key, shift=False))

    def compose(self, text: str) -> None:
        """Show a composition of an input method."""
        where = {"selectionStart": len(text), "selectionEnd": len(text)}
        self._devtools.send("Input.imeSetComposition", {"text": text, **where})

    def commit(self, text: str) -> None:
        """Commit the composition."""
        self._devtools.send("Input.insertText", {"text": text})

    def paste(self, text: str) -> None:
        """Copy the text out of another field and paste it over what the number field holds."""
        other = self.page.get_by_label("Other")
        other.fill(text)
        other.press("Control+a")
        other.press("Control+x")
        self.number.press("Control+a")
        self.number.press("Control+v")

    @property
    def events(self) -> list[dict[str, Any]]:
        """The events that the scripts reported, in order."""
        events: list[dict[str, Any]] = self.page.evaluate("window.events")
        return events

    @property
    def numbers(self) -> list[str]:
        """The numbers that were reported, in order."""
        return [event["escn"] for event in self.events if "escn" in event]

    def wait_for(self, count: int) -> None:
        """Wait until this number of events was reported."""
        self.page.wait_for_function("count => window.events.length >= count", arg=count)

    @property
    def note(self) -> str:
        """The line under the field."""
        return self.page.locator("#note").inner_text()

    @property
    def presses(self) -> int:
        """The number of presses of the button outside the form."""
        presses: int = self.page.evaluate("window.presses")
        return presses

    def pressed_by(self, key: str) -> bool:
        """Whether this key, pressed repeatedly, activates the focused button."""
        before, end = self.presses, time.monotonic() + TIMEOUT_S
        while self.presses == before and time.monotonic() < end:
            self.press("Space" if key == " " else key, key)
        return self.presses > before


@contextmanager
def open_typing_page(chromium: Browser) -> Iterator[TypingPage]:
    """A typing page in its own window."""
    context = chromium.new_context()
    yield TypingPage(context.new_page())
    close_context(context)


def _serve(route: Route) -> None:
    path = route.request.url.removeprefix(_ADDRESS)
    headers = {"Content-Security-Policy": CONTENT_SECURITY_POLICY}
    if path == "/":
        route.fulfill(body=_PAGE, content_type="text/html", headers=headers)
    elif path == "/static/desk.js":
        route.fulfill(body=_SCRIPT, content_type="text/javascript")
    elif path.startswith("/static/js/"):
        route.fulfill(path=_STATIC / path.removeprefix("/static/"), content_type="text/javascript")
    else:
        route.fulfill(status=404, body="")
