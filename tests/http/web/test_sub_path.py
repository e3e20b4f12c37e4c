"""Behind a proxy at a sub-path no address leads out of it, and only the proxy says what it is."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING
from urllib.parse import urljoin, urlsplit

import pytest

from tests.support.app_factory import PASSWORD, close, make_app
from tests.support.demo_site import ROOT
from tests.support.html_page import HtmlPage
from validator.http import proxy

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from flask import Flask
    from flask.testing import FlaskClient

HEADER = "X-Forwarded-Prefix"
SCRIPTS = ROOT / "validator" / "static" / "js"
ATTRIBUTES = ("href", "src", "action", "formaction", "poster", "data-src", "srcset")
# A text in a script that names a page or a file of ours from the root of the host.
_ROOTED = re.compile(
    r"""^.*["'`]/(?:api|kiosk|login|logout|lookup|guide|static|shell|sw\.js|livez|manage|account)\b.*$""",
    re.MULTILINE,
)
_MADE_OWN = re.compile(r"\bown\(|\bfetchOwn\(|\bpath[:=]|const path =|`\$\{ROOT\}")


@pytest.fixture(name="behind", scope="module")
def _behind(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """A demo site behind one proxy, with a manager."""
    folder: Path = tmp_path_factory.mktemp("sub_path")
    changes = {"proxy_hops": "1", "demo": "1", "demo_password": PASSWORD}
    app = make_app(folder / "data", "http://127.0.0.1:9", **changes)
    yield app
    close(app)


def browser(app: Flask, value: str = "/esc", *, signed_in: bool = False) -> FlaskClient:
    """A browser whose requests come through a proxy that sends this prefix."""
    client = app.test_client()
    client.environ_base[f"HTTP_{HEADER.upper().replace('-', '_')}"] = value
    if signed_in:
        # A test's browser knows nothing of the prefix: its cookie is moved to where the proxy would show it.
        answer = client.post("/login", data={"username": "manager", "password": PASSWORD})
        assert answer.headers["Location"] == f"{value}/"
        cookie = client.get_cookie("escv", path=f"{value}/")
        assert cookie
        client.set_cookie("escv", cookie.value)
    return client


def addresses(html: str) -> set[str]:
    """Every address in a page."""
    found = {element.attrs.get(name) for element in HtmlPage(html).elements for name in ATTRIBUTES}
    return {one for one in found if one and not one.startswith("#")}


def test_no_page_leads_out_of_the_prefix(behind: Flask) -> None:
    """From the first page on, every link of every page is followed; the error page and kept pages too."""
    client = browser(behind, signed_in=True)
    waiting, seen, led_out = ["/esc/", "/esc/login", "/esc/kiosk", "/esc/nothing-here"], set(), set()
    kept = json.loads(client.get("/sw.js").text.splitlines()[0][len("self.SHELL = ") : -1])
    waiting += kept["pages"].values()
    while waiting:
        address = waiting.pop()
        path = urlsplit(address).path
        if path in seen:
            continue
        seen.add(path)
        answer = client.get(path.removeprefix("/esc"))
        if not path.startswith("/esc/") or answer.mimetype != "text/html":
            continue
        for one in addresses(answer.text):
            found = urljoin(f"http://localhost{path}", one)
            if found.startswith("http://localhost"):
                led_out |= set() if urlsplit(found).path.startswith("/esc/") else {(path, one)}
                waiting.append(found)

    assert led_out == set()
    assert {"/esc/lookup", "/esc/guide", "/esc/account", "/esc/manage/health", "/esc/demo/cards"} <= seen


def test_what_a_browser_reads_by_itself_stays_below_the_prefix(behind: Flask) -> None:
    """The manifest, the list of the service worker, redirects, and the description of the API."""
    client = browser(behind)
    manifest = client.get("/manifest.webmanifest").text
    kept = json.loads(client.get("/sw.js").text.splitlines()[0][len("self.SHELL = ") : -1])
    paths = [*re.findall(r'"(/[^"]*)"', manifest), *kept["pages"], *kept["pages"].values(), *kept["files"]]

    assert len(paths) > 100
    assert [path for path in paths if not path.startswith("/esc/")] == []
    assert kept["root"] == "/esc/"
    assert client.get("/lookup").headers["Location"] == "/esc/login?next=/esc/lookup"
    assert client.get("/api/v1/openapi.json").get_json()["servers"] == [{"url": "/esc"}]


def test_scripts_ask_below_the_prefix() -> None:
    """Every path in a script goes through the one function that puts the prefix in front."""
    found = {
        f"{path.relative_to(SCRIPTS)}: {line[0].strip()}"
        for path in SCRIPTS.rglob("*.js")
        for line in _ROOTED.finditer(path.read_text(encoding="utf-8"))
        if not line[0].lstrip().startswith(("*", "//", "/**")) and not _MADE_OWN.search(line[0])
    }

    assert found == set()


@pytest.mark.parametrize(("secure", "name"), [("false", "escv"), ("true", "__Secure-escv")])
def test_cookies_are_for_the_prefix_alone(tmp_path: Path, secure: str, name: str) -> None:
    """What else is on the host gets none of them; browsers take them under these names."""
    changes = {"proxy_hops": "1", "demo": "1", "demo_password": PASSWORD, "secure_cookies": secure}
    app = make_app(tmp_path / "data", "http://127.0.0.1:9", **changes)
    answer = browser(app).post(
        "/login", data={"username": "staff", "password": PASSWORD, "next": "/esc/guide"}
    )
    set_cookies = answer.headers.getlist("Set-Cookie")
    close(app)

    assert answer.headers["Location"] == "/esc/guide"
    assert any(one.startswith(f"{name}=") for one in set_cookies)
    assert len(set_cookies) == 2
    for one in set_cookies:
        assert re.search(r"; Path=/esc/(login)?(;|$)", one), one


@pytest.mark.parametrize(
    "target", ["/", "/lookup", "/escape", "/esc/../lookup", "/esc/%2E./x", "/esc/./../x"]
)
def test_signing_in_never_leads_out_of_the_prefix(behind: Flask, target: str) -> None:
    """Not to another application of the host, however the way there is written."""
    sent = {"username": "staff", "password": PASSWORD, "next": target}

    assert browser(behind).post("/login", data=sent).headers["Location"] == "/esc/"


@pytest.mark.parametrize("name", [HEADER, "Script-Name", "SCRIPT_NAME", "X-Script-Name"])
def test_without_a_proxy_nobody_says_where_we_are(app: Flask, name: str) -> None:
    """A client's header changes no address."""
    answer = app.test_client().get("/lookup", headers={name: "/esc"})

    assert answer.headers["Location"] == "/login?next=/lookup"


@pytest.mark.parametrize(
    ("value", "believed"),
    [
        ("/esc", "/esc"),
        ("/esc/", "/esc"),
        ("/a/b.c/d_e~f-1", "/a/b.c/d_e~f-1"),
        ("/from-a-client, /esc", "/esc"),
        ("", ""),
        ("/", ""),
        ("esc", None),
        ("//evil.example", None),
        ("/esc//x", None),
        ("/../x", None),
        ("/esc/..", None),
        ("/./x", None),
        ("https://evil.example", None),
        ("/\\evil.example", None),
        ("/a b", None),
        ('/a"onx=', None),
        ("/esc?x", None),
        ("/esc;x", None),
        ("/é", None),
        ("/esc\r\nX: y", None),
        ("/" + "a" * 100, None),
    ],
)
def test_a_prefix_is_a_short_plain_path_or_nothing(value: str, believed: str | None) -> None:
    """Whatever a proxy passes on."""
    assert proxy.clean(value) == believed


def test_a_request_with_an_unusable_prefix_is_refused(behind: Flask) -> None:
    """With the headers of every answer, and without the value."""
    answer = browser(behind, "//evil.example").get("/login")

    assert answer.status_code == 400
    assert "evil.example" not in answer.text
    assert "Content-Security-Policy" in answer.headers
