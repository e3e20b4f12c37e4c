"""How many of our files the ordinary flows cross: counted with a tracer, in the process and in Chromium.

`python -m bench.hops [server] [page]`: both parts, or the one named.
"""

from __future__ import annotations

import re
import sys
import threading
import uuid
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory, mkdtemp
from typing import TYPE_CHECKING, Any

from playwright.sync_api import sync_playwright

from bench.support import router
from scanner import parse_payload
from tests.browser.camera_page import CHROMIUM, camera_browser
from tests.support.app_factory import close, make_app
from tests.support.demo_site import PASSWORD as SITE_PASSWORD
from tests.support.demo_site import running_site
from tests.support.videos import queue, write

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import FrameType

    from playwright.sync_api import CDPSession, Page

ROOT = Path(__file__).parents[1]
OURS = tuple(str(ROOT / name) + "/" for name in ("validator", "scanner", "offline_cache"))
NAME, PASSWORD = "tracer", "correct horse battery staple"
KNOWN = "3e506370-826a-103d-bf76-001000000001"


# Until the panel shows another card than now.
ANOTHER = """async () => {
  const number = () => document.querySelector("[data-testid=verdict]")?.textContent;
  const before = number();
  while (number() === before || number() === undefined) {
    await new Promise((resume) => setTimeout(resume, 50));
  }
}"""


@dataclass(slots=True)
class Trace:
    """The files and functions that ran, and how often control moved to another file of the project."""

    files: dict[str, None] = field(default_factory=dict)
    functions: set[object] = field(default_factory=set)
    changes: int = 0
    _last: str = ""

    def see(self, frame: FrameType, event: str, _value: object) -> None:
        """A profile function of the interpreter."""
        path = frame.f_code.co_filename
        if event == "call" and path.startswith(OURS) and frame.f_code.co_name != "<module>":
            self.files[path.removeprefix(f"{ROOT}/")] = None
            self.functions.add(frame.f_code)
            self.changes += path != self._last
            self._last = path


@contextmanager
def traced(name: str) -> Iterator[None]:
    """Print what ran meanwhile, in all threads that begin meanwhile and in this one."""
    trace = Trace()
    threading.setprofile(trace.see)
    sys.setprofile(trace.see)
    try:
        yield
    finally:
        sys.setprofile(None)
        threading.setprofile(None)
    print(
        f"{name:34} {len(trace.files):3} files {len(trace.functions):4} functions {trace.changes:5} changes"
    )
    if "-v" in sys.argv:
        print("   ", " ".join(trace.files))


def new_number() -> str:
    """A new card number in the official form."""
    drawn = uuid.uuid4().hex
    return f"{drawn[:8]}-{drawn[8:12]}-103e-9{drawn[13:16]}-001000000001"


def in_the_process() -> None:
    """The flows of the server; each one is traced at its second run, as a running server has it."""
    with router(0.0) as address, TemporaryDirectory() as folder:
        close(make_app(Path(folder) / "first", address))
        with traced("create_app"):
            app = make_app(Path(folder) / "second", address)
        run = app.test_cli_runner().invoke
        token = run(args=["device", "add", "tracer"]).output.split()[-1]
        run(args=["user", "add", NAME, "--role", "staff"], input=f"{PASSWORD}\n")
        till, person = app.test_client(), app.test_client()
        headers = {"Authorization": f"Bearer {token}"}

        def check(number: str) -> None:
            answer = till.post("/api/v1/validations", json={"input": number}, headers=headers)
            assert answer.status_code == 200

        def sign_in() -> None:
            credentials = {"username": NAME, "password": PASSWORD}
            assert person.post("/login", data=credentials).status_code == 302

        flows: dict[str, Any] = {
            "POST /api/v1/validations, new": lambda: check(new_number()),
            "POST /api/v1/validations, fresh": lambda: check(KNOWN),
            "POST /login": sign_in,
            "POST /lookup": lambda: person.post("/lookup", data={"number": KNOWN}),
            "GET /lookup": lambda: person.get("/lookup"),
            "GET /livez": lambda: person.get("/livez"),
            "address to number": lambda: parse_payload(f"https://s.esc-r.eu/{KNOWN}"),
            "typed number to number": lambda: parse_payload(KNOWN),
        }
        for name, flow in flows.items():
            flow()
            with traced(name):
                flow()
        close(app)


def covered(session: CDPSession) -> list[str]:
    """The project's scripts in which a function ran since the coverage began."""
    found = session.send("Profiler.takePreciseCoverage")["result"]
    return sorted(
        re.sub(r".*/js/", "", script["url"])
        for script in found
        if "/js/" in script["url"] and any(part["ranges"][0]["count"] for part in script["functions"])
    )


def in_chromium() -> None:
    """The requests of a visit, and the scripts from a camera frame to the panel on the page's thread."""
    with (
        running_site(Path(mkdtemp())) as site,
        TemporaryDirectory() as folder,
        sync_playwright() as playwright,
    ):
        pictures = (each for shot in queue(20261124, 6) for each in shot.pictures)
        film = write(Path(folder) / "queue.mjpeg", pictures)
        arguments = ["--no-sandbox", "--disable-gpu"]
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=arguments)
        with camera_browser(chromium, film) as browser:
            page = browser.new_page()
            page.goto(f"{site.address}/login")
            page.fill("[name=username]", "staff")
            page.fill("[name=password]", SITE_PASSWORD)
            page.press("[name=password]", "Enter")
            page.wait_for_url(f"{site.address}/")
            _visit(page)
        chromium.close()


def _visit(page: Page) -> None:
    requests: list[str] = []
    page.context.on("request", lambda request: requests.append(request.url))
    page.reload(wait_until="networkidle")
    print(f"{'scan page, first look':34} {len(requests):3} requests")
    session = page.context.new_cdp_session(page)
    session.send("Profiler.enable")
    start = page.get_by_test_id("start-camera")
    if start.is_visible():
        start.click()
    page.get_by_test_id("verdict").wait_for()
    session.send("Profiler.startPreciseCoverage", {"callCount": True, "detailed": False})
    page.evaluate(ANOTHER)
    scripts = covered(session)
    print(f"{'frame to panel, page thread':34} {len(scripts):3} files")
    if "-v" in sys.argv:
        print("   ", " ".join(scripts))


def main() -> None:
    """Run the parts that are named, or both."""
    parts = {"server": in_the_process, "page": in_chromium}
    for name in [name for name in sys.argv[1:] if name in parts] or list(parts):
        parts[name]()


if __name__ == "__main__":
    main()
