"""Marked secrets through the whole journey and its faults: none is found where it must not stay."""

from __future__ import annotations

import http.client
import json
import sqlite3
from contextlib import closing, contextmanager
from typing import TYPE_CHECKING
from urllib.parse import quote

from tests.browser.camera_page import CHROMIUM
from tests.browser.conftest import TIMEOUT_MS
from tests.browser.scanner_driver import ScannerDriver
from tests.support.cards import status_v2
from tests.support.codes import png_of
from tests.support.demo_site import Site
from tests.support.fault_router import FaultRouter
from tests.support.router_scripts import answers, resets_after, response
from tests.support.server_process import ServerProcess, running_server

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    import pytest
    from playwright.sync_api import Browser, BrowserContext

    from tests.support.fault_router import Exchange

NUMBER = "c0ffee11-5ca1-103d-bf76-001000c0ffee"
OFFLINE = "c0ffee22-5ca1-103d-bf76-001000c0ffee"
FOREIGN = "WIFI:S:Canary Colada 7731;T:WPA;P:quetzal-marzipan;;"
HOLDER = "Zephyrine Quetzalcoatl"
PERSON = "zephyrine.staff"
PASSWORD = "marmalade quixotic zeppelin 55"
WRONG_PASSWORD = "almost marmalade quixotic 54"
FAULTS = (
    answers(200, f'{{"cardNumber": "{NUMBER}", "displayName": "{HOLDER}", '.encode()),
    answers(200, f"<h1>{HOLDER} {NUMBER}</h1>".encode(), "text/html"),
    answers(302, b"", Location=f"https://elsewhere.example/{NUMBER}?{quote(HOLDER)}"),
    answers(404, {"code": "ER-0001", "message": f"{NUMBER} of {HOLDER}"}),
    answers(500, {"message": f"{NUMBER} of {HOLDER}"}),
    resets_after(response(200, NUMBER.encode() * 9)[:120]),
    answers(200, status_v2(NUMBER, displayName=HOLDER, status=HOLDER)),
)


class OddRouter:
    """A Router that knows every card with its holder's name, and now and then goes wrong aloud."""

    def __init__(self) -> None:
        self.faults = list(FAULTS)
        self.goes_wrong = False

    def __call__(self, exchange: Exchange) -> bool:
        number = exchange.request.path.rstrip("/").removesuffix("/status").rsplit("/", 1)[-1]
        if self.goes_wrong:
            return self.faults[0](exchange)
        return answers(200, status_v2(number, displayName=HOLDER, issuerIdentifier=None))(exchange)


def _ask(site: ServerProcess, method: str, path: str, body: str | bytes = b"", **headers: str) -> int:
    """One request of a program's, with the till's token; the status of its answer."""
    connection = http.client.HTTPConnection("127.0.0.1", site.port, timeout=30)
    try:
        given = {name.replace("_", "-"): value for name, value in headers.items()}
        connection.request(method, path, body, {"Authorization": f"Bearer {site.token}"} | given)
        answer = connection.getresponse()
        answer.read()
        return answer.status
    finally:
        connection.close()


def _goes_wrong(site: ServerProcess, router: OddRouter, folder: Path) -> None:
    """What strangers, programs and a broken Router do with numbers, names, texts and tokens."""
    validations = "/api/v1/validations"
    router.goes_wrong = True
    while len(router.faults) > 1:
        assert _ask(site, "POST", validations, json.dumps({"input": NUMBER}), Content_Type="application/json")
        router.faults.pop(0)
    router.goes_wrong = False
    # Not in the browser of this test: what was typed for a user name, browsers offer again by themselves.
    slip = f"username={quote(WRONG_PASSWORD)}&password={quote(WRONG_PASSWORD)}"
    form = "application/x-www-form-urlencoded"
    assert _ask(site, "POST", "/login", slip, Content_Type=form) == 403
    for text in (NUMBER, FOREIGN, f"https://esc.gg/{NUMBER}x", HOLDER):
        assert _ask(site, "POST", validations, json.dumps({"input": text}), Content_Type="application/json")
        assert _ask(site, "POST", validations, f'{{"input": "{text}', Content_Type="application/json") == 400
        assert _ask(site, "POST", validations, text, Content_Type="text/plain") == 415
        assert _ask(site, "GET", f"/cards/{quote(text, safe='')}") == 404
        assert _ask(site, "GET", f"/livez?number={quote(text)}&token={site.token}") == 200
    part = f'--x\r\nContent-Disposition: form-data; name="image"; filename="{HOLDER} {NUMBER}.png"\r\n\r\n'
    photo = part.encode() + png_of(NUMBER).getvalue() + b"\r\n--x--\r\n"
    assert _ask(site, "POST", "/api/v1/scans", photo, Content_Type="multipart/form-data; boundary=x") == 200
    with closing(sqlite3.connect(folder / "validator.sqlite")) as database, database:
        database.execute("ALTER TABLE late_checks RENAME TO elsewhere")
    late = {"id": "00000000-0000-4000-8000-000000000001", "input": NUMBER, "made_at": "2026-11-24T12:00:00Z"}
    body = json.dumps({"checks": [late | {"shown": {"outcome": "valid", "reason": "active"}}]})
    assert _ask(site, "POST", "/api/v1/late-checks", body, Content_Type="application/json") == 500
    with closing(sqlite3.connect(folder / "validator.sqlite")) as database, database:
        database.execute("ALTER TABLE elsewhere RENAME TO late_checks")


def _journey(station: ScannerDriver) -> str:
    """Zephyrine's day: a slip at the sign-in, cards in three ways, a dead network, the way home.

    Gives the value of the cookie that she had.
    """
    page = station.page
    for password in (WRONG_PASSWORD, PASSWORD):
        page.goto("/login")
        page.get_by_label("User name").fill(PERSON)
        page.get_by_label("Password").fill(password)
        page.get_by_role("button", name="Sign in").click()
    station.until("() => document.querySelector('[data-scanner]:not([hidden])') !== null")
    station.install()
    cookie = next(one["value"] for one in page.context.cookies() if one["name"] == "escv")
    station.scan(f"https://esc.gg/{NUMBER}")
    station.shows("valid", "live")
    for text in (FOREIGN, NUMBER):
        page.goto("/lookup")
        page.get_by_label("Type the card number").fill(text)
        page.keyboard.press("Enter")
        page.locator("[data-testid=verdict], [data-testid=refusal]").first.wait_for()
    for text in (FOREIGN, NUMBER):
        station.send(png_of(text).getvalue(), "IMG_0001.png", "image/png")
    station.open()
    page.context.set_offline(offline=True)
    station.scan(OFFLINE)
    station.shows("could_not_check")
    page.context.set_offline(offline=False)
    station.open()
    page.get_by_role("button", name="Sign out").click()
    page.wait_for_url("**/login")
    return cookie


@contextmanager
def _profile(chromium: Browser, folder: Path, address: str) -> Iterator[BrowserContext]:
    context = chromium.browser_type.launch_persistent_context(
        folder,
        executable_path=CHROMIUM,
        base_url=address,
        args=["--no-sandbox", "--disable-gpu", "--disable-background-networking"],
    )
    context.set_default_timeout(TIMEOUT_MS)
    yield context
    context.close()


def _forms(text: str) -> list[bytes]:
    """Forms of a text in a file: with and without hyphens, upper and lower case, UTF-8 and UTF-16."""
    bare = text.replace("-", "")
    forms = {text, text.upper(), bare, bare.upper(), quote(text), quote(text, safe="")}
    return [form.encode(code) for form in forms for code in ("utf-8", "utf-16-le")]


def _found(folder: Path, secrets: dict[str, str]) -> list[tuple[str, str]]:
    files = [path for path in folder.rglob("*") if path.is_file()]
    assert files
    return [
        (name, str(path.relative_to(folder)))
        for path in files
        for name, text in secrets.items()
        if any(form in path.read_bytes() for form in _forms(text))
    ]


def test_no_marked_secret_stays_anywhere(
    chromium: Browser, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Number, name, password, token, cookie, foreign text: in no log, database, file or browser's store."""
    data, spare, profile = (tmp_path / name for name in ("data", "spare", "profile"))
    spare.mkdir()
    log = tmp_path / "log" / "server.log"
    log.parent.mkdir()
    monkeypatch.setenv("TMPDIR", str(spare))
    script = OddRouter()
    with FaultRouter(script) as router:
        settings = {"show_display_name": "true", "fresh_s": "0", "router_deadline_s": "1"}
        with running_server(data, router.url, workers=1, become=None, log=log, **settings) as site:
            made = site.flask("user", "add", PERSON, "--role", "staff", text=f"{PASSWORD}\n")
            assert made.returncode == 0, made.stderr
            address = f"http://127.0.0.1:{site.port}"
            with _profile(chromium, profile, address) as context:
                cookie = _journey(ScannerDriver(context.new_page(), Site(address, site.server)))
            _goes_wrong(site, script, data)
            secrets = {"number": NUMBER, "offline": OFFLINE, "foreign": FOREIGN, "holder": HOLDER}
            secrets |= {"password": PASSWORD, "wrong password": WRONG_PASSWORD, "token": site.token}
            secrets |= {"cookie": cookie, "piece of foreign": "quetzal-marzipan"}
            assert _found(data, secrets) == []
        assert b"/api/v1/validations" in log.read_bytes()
        spare.joinpath("kept").touch()
        for folder in (data, spare, log.parent):
            assert _found(folder, secrets) == []
        assert _found(profile, secrets) == []


def test_the_search_finds_what_is_there(tmp_path: Path) -> None:
    """A number in a file is found in any of its written forms, or the search above would be worth nothing."""
    for at, form in enumerate(_forms(NUMBER)):
        (tmp_path / str(at)).write_bytes(b"\x00" + form)

    assert len(_found(tmp_path, {"number": NUMBER})) == len(_forms(NUMBER))
