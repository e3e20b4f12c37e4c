"""Files of the pages are missing, as after a set-up without npm: pages become plain forms, never an error."""

from __future__ import annotations

import json
import shutil
from typing import TYPE_CHECKING

import pytest

from tests.support.codes import png_of
from tests.support.degraded_app import degraded_app
from tests.support.html_page import parse_page
from tests.support.server_process import new_number
from validator.assets import FOLDER
from validator.services import services

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.degraded_app import DegradedApp
    from tests.support.html_page import HtmlPage

IDB = "vendor/idb/index.js"
WASM = "vendor/zxing-wasm/zxing_reader.wasm"
KIOSK = "js/pages/kiosk.js"
SHARE = "vendor/zxing-wasm/es/share.js"
ZXING = "vendor/zxing-wasm/es/reader/index.js"
PAGES = ("/", "/lookup", "/kiosk", "/guide", "/login", "/account", "/manage/health", "/no-such-page")


@pytest.fixture(name="static")
def _static(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the static files, from which a test takes some away before the application starts."""
    copy = tmp_path / "static"
    shutil.copytree(FOLDER, copy)
    monkeypatch.setattr("validator.assets.FOLDER", copy)
    return copy


def remove(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink()


def scripts_of(page: HtmlPage) -> set[str]:
    """The names of all scripts that a page asks for."""
    asked = [one.attrs["src"] for one in page.all("script")]
    asked += [one.attrs["href"] for one in page.all("link", rel="modulepreload")]
    return {address.split("/", 3)[3] for address in asked}


def version_of(at: DegradedApp) -> str:
    with at.app.app_context():
        return services().assets.version


@pytest.mark.parametrize("gone", ["vendor", "vendor/idb", IDB, "js/memory", "js/pages/common.js"])
def test_without_a_file_of_their_scripts_pages_are_plain_forms(
    tmp_path: Path, static: Path, gone: str
) -> None:
    """No page fails; those whose script lacks a file name no script and show no scanner that cannot work."""
    remove(static / gone)
    with degraded_app(tmp_path / "data") as at:
        for address in PAGES:
            answer = at.mia.get(address, follow_redirects=True)
            assert answer.status_code == (404 if address == "/no-such-page" else 200), address
            assert all((static / name).is_file() for name in scripts_of(parse_page(answer))), address
        for address in ("/", "/lookup", "/kiosk"):
            answer = at.mia.get(address)
            assert scripts_of(parse_page(answer)) == set()
            assert "data-scanner" not in answer.text
            assert "data-kiosk" not in answer.text


def test_plain_forms_check_typed_numbers_and_photos(tmp_path: Path, static: Path) -> None:
    """The kiosk's page has both forms, too, for a person who has signed in."""
    number = new_number()
    remove(static / "vendor")
    with degraded_app(tmp_path / "data") as at:
        for address in ("/", "/kiosk"):
            fields = {field.attrs.get("name") for field in parse_page(at.mia.get(address)).all("input")}
            assert {"image", "number"} <= fields, address
        typed = at.mia.post("/lookup", data={"number": number})
        photo = at.mia.post("/", data={"image": (png_of(number), "code.png")})
        for answer in (typed, photo):
            (verdict,) = parse_page(answer).all("section", data_testid="verdict")
            assert verdict.attrs["data-outcome"] == "valid"


def test_without_the_decoder_alone_the_scanner_stays(tmp_path: Path, static: Path) -> None:
    """The server reads the camera's frames then."""
    remove(static / WASM)
    with degraded_app(tmp_path / "data") as at:
        answer = at.mia.get("/")
        assert "js/pages/scan.js" in scripts_of(parse_page(answer))
        assert "data-scanner" in answer.text
        assert at.ready()["troubles"] == ["files_missing"]


@pytest.mark.parametrize(
    ("gone", "named"),
    [("vendor", IDB), (WASM, WASM), (ZXING, ZXING), (SHARE, SHARE), (KIOSK, KIOSK)],
)
def test_the_manager_hears_which_files_are_missing(
    tmp_path: Path, static: Path, capsys: pytest.CaptureFixture[str], gone: str, named: str
) -> None:
    """Health, monitor and one line of the log at the start name them, and say what to do."""
    remove(static / gone)
    with degraded_app(tmp_path / "data") as at:
        at.mia.get("/")
        assert (at.ready()["ready"], at.ready()["parts"]["files"]) == (True, False)
        assert named in at.page()["files_missing"]
        assert "make setup" in at.page()["files_missing"]
    (line,) = [line for line in capsys.readouterr().err.splitlines() if "static_files_missing" in line]
    assert named in json.loads(line)["missing_files"]
    assert "make setup" in json.loads(line)["hint"]


@pytest.mark.parametrize("gone", ["vendor", WASM, "js/sw/worker.js"])
def test_an_installed_app_is_not_replaced_by_an_incomplete_one(
    tmp_path: Path, static: Path, gone: str
) -> None:
    """Browsers keep the service worker that they have when the server has none to offer."""
    remove(static / gone)
    with degraded_app(tmp_path / "data") as at:
        assert at.mia.get("/sw.js").status_code == 404
        for name in ("scan", "lookup", "kiosk", "guide"):
            assert at.mia.get(f"/shell/{version_of(at)}/{name}").status_code == 200


@pytest.mark.parametrize("encoding", ["br", "gzip", "identity"])
def test_without_its_compressed_forms_a_file_is_given_all_the_same(
    tmp_path: Path, static: Path, encoding: str
) -> None:
    """It is compressed at the first use then."""
    for path in (static / "vendor").rglob("index.js.*"):
        path.unlink()
    with degraded_app(tmp_path / "data") as at:
        answer = at.mia.get(f"/static/{version_of(at)}/{IDB}", headers={"Accept-Encoding": encoding})
        assert answer.status_code == 200
        assert answer.headers.get("Content-Encoding", "identity") == encoding
        assert at.ready()["troubles"] == []


@pytest.mark.parametrize("gone", ["vendor", IDB, "css", "icons"])
def test_a_file_that_goes_while_the_server_runs_is_not_found(tmp_path: Path, static: Path, gone: str) -> None:
    """As during a new set-up: no address answers with an error of the server."""
    with degraded_app(tmp_path / "data") as at:
        with at.app.app_context():
            names = services().assets.files
        remove(static / gone)
        for name in names:
            status = at.mia.get(f"/static/{version_of(at)}/{name}").status_code
            assert status == (404 if name.startswith(gone) else 200), name
        assert at.mia.get("/").status_code == 200
