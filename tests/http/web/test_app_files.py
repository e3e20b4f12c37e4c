"""What makes the pages an app: versioned files, the kept pages, the service worker, the manifest."""

from __future__ import annotations

import gzip
import json
import re
import subprocess
from typing import TYPE_CHECKING

import brotli
import pytest

from tests.support import node
from tests.support.demo_site import ROOT
from tests.support.html_page import parse_page
from validator.assets import FOLDER, without_comments
from validator.services import services
from validator.web.pwa import SHELL

if TYPE_CHECKING:
    from flask import Flask
    from flask.testing import FlaskClient

# Both texts as a compiler sees them, without any comment.
SAME_PROGRAM = """
import { readFileSync } from "node:fs";
import ts from "typescript";
const options = { removeComments: true, target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.ES2022 };
const plain = (text) => ts.transpileModule(text, { compilerOptions: options }).outputText;
const pairs = JSON.parse(readFileSync(0, "utf8"));
console.log(JSON.stringify(pairs.map(([whole, short]) => plain(whole) === plain(short))));
"""


@pytest.fixture(name="version")
def _version(app: Flask) -> str:
    with app.app_context():
        return services().assets.version


@pytest.fixture(name="kept")
def _kept(anonymous: FlaskClient) -> dict[str, list[str] | dict[str, str] | str]:
    """The list in front of the service worker."""
    first = anonymous.get("/sw.js").text.splitlines()[0]
    kept: dict[str, list[str] | dict[str, str] | str] = json.loads(
        first.removeprefix("self.SHELL = ").removesuffix(";")
    )
    return kept


def test_every_file_is_kept_by_browsers_for_good(anonymous: FlaskClient, version: str) -> None:
    """The address names the version, so what stands there never changes."""
    answer = anonymous.get(f"/static/{version}/css/base.css")

    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"


def test_a_file_of_another_version_is_never_given(anonymous: FlaskClient) -> None:
    """A page of another version gets no file that might not fit it."""
    answer = anonymous.get("/static/000000000000/css/base.css")

    assert answer.status_code == 404
    assert answer.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize(
    "name", ["../assets.py", "%2e%2e/assets.py", "vendor/.test", "css", "css/base.css.gz", "js/../../x"]
)
def test_nothing_outside_the_static_files_is_given(anonymous: FlaskClient, version: str, name: str) -> None:
    """Neither code of ours, nor folders, nor the compressed twins by themselves."""
    assert anonymous.get(f"/static/{version}/{name}").status_code == 404


def test_files_travel_in_the_smallest_form_that_the_browser_takes(
    anonymous: FlaskClient, version: str
) -> None:
    """Brotli, for the decoder made at set-up; gzip where the browser knows no better; plain for old ones."""
    decoder, sheet = (
        f"/static/{version}/{name}" for name in ("vendor/zxing-wasm/zxing_reader.wasm", "css/base.css")
    )
    modern = {"Accept-Encoding": "gzip, deflate, br"}

    small = anonymous.get(decoder, headers=modern)
    assert (small.headers["Content-Encoding"], small.mimetype) == ("br", "application/wasm")
    assert len(small.data) <= 350 * 1024
    styles = anonymous.get(sheet, headers=modern)
    assert styles.headers["Content-Encoding"] == "br"
    assert brotli.decompress(styles.data) == (FOLDER / "css/base.css").read_bytes()
    zipped = anonymous.get(sheet, headers={"Accept-Encoding": "gzip, deflate"})
    assert zipped.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(zipped.data) == (FOLDER / "css/base.css").read_bytes()
    plain = anonymous.get(sheet, headers={"Accept-Encoding": "identity"})
    assert "Content-Encoding" not in plain.headers
    assert plain.data == (FOLDER / "css/base.css").read_bytes()
    assert plain.headers["Vary"] == "Accept-Encoding"


def test_pages_travel_compressed(sara: FlaskClient) -> None:
    """A page is worth compressing; a browser that cannot take it gets it plain."""
    zipped = sara.get("/", headers={"Accept-Encoding": "gzip"})

    assert zipped.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(zipped.data).startswith(b"<!doctype html>")
    assert "Content-Encoding" not in sara.get("/", headers={"Accept-Encoding": "gzip;q=0"}).headers


@pytest.mark.parametrize("name", SHELL.values())
def test_the_kept_pages_are_the_same_for_everybody(
    anonymous: FlaskClient, sara: FlaskClient, version: str, name: str
) -> None:
    """No name stands in them, whoever fetches them; and they are whole pages."""
    address = f"/shell/{version}/{name}"
    page = parse_page(anonymous.get(address))

    assert sara.get(address).data == anonymous.get(address).data
    assert "sara" not in page.html
    assert anonymous.get(f"/shell/000000000000/{name}").status_code == 404


def test_only_pages_that_are_kept_have_an_empty_form(anonymous: FlaskClient, version: str) -> None:
    """Any other name is no page."""
    assert anonymous.get(f"/shell/{version}/login").status_code == 404


def test_everything_that_the_worker_keeps_is_there(
    anonymous: FlaskClient, kept: dict[str, dict[str, str] | list[str]]
) -> None:
    """One missing file would keep the app from ever installing."""
    pages = kept["pages"]
    assert isinstance(pages, dict)
    assert len(kept["files"]) > 20
    for address in (*pages.values(), *kept["files"]):
        assert anonymous.get(address).status_code == 200, address


def test_every_file_that_a_kept_page_names_is_kept(
    anonymous: FlaskClient, kept: dict[str, dict[str, str] | list[str]]
) -> None:
    """A kept page never lacks a style, a script or a picture when there is no network."""
    pages = kept["pages"]
    assert isinstance(pages, dict)
    for address in pages.values():
        named = set(re.findall(r'(?:href|src)="(/static/[^"]+)"', anonymous.get(address).text))

        assert named
        assert named <= set(kept["files"]), address


def test_the_manifest_makes_an_app(anonymous: FlaskClient) -> None:
    """It has an id, both kinds of icons in both sizes, pictures for both shapes, and two short cuts."""
    answer = anonymous.get("/manifest.webmanifest")
    told = json.loads(answer.data)

    assert answer.mimetype == "application/manifest+json"
    assert (told["id"], told["start_url"], told["display"]) == ("/", "/", "standalone")
    assert sorted((icon["purpose"], icon["sizes"]) for icon in told["icons"]) == [
        ("any", "192x192"),
        ("any", "512x512"),
        ("maskable", "192x192"),
        ("maskable", "512x512"),
    ]
    assert [shortcut["url"] for shortcut in told["shortcuts"]] == ["/", "/lookup"]
    assert {shot["form_factor"] for shot in told["screenshots"]} == {"narrow", "wide"}
    for picture in (*told["icons"], *told["screenshots"]):
        data = anonymous.get(picture["src"]).data
        assert data.startswith(b"\x89PNG"), picture["src"]
        width, height = (int.from_bytes(data[at : at + 4], "big") for at in (16, 20))
        assert picture["sizes"] == f"{width}x{height}"


def test_the_camera_is_allowed_on_the_scanning_pages_only(sara: FlaskClient, version: str) -> None:
    """No other page could turn a camera on, whatever got into it."""
    for address in ("/", "/kiosk", f"/shell/{version}/scan"):
        assert "camera=(self)" in sara.get(address).headers["Permissions-Policy"]
    for address in ("/guide", "/lookup", "/login", f"/static/{version}/css/base.css"):
        assert "camera=()" in sara.get(address).headers["Permissions-Policy"]


def test_a_page_asks_for_all_its_modules_at_once(app: Flask, sara: FlaskClient) -> None:
    """Each module of the page's script is named in its head, so that none waits for another."""
    page = parse_page(sara.get("/guide"))
    named = {link.attrs["href"].split("/", 3)[3] for link in page.all("link", rel="modulepreload")}

    with app.app_context():
        assert named == set(services().assets.modules("js/pages/plain.js") or ())
    assert "js/pwa/app.js" in named


def test_scripts_travel_without_the_comments_on_lines_of_their_own() -> None:
    """What is left is the same program, line for line: only the words for developers are gone."""
    scripts = sorted(path for path in (FOLDER / "js").rglob("*.js"))
    assert len(scripts) > 50
    pairs = [
        (text, without_comments(text.encode()).decode())
        for text in (path.read_text(encoding="utf-8") for path in scripts)
    ]

    assert all(text.count("\n") == short.count("\n") for text, short in pairs)
    assert sum(len(short) for _, short in pairs) < 0.8 * sum(len(text) for text, _ in pairs)
    said = subprocess.run(
        [node.find(), "--input-type=module", "-e", SAME_PROGRAM],
        input=json.dumps(pairs), capture_output=True, text=True, check=True, cwd=ROOT,
    )  # fmt: skip
    assert json.loads(said.stdout) == [True] * len(pairs)
