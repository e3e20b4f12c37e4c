"""Text from outside is bounded before anything works on it, in every field of every address."""

from __future__ import annotations

import io
import json
import re
import unicodedata
from typing import TYPE_CHECKING, Literal
from urllib.parse import quote

import pytest

from tests.support.app_factory import close, make_app
from tests.support.clients import every_route, one_client_each
from tests.support.demo_site import ROOT
from validator.http import bodies

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from flask import Flask
    from flask.testing import FlaskClient

# Composing these takes time with the square of their number: 32 s for 65 536 of them.
MARKS = "\u0300\u0323"
WHOLE = MARKS * 65_536
# What fits into the smallest bound: each is 6 characters in a form.
FITTING = MARKS * 650
MOST_COMPOSED = 1_024
FORM = "application/x-www-form-urlencoded"
PARTS = "multipart/form-data; boundary=b"
FIELDS = sorted(
    {
        name
        for page in (ROOT / "validator" / "templates").rglob("*.html")
        for name in re.findall(r'name="([a-z_]+)"', page.read_text())
    }
    | {"input", "inputs", "checks", "row", "code", "proof", "next", "password", "username", "number"}
)


@pytest.fixture(name="site", scope="module")
def _site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Flask, dict[str, FlaskClient]]]:
    folder: Path = tmp_path_factory.mktemp("bounded")
    app = make_app(folder / "data", "http://127.0.0.1:9", router_deadline_s="0.05")
    yield app, one_client_each(app)
    close(app)


@pytest.fixture(name="composed")
def _composed(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How long the texts were that were composed."""
    lengths: list[int] = []
    real = unicodedata.normalize

    def noted(form: Literal["NFC", "NFKC"], text: str) -> str:
        lengths.append(len(text))
        return real(form, text) if len(text) <= MOST_COMPOSED else text

    monkeypatch.setattr(unicodedata, "normalize", noted)
    return lengths


def bodies_with(text: str) -> Iterator[dict[str, str | bytes]]:
    """The text in each field of a form by itself, in a part of a form, and as JSON."""
    quoted = quote(text).encode()
    for field in FIELDS:
        yield {"data": field.encode() + b"=" + quoted, "content_type": FORM}
    for field in ("username", "number", "image"):
        disposition = f'--b\r\nContent-Disposition: form-data; name="{field}"\r\n\r\n'
        yield {"data": f"{disposition}{text}\r\n--b--\r\n".encode(), "content_type": PARTS}
    for sent in ({"input": text}, {"inputs": [text[:1_000]] * 30}, dict.fromkeys(FIELDS[:3], text)):
        yield {"data": json.dumps(sent), "content_type": "application/json"}


@pytest.mark.parametrize("text", [WHOLE, FITTING], ids=["250 KB", "8 KB"])
@pytest.mark.parametrize("actor", ["anonymous", "manager", "device"])
def test_no_long_text_is_composed(
    site: tuple[Flask, dict[str, FlaskClient]], composed: list[int], actor: str, text: str
) -> None:
    """Whichever address it is sent to, in whichever field, as a form, in parts or as JSON."""
    app, actors = site
    client, sent = actors[actor], list(bodies_with(text))
    addresses = [
        way for way in every_route(app) if way[0] == "POST" and way[2] and way[2] != "accounts.logout"
    ]
    assert len(addresses) > 10
    for _, address, _ in addresses:
        for body in sent:
            status = client.post(address, **body).status_code
            assert status < 500 or status == 503, (address, body["data"][:60])
    assert max(composed, default=0) <= MOST_COMPOSED


def test_text_in_addresses_and_headers_is_bounded(
    site: tuple[Flask, dict[str, FlaskClient]], composed: list[int]
) -> None:
    """The server bounds the address at 2 KB and the head at 32; neither is composed."""
    _, actors = site
    text = MARKS * 300
    for client in actors.values():
        client.get("/login", query_string={"next": text, "since": text})
        client.get("/api/v1/offline-pack", query_string={"since": text})
        client.get("/login", headers={"User-Agent": "a" * 8_000, "Cookie": "a" * 8_000})
    assert max(composed, default=0) <= MOST_COMPOSED


def test_a_view_reads_no_more_than_it_takes(site: tuple[Flask, dict[str, FlaskClient]]) -> None:
    """Large bodies only where a picture, a scanned text or a list is expected; the sign-in reads 8 KB."""
    app, _ = site
    large = {
        endpoint: limit
        for endpoint, view in app.view_functions.items()
        if (limit := bodies.limit_of(view)) > bodies.MAX_FORM_BYTES
    }
    assert large == {
        "web.scan_photo": bodies.MAX_UPLOAD_BYTES,
        "api.scan": bodies.MAX_UPLOAD_BYTES,
        "api.validate": bodies.MAX_TEXT_BYTES,
        "web.look_up": bodies.MAX_TEXT_BYTES,
        "api.validate_batch": bodies.MAX_JSON_BYTES,
        "api.late_checks": bodies.MAX_JSON_BYTES,
    }


class Unread(io.BytesIO):
    """A body that must not be read."""

    def read(self, _size: int | None = -1) -> bytes:
        raise AssertionError("the body was read")


@pytest.mark.parametrize(
    "path", ["/", "/api/v1/scans", "/lookup", "/api/v1/validations", "/account/password"]
)
def test_nothing_is_read_of_what_a_stranger_sends(
    site: tuple[Flask, dict[str, FlaskClient]], path: str
) -> None:
    """The gate is before the body."""
    _, actors = site
    answer = actors["anonymous"].post(
        path,
        input_stream=Unread(),
        content_type="multipart/form-data; boundary=b",
        content_length=12_000_000,
    )
    assert answer.status_code in {302, 401}


def test_a_strangers_body_of_unknown_length_is_refused(
    site: tuple[Flask, dict[str, FlaskClient]],
) -> None:
    """Reading it would hold a thread for as long as the client likes."""
    _, actors = site
    answer = actors["anonymous"].post(
        "/login", input_stream=Unread(), headers={"Transfer-Encoding": "chunked"}
    )
    assert answer.status_code == 411
