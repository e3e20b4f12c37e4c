"""Sessions: how their cookie looks, and when they end."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from tests.support.app_factory import PASSWORD, make_app
from tests.support.polling import wait_for
from validator.accounts.models import Role

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from flask import Flask
    from flask.testing import FlaskClient
    from werkzeug.test import TestResponse

    from validator.accounts.people import People

MARIA = {"username": "maria", "password": PASSWORD}


@pytest.fixture(name="maria")
def _maria(app: Flask, people: People) -> FlaskClient:
    """Maria's browser, signed in."""
    assert people.all()
    client = app.test_client()
    assert client.post("/login", data=MARIA).status_code == 302
    return client


def session_cookie(answer: TestResponse) -> str:
    """The header that sets the session's cookie: the response also sets the device cookie."""
    (cookie,) = [one for one in answer.headers.getlist("Set-Cookie") if "known" not in one]
    return cookie


def written_down(app: Flask) -> None:
    """Wait until what is done in the background, as noting a session's use, is done."""
    background = app.extensions["validator"].background
    wait_for(lambda: not background._keys)


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(lambda people: people.set_password("maria", "seven green bottles"), id="new password"),
        pytest.param(lambda people: people.set_role("maria", Role.MANAGER), id="new role"),
        pytest.param(lambda people: people.disable("maria"), id="disabled"),
    ],
)
def test_a_change_to_the_account_ends_its_sessions_at_once(
    maria: FlaskClient, people: People, change: Callable[[People], None]
) -> None:
    """The very next request is a stranger's, on pages and on the API."""
    assert maria.get("/").status_code == 200
    change(people)

    assert maria.get("/").headers["Location"] == "/login"
    assert maria.post("/api/v1/validations", json={"input": "x"}).status_code == 401


def test_a_session_ends_after_a_shift_however_busy(app: Flask, maria: FlaskClient) -> None:
    """Ten hours after the sign-in it is over, and using it in between does not make it longer."""
    kept = app.extensions["validator"]
    for hours, status in ((3.9, 200), (7.8, 200), (9.99, 200), (10.01, 302)):
        later = datetime.now(UTC) + timedelta(hours=hours)
        app.extensions["validator"] = replace(kept, clock=lambda later=later: later)
        answer = maria.get("/")

        assert answer.status_code == status, hours
        assert "Set-Cookie" not in answer.headers
        written_down(app)
    app.extensions["validator"] = kept


def test_the_cookie_over_http_is_kept_from_scripts_and_other_sites(app: Flask, people: People) -> None:
    """HttpOnly and SameSite=Lax, for this host and every path; not Secure where the site says so."""
    assert people.all()
    cookie = session_cookie(app.test_client().post("/login", data=MARIA))

    assert cookie.startswith("escv=")
    attributes = {part.strip() for part in cookie.split(";")[1:] if "=" not in part or "Expires" not in part}
    assert attributes == {"HttpOnly", "Path=/", "SameSite=Lax"}


def test_the_cookie_over_https_is_bound_to_this_host(tmp_path: Path) -> None:
    """A __Host- name, Secure, no Domain: a sibling host can neither read nor set it."""
    app = make_app(tmp_path, "http://127.0.0.1:9", secure_cookies="true")
    app.extensions["validator"].accounts.people.add("maria", PASSWORD, Role.STAFF)
    answer = app.test_client().post("/login", data=MARIA, base_url="https://esc.uni.example")
    cookie = session_cookie(answer)
    for part in ("reader", "answers", "database"):
        getattr(app.extensions["validator"], part).close()

    assert cookie.startswith("__Host-escv=")
    assert "; Secure" in cookie
    assert "Domain" not in cookie
    assert "; Path=/" in cookie


def test_signing_in_keeps_nothing_of_an_earlier_session(app: Flask, people: People) -> None:
    """A session that Mallory planted in the browser is not carried over into Maria's."""
    assert people.all()
    browser = app.test_client()
    with browser.session_transaction() as planted:
        planted["planted"] = "by mallory"
        planted["_user_id"] = "his"
    before = browser.get_cookie("escv")
    browser.post("/login", data=MARIA)
    after = browser.get_cookie("escv")

    assert before
    assert after
    assert before.value != after.value
    with browser.session_transaction() as session:
        assert "planted" not in session
        assert session["_user_id"] != "his"


def test_a_forged_cookie_is_nobodys(app: Flask, maria: FlaskClient) -> None:
    """A changed character makes the session void, and rubbish is no error."""
    cookie = maria.get_cookie("escv")
    assert cookie
    swapped = "A" if cookie.value[20] != "A" else "B"
    for value in (cookie.value[:20] + swapped + cookie.value[21:], "rubbish", "", "." * 3_000):
        browser = app.test_client()
        browser.set_cookie("escv", value)

        assert browser.get("/").headers["Location"] == "/login"


def test_no_cookie_is_set_for_strangers_and_public_pages(anonymous: FlaskClient) -> None:
    """Nothing is stored on the phone of a visitor who signs in nowhere."""
    for address in ("/login", "/", "/livez", "/lookup"):
        assert "Set-Cookie" not in anonymous.get(address).headers
