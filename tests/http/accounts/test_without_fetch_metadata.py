"""Browsers that send no Sec-Fetch-Site: old ones, and every one over plain http from another machine."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.support.app_factory import PASSWORD, close, make_app
from validator.accounts.models import Role

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from flask import Flask

MARIA = {"username": "maria", "password": PASSWORD}
HOST = "esc.uni.example"
NOTICE = 'data-testid="plain-http"'


@pytest.fixture(name="secure", scope="module")
def _secure(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """A site as in production: its cookies travel over https only."""
    folder: Path = tmp_path_factory.mktemp("secure")
    app = make_app(folder / "data", "http://127.0.0.1:9", secure_cookies="true")
    app.extensions["validator"].accounts.people.add("maria", PASSWORD, Role.STAFF)
    yield app
    close(app)


@pytest.mark.parametrize(
    ("address", "headers", "is_told"),
    [
        (f"http://{HOST}", {}, True),
        (f"http://{HOST}:8000", {"X-Forwarded-Proto": "http"}, True),
        ("http://192.168.1.5:8000", {}, True),
        ("http://[2001:db8::5]:8000", {}, True),
        (f"https://{HOST}", {}, False),
        ("http://127.0.0.1:8000", {}, False),
        ("http://[::1]:8000", {}, False),
        ("http://localhost:8000", {}, False),
        # A browser over https, behind a proxy that is not configured.
        (f"http://{HOST}", {"Sec-Fetch-Site": "none"}, False),
        (f"http://{HOST}", {"X-Forwarded-Proto": "https"}, False),
        (f"http://{HOST}", {"Forwarded": "for=192.0.2.7;proto=https"}, False),
    ],
)
def test_a_page_over_plain_http_says_what_to_open_instead(
    secure: Flask, address: str, headers: dict[str, str], *, is_told: bool
) -> None:
    """The sign-in form and the page of a refusal say so at once, where the browser is on plain http."""
    browser = secure.test_client()
    for page in (
        browser.get("/login", base_url=address, headers=headers),
        browser.post("/login", base_url=address, headers=headers | {"Origin": "null"}, data=MARIA),
    ):
        assert (NOTICE in page.text) == is_told, page.status
        if is_told:
            host = address.removeprefix("http://").removesuffix(":8000")
            assert f'href="https://{host}/"' in page.text


@pytest.mark.parametrize(
    ("origin", "is_in"), [(f"https://{HOST}", True), (None, True), (f"http://{HOST}", False)]
)
def test_a_sign_in_that_the_browser_cannot_keep_says_why(
    secure: Flask, origin: str | None, *, is_in: bool
) -> None:
    """Over plain http the cookie would be dropped in silence, and the form would come again and again."""
    headers = {"Origin": origin} if origin else {}
    answer = secure.test_client().post("/login", base_url=f"http://{HOST}", headers=headers, data=MARIA)

    assert (answer.status_code == 302) == is_in
    if not is_in:
        assert answer.status_code == 403
        assert "Use the https:// address" in answer.text
        assert "Set-Cookie" not in answer.headers


def test_a_refusal_names_its_own_cause(secure: Flask, caplog: pytest.LogCaptureFixture) -> None:
    """The page and the log distinguish a form of another site from an account without the right."""
    browser = secure.test_client()
    elsewhere = browser.post("/login", base_url=f"https://{HOST}", headers={"Origin": "null"}, data=MARIA)
    browser.post("/login", base_url=f"https://{HOST}", data=MARIA)
    not_allowed = browser.get("/manage/devices", base_url=f"https://{HOST}")
    program = browser.post(
        "/api/v1/validations", base_url=f"https://{HOST}", headers={"Sec-Fetch-Site": "cross-site"}, json={}
    )

    assert "not sent from a page of this service" in elsewhere.text
    assert "Origin is null" in caplog.text
    assert not_allowed.status_code == 403
    assert "may not do that" in not_allowed.text
    assert program.get_json()["code"] == "other_site"
