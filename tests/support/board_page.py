"""A page with the scanner's markup and its board alone: the test plays camera and server."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from flask import render_template_string

from tests.support.verdicts import NOW
from validator.api.schemas import VerdictOut

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from flask import Flask
    from playwright.sync_api import Locator, Page

    from validator.verdict import Verdict

_MARKUP = """<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Board</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
{% for sheet in ("base", "verdict", "result", "scanner") %}
<link rel="stylesheet" href="/static/x/css/{{ sheet }}.css">{% endfor %}
<script type="module" src="/static/x/board-entry.js"></script></head>
<body><header class="top"><div class="top-line">ESC Validator</div></header>
<main><h1 class="unseen">Check a card</h1>{% include "scanner/viewfinder.html" %}</main></body></html>"""

_ENTRY = """
import { Board } from "./js/result/board.js";
import { createFeedback } from "./js/feedback/feedback.js";
import { createPreferences, storageOf } from "./js/settings/preferences.js";
import { enhanceSettings } from "./js/settings/panel.js";
const root = document.querySelector("[data-scanner]");
const preferences = createPreferences(storageOf(window));
const announcer = root.querySelector("[data-announcer]");
const feedback = createFeedback({ window, announcer, preferences });
const said = [], asked = [];
new MutationObserver(() => said.push(announcer.textContent)).observe(announcer, { childList: true });
const timers = { setTimeout: (work, ms) => setTimeout(work, ms), clearTimeout: (id) => clearTimeout(id) };
const board = new Board({
  root, preferences, feedback, timers, zone: ZONE,
  check: ({ escn }, onAnswer) => asked.push({ escn, onAnswer }),
  now: () => performance.now() + (window.later ?? 0), date: () => new Date(NOW),
});
enhanceSettings(root.querySelector("[data-settings]"), { preferences, feedback });
root.hidden = false;
window.test = { board, asked, said, preferences };
"""


def served(app: Flask, zone: ZoneInfo) -> dict[str, bytes | None]:
    """What script_site() serves for it, beside our own static files."""
    with app.test_request_context("/"):
        markup = render_template_string(_MARKUP)
    entry = _ENTRY.replace("NOW", json.dumps(NOW.isoformat())).replace("ZONE", json.dumps(zone.key))
    return {
        "board.html": markup.encode(),
        "board-entry.js": entry.encode(),
    }


class BoardPage:
    """The page in Mia's hand: cards come in front of it, answers arrive."""

    def __init__(self, page: Page) -> None:
        self.page = page

    def shows(self, card: str) -> None:
        """The camera has read this card."""
        self.page.evaluate("escn => test.board.card({ escn, warnings: [] })", card)

    def answers(self, verdict: Verdict | None, card: int = -1, **changes: Any) -> None:
        """What has become of the check with this index, the last one if none is given."""
        answer: dict[str, Any] = {
            "phase": "live" if verdict else "asking",
            "confirming": False,
            "change": None,
            "trouble": None,
        }
        answer["verdict"] = VerdictOut.of(verdict).model_dump(mode="json") if verdict else None
        self.page.evaluate("([at, answer]) => test.asked.at(at).onAnswer(answer)", [card, answer | changes])

    def checks(self, verdict: Verdict | None, card: str = "anna", **changes: Any) -> None:
        """A card comes and is answered at once."""
        self.shows(card)
        self.answers(verdict, **changes)

    def waits(self, ms: int) -> None:
        """Advance the stage's clock by this time; the test does not sleep."""
        self.page.evaluate("ms => { window.later = (window.later ?? 0) + ms; }", ms)

    @property
    def verdict(self) -> Locator:
        """The result."""
        return self.page.get_by_test_id("verdict")

    @property
    def said(self) -> list[str]:
        """What a screen reader was given so far."""
        found: list[str] = self.page.evaluate("test.said")
        return found

    @property
    def asked(self) -> int:
        """How many checks were made."""
        return int(self.page.evaluate("test.asked.length"))
