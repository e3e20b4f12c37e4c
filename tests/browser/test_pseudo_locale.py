"""In the pseudo language every text of every page and verdict is translated, and none is cut on a phone."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime
from threading import Thread
from typing import TYPE_CHECKING

import pytest
from flask import render_template
from werkzeug.serving import make_server

from tests.browser.keyboard_layouts import Stroke, strokes
from tests.browser.page_polling import wait_until
from tests.browser.scanner_driver import READY
from tests.browser.scanner_driver import TYPED as KEYS
from tests.support.app_factory import PASSWORD, close, make_app
from tests.support.pseudo import PSEUDO, pseudo, pseudo_languages
from tests.support.verdicts import BRUSSELS, EVERY_KIND, NOW
from validator.accounts.identity import Caller, CallerKind
from validator.api.schemas import VerdictOut
from validator.i18n import EXTENSION
from validator.web.manage import ALERTS
from validator.web.present import present
from validator.web.refusals import BY_CODE, KINDS, NO_PHOTO, NOTHING_TYPED, TYPED, UNNAMED

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from flask import Flask
    from playwright.sync_api import Browser, Page, Route

    from validator.verdict import Verdict

WIDTHS = (320, 390)
SIGNED_OUT = ("/login", "/no-such-page", "/demo/cards")
STAFF = ("/", "/lookup", "/guide", "/kiosk", "/account", "/no-such-page", "/manage/health")
MANAGER = ("/account", "/manage/alerts", "/manage/devices", "/manage/health", "/manage/late-answers")
CHECKS = "**/api/v1/validations"
ENTER = Stroke("Enter", "Enter", shift=False)
MODE = "document.querySelector('[data-kiosk]').dataset.mode"
# What a hand-held scanner may read, and what the page then says.
NO_CARDS = {
    "https://example.org/": "It is a web address. Look beside the student card logo.",
    "WIFI:T:WPA;S:campus;P:secret;;": "It is a Wi-Fi code. Look beside the student card logo.",
}

# A message has a bracket of the pseudo language around it; letters outside brackets are English.
FAULTS = r"""([width]) => {
  const faults = new Set();
  const DATA = "[translate=no], time, script, style, template, svg, noscript:not(:has(*))";
  const INLINE = new Set(["A", "B", "BDI", "CODE", "EM", "I", "KBD", "OUTPUT", "SMALL", "SPAN", "STRONG"]);
  const isData = (element) => element.closest(DATA) !== null;
  const textOf = (node) => node.nodeType === Node.TEXT_NODE ? node.data
    : node.nodeType !== Node.ELEMENT_NODE || isData(node) ? " " : [...node.childNodes].map(textOf).join("");
  const english = (text) => {
    let rest = text.replace(/ESC Validator/g, ""), before;
    do { before = rest; rest = rest.replace(/\[[^\[\]]*\]/g, " "); } while (rest !== before);
    return /\p{L}/u.test(rest) ? rest.replace(/\s+/g, " ").trim() : "";
  };
  const judge = (where, text) => {
    const found = english(text);
    if (found !== "") faults.add(`English ${where}: ${found.slice(0, 120)}`);
  };
  const isSeen = (element) => element.checkVisibility({ visibilityProperty: true })
    && !element.closest(".unseen, .skip");
  const isCut = ({ clientWidth, scrollWidth }) => clientWidth > 1 && scrollWidth > clientWidth + 1;
  const name = (element) => `${element.tagName}.${element.className}`;
  const checkText = (node) => {
    let top = node.parentElement;
    if (isData(top) || !/\p{L}/u.test(node.data)) return;
    // A message with markup in it: its bracket opens and closes outside the inline elements.
    while (english(textOf(top)) !== "" && INLINE.has(top.tagName)) top = top.parentElement;
    judge(name(top), textOf(top));
    if (!isSeen(node.parentElement) || node.parentElement.closest(".manage-table, select")) return;
    const range = document.createRange();
    range.selectNodeContents(node);
    const { left, right, width: wide } = range.getBoundingClientRect();
    if (wide > 0 && (right > width + 1 || left < -1))
      faults.add(`Outside ${width}: ${node.data.trim().slice(0, 80)}`);
  };
  const checkElement = (element) => {
    for (const kind of ["title", "aria-label", "placeholder", "alt"])
      if (!isData(element)) judge(`@${kind}`, element.getAttribute(kind) ?? "");
    const { overflowX } = getComputedStyle(element);
    if (/hidden|clip/.test(overflowX) && isCut(element) && isSeen(element) && element.innerText.trim())
      faults.add(`Cut ${width} ${name(element)}: ${element.textContent.trim().slice(0, 60)}`);
  };
  const { SHOW_TEXT, SHOW_ELEMENT } = NodeFilter;
  const walker = document.createTreeWalker(document.documentElement, SHOW_TEXT | SHOW_ELEMENT);
  for (let node = walker.currentNode; node !== null; node = walker.nextNode()) {
    if (node.nodeType === Node.TEXT_NODE) checkText(node); else checkElement(node);
  }
  return [...faults];
}"""


@pytest.fixture(name="pseudo_site", scope="module")
def _pseudo_site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Flask, str]]:
    """The app in demo mode, which also has the pseudo language, at an address of this machine."""
    folder = tmp_path_factory.mktemp("pseudo")
    app = make_app(folder / "data", "http://127.0.0.1:9", demo="1", demo_password=PASSWORD)
    app.extensions[EXTENSION] = pseudo_languages(folder)
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = Thread(target=server.serve_forever)
    thread.start()
    try:
        yield app, f"http://127.0.0.1:{server.port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
        close(app)


def faults_of(page: Page, where: str) -> list[str]:
    """Untranslated and cut texts of this page, at each width."""
    found: dict[str, None] = {}
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 844})
        found |= dict.fromkeys(page.evaluate(FAULTS, [width]))
    return [f"{where}: {fault}" for fault in found]


def sign_in(page: Page, name: str) -> None:
    page.goto("/login")
    page.locator("#username").fill(name)
    page.locator("#password").fill(PASSWORD)
    page.locator("main button[type=submit]").click()
    page.wait_for_url("**/")


def opened(browser: Browser, address: str, name: str | None = None, *, scripts: bool = True) -> Page:
    """A page of a new device whose browser asks for the pseudo language."""
    context = browser.new_context(
        base_url=address, locale=PSEUDO, service_workers="block", java_script_enabled=scripts
    )
    context.set_default_timeout(10_000)
    page = context.new_page()
    if name is not None:
        sign_in(page, name)
    return page


def walked(page: Page, who: str, paths: tuple[str, ...]) -> list[str]:
    """The faults of these pages."""
    found = []
    for path in paths:
        page.goto(path, wait_until="load")
        found += faults_of(page, f"{who} {path}")
    return found


def signed_out(browser: Browser, app: Flask, address: str) -> list[str]:
    """The pages that are open to all, a refused sign-in, and all verdicts and refusals from the server."""
    page = opened(browser, address, scripts=False)
    found = walked(page, "signed out", SIGNED_OUT)
    page.goto("/login")
    page.locator("#username").fill("staff")
    page.locator("#password").fill("not the password")
    page.locator("main button[type=submit]").click()
    page.get_by_test_id("sign-in-error").wait_for()
    found += faults_of(page, "refused sign-in")
    with app.test_request_context(f"/?lang={PSEUDO}"):
        looks = {
            name: render_template("scan.html", shown=present(of, NOW, BRUSSELS))
            for name, of in EVERY_KIND.items()
        }
        looks["offline"] = render_template("offline.html")
        refusals = (*BY_CODE.values(), UNNAMED, NO_PHOTO, NOTHING_TYPED, TYPED)
        for said in (*refusals, *(replace(TYPED, next=text) for text in KINDS.values())):
            looks[f"{said.code}, {said.next[:30]}"] = render_template("scan.html", refusal=said.translated())
    shown: list[str] = []
    page.route("**/look", lambda route: route.fulfill(body=looks[shown[-1]], content_type="text/html"))
    for name in looks:
        shown.append(name)
        page.goto("/look", wait_until="domcontentloaded")
        found += faults_of(page, f"look {name}")
    page.context.close()
    return found


def made_now(of: Verdict) -> Verdict:
    """The same verdict, as if its time were now: a device refuses an answer whose time is over."""
    later = datetime.now(UTC) - NOW
    times = {name: getattr(of, name) for name in ("checked_at", "good_until")}
    return replace(of, **{name: time and time + later for name, time in times.items()})


def staff(browser: Browser, _app: Flask, address: str) -> list[str]:
    """The pages of staff, and the panel that scripts draw for each verdict."""
    page = opened(browser, address, "staff")
    found = walked(page, "staff", STAFF)
    asked: list[str] = []

    def answer(route: Route) -> None:
        typed = (route.request.post_data_json or {})["input"]
        of = made_now(EVERY_KIND[asked[-1]])
        given = VerdictOut.of(replace(of, card=replace(of.card, number=f"{typed[:4]}…{typed[-4:]}")))
        route.fulfill(body=given.model_dump_json(), content_type="application/json")

    page.route(CHECKS, answer)
    page.goto("/lookup")
    wait_until(page, READY)
    for name in EVERY_KIND:
        asked.append(name)
        # Another card each time: the device remembers answers.
        page.locator("#number").fill(f"{len(asked):08x}-4a6d-103c-ab04-001120304051")
        page.keyboard.press("Enter")
        of = EVERY_KIND[name]
        page.locator(
            f"[data-outcome={of.outcome}][data-reason={of.reason}]:not([data-phase=asking])"
        ).wait_for()
        found += faults_of(page, f"panel {name}")
    found += scanned(page)
    page.context.close()
    return found


def scanned(page: Page) -> list[str]:
    """What a hand-held scanner may read that is no card, on the scan page."""
    found = []
    for text, said in NO_CARDS.items():
        page.goto("/")
        wait_until(page, READY)
        page.evaluate(KEYS, [stroke._asdict() for stroke in (*strokes(text, "US"), ENTER)])
        wait_until(page, f"() => document.body.textContent.includes({json.dumps(pseudo(said))})")
        found += faults_of(page, f"scanned {text}")
    return found


def kiosk(browser: Browser, _app: Flask, address: str) -> list[str]:
    """A locked tablet and what its visitors read."""
    page = opened(browser, address, "staff")
    page.goto("/kiosk")
    wait_until(page, f"() => {MODE} === 'setup'")
    page.locator("#lock-password").fill(PASSWORD)
    page.locator(".kiosk-lock").click()
    wait_until(page, f"() => {MODE} === 'locked'")
    # Another page: the one that was locked loads itself again.
    locked = page.context.new_page()
    page.close()
    locked.goto("/kiosk")
    wait_until(locked, f"() => {MODE} === 'locked'")
    found = faults_of(locked, "locked kiosk")
    locked.context.close()
    return found


def manager(browser: Browser, app: Flask, address: str) -> list[str]:
    """The managers' pages, with something on each, and the steps to codes at sign-in."""
    kept = app.extensions["validator"]
    kept.accounts.devices.add("till 1")
    kept.accounts.devices.add("till 2")
    kept.accounts.devices.revoke("till 2")
    for kind in (*ALERTS, "another"):
        kept.audit_log.alert(Caller(CallerKind.DEVICE, 1, "till 1"), kind)
    page = opened(browser, address, "manager")
    found = walked(page, "manager", MANAGER)
    page.goto("/account")
    page.locator("#codes").fill(PASSWORD)
    page.keyboard.press("Enter")
    page.get_by_test_id("codes-picture").wait_for()
    found += faults_of(page, "codes")
    page.context.close()
    return found


WALKS = (signed_out, staff, kiosk, manager)


@pytest.mark.parametrize("walk", WALKS, ids=lambda walk: walk.__name__)
def test_every_text_is_translated_and_whole(
    chromium: Browser, pseudo_site: tuple[Flask, str], walk: Callable[[Browser, Flask, str], list[str]]
) -> None:
    """On a phone's width: all pages of these people, and all verdicts, from the server and from scripts."""
    assert walk(chromium, *pseudo_site) == []


def test_the_walk_finds_what_is_not_translated_or_cut(chromium: Browser) -> None:
    """English beside a translated text, inside markup, in an attribute; a text that does not fit."""
    page = chromium.new_page()
    page.set_content(
        "<title>[Çàrd]</title><p>[Çhéçk <b>thé</b> ñûmbér] and <b>more</b></p><a title='Help'>[Hélp]</a>"
        "<p>[Îššûéd bý <b translate=no>University</b>]</p>"
        "<div style='overflow: hidden; width: 20px; white-space: nowrap'>[çût thîš îñ twö]</div>"
    )

    assert faults_of(page, "page") == [
        "page: English P.: and more",
        "page: English @title: Help",
        *(f"page: Cut {width} DIV.: [çût thîš îñ twö]" for width in WIDTHS),
    ]
    page.close()
