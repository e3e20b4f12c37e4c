"""An installed app goes from release to release: never two of them at once, never in the middle of work."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

from tests.browser.page_driver import PageDriver
from tests.browser.page_polling import wait_until
from tests.browser.scanner_driver import READY, open_scanner, via
from tests.support.app_factory import SECRET
from tests.support.demo_site import ROOT, running_site
from tests.support.fault_proxy import fault_proxy
from validator.demo.deck import BY_SLUG

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import Browser, Page

PACKAGES = ("validator", "scanner", "offline_cache")
RELEASES = ("first", "second", "third", "fourth")

# Every style and script of the app that this page loaded, by the release at the end of its text.
LOADED = """async () => {
  const names = performance.getEntriesByType("resource").map((entry) => entry.name);
  const isOwn = (name) => /\\/static\\/[0-9a-f]+\\/(js|css)\\//.test(name);
  const own = [...new Set(names)].filter(isOwn);
  const text = async (name) => (await fetch(name)).text();
  const last = async (name) => (await text(name)).match(/[/][*] \\w+ [*][/](?=[";\\s]*$)/)?.[0];
  return Promise.all(own.map(last));
}"""
# An idle page: a new release may take over there at any moment.
IDLE = "/demo/cards"
TAKEN_OVER = """async () => {
  const found = await navigator.serviceWorker.getRegistration();
  return !found.installing && !found.waiting && found.active.state === "activated";
}"""
WAITS = "async () => (await navigator.serviceWorker.getRegistration()).waiting !== null"
HIDE = "Object.defineProperty(document, 'visibilityState', { get: () => 'hidden' })"
A_MINUTE = 60_000
# After this time the page checks whether it is idle, and sends no request meanwhile: a service worker that
# gets requests while it is replaced keeps running until it is idle, which never happens under a test.
A_LOOK = 5_500
# An idle page looks every five seconds whether a release waits: in this test ten times as often.
LOOKS_OFTEN = """const every = window.setInterval;
window.setInterval = (run, ms) => every(run, ms === 5000 ? 500 : ms);"""
EXPIRED = BY_SLUG["kira-expired"].escn
UPDATE = "() => navigator.serviceWorker.getRegistration().then((found) => found.update()).then(() => {})"


def release(folder: Path, name: str) -> Path:
    """A copy of the whole in which every style, script and page names its release."""
    root = folder / name
    for package in PACKAGES:
        shutil.copytree(ROOT / package, root / package, ignore=shutil.ignore_patterns("__pycache__"))
    for file in ("wsgi.py", "gunicorn.conf.py"):
        shutil.copy(ROOT / file, root / file)
    for path in (root / "validator" / "static").rglob("*"):
        if path.suffix in {".js", ".css"} and "vendor" not in path.parts:
            # Scripts travel without their comments, so there the name is a value.
            last = f'void "/* {name} */";' if path.suffix == ".js" else f"/* {name} */"
            path.write_text(f"{path.read_text(encoding='utf-8')}\n{last}\n", encoding="utf-8")
    base = root / "validator" / "templates" / "base.html"
    page = base.read_text(encoding="utf-8")
    base.write_text(page.replace("<body>", f'<body data-release="{name}">'), encoding="utf-8")
    return root


def shown_release(page: Page) -> str | None:
    return page.locator("body").get_attribute("data-release")


def test_no_page_ever_mixes_two_releases(chromium: Browser, tmp_path: Path) -> None:
    """From each of three releases to the next, all styles and scripts of a page are of its own release."""
    values = {"secret_key": SECRET}
    roots = [release(tmp_path, name) for name in RELEASES]
    with running_site(tmp_path / "data", roots[0], **values) as first, fault_proxy(first.address) as link:
        context = chromium.new_context(base_url=link.address)
        driver = PageDriver(context.new_page(), first)
        page = driver.page
        page.add_init_script(LOOKS_OFTEN)
        driver.sign_in()
        page.goto(IDLE)
        wait_until(page, "() => navigator.serviceWorker.controller !== null")
        for before, root in zip(RELEASES, roots[1:], strict=False):
            with running_site(tmp_path / "data", root, **values) as site:
                link.retarget(site.address)
                # The server is of the new release already, the app still of the old one: it stays whole.
                page.goto("/")
                assert shown_release(page) == before
                assert set(page.evaluate(LOADED)) == {f"/* {before} */"}
                page.goto(IDLE)
                page.evaluate(UPDATE)
                wait_until(page, TAKEN_OVER)
                page.goto("/")
                assert shown_release(page) == root.name
                assert set(page.evaluate(LOADED)) == {f"/* {root.name} */"}
                page.goto(IDLE)
        context.set_offline(offline=True)
        page.goto("/")
        assert shown_release(page) == RELEASES[-1]
        assert set(page.evaluate(LOADED)) == {f"/* {RELEASES[-1]} */"}
        assert len(page.evaluate("caches.keys()")) <= 2
        context.close()


def test_a_new_release_waits_until_the_page_is_idle(chromium: Browser, tmp_path: Path) -> None:
    """Not while a verdict is shown or a number is typed; only when idle or in the background."""
    values = {"secret_key": SECRET}
    first, second, third = (release(tmp_path, name) for name in RELEASES[:3])
    with (
        running_site(tmp_path / "data", first, **values) as site,
        fault_proxy(site.address) as link,
        running_site(tmp_path / "data", second, **values) as new,
        running_site(tmp_path / "data", third, **values) as newest,
        open_scanner(chromium, via(link, site)) as at,
    ):
        # The till's clock advances by minutes; the test does not wait.
        at.page.clock.install()
        at.sign_in_as("staff").install()
        field = at.page.get_by_label("Type the card number")
        field.fill(EXPIRED)
        at.shows("not_valid", "live")
        link.retarget(new.address)
        at.page.evaluate(UPDATE)
        at.until(WAITS)
        at.page.clock.fast_forward(A_MINUTE)
        at.page.get_by_role("button", name="Clear").click()
        field.fill("3e5")
        at.page.clock.fast_forward(A_MINUTE)
        assert at.page.evaluate(WAITS)
        assert shown_release(at.page) == first.name
        field.fill("")
        at.page.clock.fast_forward(A_LOOK)
        at.until(f"() => document.body.dataset.release === '{second.name}'")

        at.until(READY)
        field.fill(EXPIRED)
        at.shows("not_valid")
        link.retarget(newest.address)
        at.page.evaluate(UPDATE)
        at.until(WAITS)
        at.page.evaluate(HIDE)
        at.page.clock.fast_forward(A_LOOK)
        at.until(f"() => document.body.dataset.release === '{third.name}'")
