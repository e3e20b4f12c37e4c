"""The page of one's own account, and the managers' page of devices: plain forms, one's own alone."""

from __future__ import annotations

import base64
import re
from typing import TYPE_CHECKING

import pytest

from tests.http.accounts.browsers import ME, copy_of, later, sign_in, signed_in
from tests.support.app_factory import PASSWORD
from tests.support.html_page import parse_page
from validator.accounts.models import Role
from validator.accounts.two_factor import format_secret, totp_code

if TYPE_CHECKING:
    from flask import Flask
    from flask.testing import FlaskClient
    from werkzeug.test import TestResponse

    from validator.accounts.people import People

NEW = "seven green bottles"


@pytest.fixture(name="maria")
def _maria(app: Flask, people: People) -> FlaskClient:
    """Maria's browser, signed in; she is a manager."""
    people.set_role("maria", Role.MANAGER)
    return signed_in(app)


def rows(browser: FlaskClient) -> list[str]:
    """The numbers of the sessions on the page, this one's first where it was used last."""
    page = browser.get("/account")
    parse_page(page)
    return re.findall(r'name="session" value="(\d+)"', page.text)


def test_ones_sessions_are_shown_and_one_is_ended(app: Flask, maria: FlaskClient) -> None:
    """Maria sees her tablet beside this browser, and ends it; this one is marked and stays."""
    tablet = signed_in(app)
    mine, other = sorted(rows(maria), key=int)
    page = maria.get("/account").text
    assert page.count("(this one)") == 1
    assert "Another browser on another system" in page

    assert maria.post("/account/sessions/end", data={"session": other}).status_code == 303
    assert tablet.get(ME).status_code == 401
    assert rows(maria) == [mine]


def test_all_others_are_ended_at_once(app: Flask, maria: FlaskClient) -> None:
    """A kiosk among them, and no sessions of other people."""
    kiosk, copy = signed_in(app), copy_of(app, maria)
    kiosk.post("/kiosk/lock", data={"password": PASSWORD})
    assert "Kiosk: " in maria.get("/account").text
    maria.post("/account/sessions/end-others")

    assert kiosk.get(ME).status_code == 401
    assert copy.get(ME).status_code == 200


def test_ending_this_one_is_signing_out(maria: FlaskClient) -> None:
    """The form says so by leading to the sign-in."""
    answer = maria.post("/account/sessions/end", data={"session": rows(maria)[0]})

    assert answer.headers["Location"] == "/login"
    assert maria.get(ME).status_code == 401


def test_nobody_ends_anothers_session(app: Flask, maria: FlaskClient, sara: FlaskClient) -> None:
    """Whatever number Sara sends."""
    for row in (*rows(maria), "0", "x", ""):
        assert sara.post("/account/sessions/end", data={"session": row}).status_code == 303

    assert maria.get(ME).status_code == 200
    assert len(rows(sara)) == 1
    assert app.extensions["validator"].accounts.sessions.purge() == 0


def test_the_own_password_is_changed_and_ends_the_others(app: Flask, maria: FlaskClient) -> None:
    """Maria stays signed in here; the old password is refused."""
    other = signed_in(app)
    answer = maria.post("/account/password", data={"old": PASSWORD, "new": NEW})

    assert "password is changed" in maria.get(answer.headers["Location"]).text
    assert other.get(ME).status_code == 401
    assert sign_in(app.test_client(), password=PASSWORD).status_code == 403
    assert sign_in(app.test_client(), password=NEW).status_code == 302


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("wrong", NEW, (403, "not your password")),
        ("", "", (403, "not your password")),
        (PASSWORD, "short", (422, "12 characters or more")),
        (PASSWORD, "unforgettable", (422, "harder to guess")),
    ],
)
def test_a_refused_change_changes_nothing_and_says_what_to_do(
    app: Flask, maria: FlaskClient, old: str, new: str, expected: tuple[int, str]
) -> None:
    """And nothing that was typed comes back."""
    answer = maria.post("/account/password", data={"old": old, "new": new})

    assert answer.status_code == expected[0]
    assert expected[1] in answer.text
    assert not new or new not in answer.text
    parse_page(answer)
    assert sign_in(app.test_client()).status_code == 302


def test_an_open_session_does_not_help_to_guess_the_password(maria: FlaskClient) -> None:
    """Somebody at Maria's unattended till has five tries, too."""
    statuses = [maria.post("/account/password", data={"old": "x", "new": NEW}).status_code for _ in range(6)]

    assert statuses == [403] * 5 + [429]


def test_kiosks_devices_and_strangers_have_no_account(
    app: Flask, maria: FlaskClient, till: dict[str, str], anonymous: FlaskClient
) -> None:
    """A visitor at a locked tablet cannot change the password of who locked it."""
    maria.post("/kiosk/lock", data={"password": PASSWORD})
    for address in ("/account", "/account/password", "/account/codes", "/manage/devices/revoke"):
        method = "GET" if address == "/account" else "POST"
        for browser in (maria, anonymous):
            assert browser.open(address, method=method).headers["Location"].startswith("/login")
        assert app.test_client().open(address, method=method, headers=till).status_code == 403


def test_a_manager_sets_up_codes_and_signs_in_with_one(app: Flask, maria: FlaskClient) -> None:
    """Password, picture, first code; from then on the password alone opens nothing."""
    offered = _offer(maria)
    secret = _secret(offered)
    assert 'src="data:image/svg+xml' in offered.text
    assert "not right" in maria.post("/account/codes/confirm", data={"code": "000000"}).text
    confirmed = maria.post("/account/codes/confirm", data={"code": _code(app, secret, -1)})
    assert "Codes are on" in maria.get(confirmed.headers["Location"]).text

    browser = app.test_client()
    asked = sign_in(browser)
    parse_page(asked)
    assert asked.status_code == 200
    assert browser.get(ME).status_code == 401
    assert browser.post("/login", data={"code": "000000"}).status_code == 403
    right = {"code": _code(app, secret), "next": "/lookup"}
    assert browser.post("/login", data=right).headers["Location"] == "/lookup"
    assert browser.get(ME).status_code == 200


def test_the_key_of_codes_is_shown_once(maria: FlaskClient) -> None:
    """A wrong code asks for the next one; neither it nor any other page shows the key again."""
    offered = _offer(maria)
    key = format_secret(_secret(offered))
    assert offered.text.count(key) == 1

    wrong = maria.post("/account/codes/confirm", data={"code": "000000"})
    parse_page(wrong)
    assert wrong.status_code == 403
    for page in (wrong, maria.get("/account"), maria.post("/account/codes/confirm")):
        assert key not in page.text
        assert "data:image/svg" not in page.text


def test_an_offer_that_was_left_ends_and_binds_nobodys_phone(app: Flask, maria: FlaskClient) -> None:
    """After ten minutes the password is required again, and the shown secret is invalid."""
    secret = _secret(_offer(maria))
    with later(app, minutes=11):
        late = maria.post("/account/codes/confirm", data={"code": _code(app, secret)})

    assert (late.status_code, "took too long" in late.text) == (409, True)
    parse_page(late)
    assert sign_in(app.test_client()).status_code == 302


def test_an_offer_is_no_good_in_another_session(app: Flask, maria: FlaskClient) -> None:
    """Whoever finds Maria signed in elsewhere, or after she signed out and in, binds no phone."""
    secret = _secret(_offer(maria))
    elsewhere = signed_in(app)
    maria.post("/logout")
    sign_in(maria)

    for browser in (elsewhere, maria):
        assert browser.post("/account/codes/confirm", data={"code": _code(app, secret)}).status_code == 409


def test_the_second_step_belongs_to_the_browser_of_the_first(app: Flask, maria: FlaskClient) -> None:
    """A code typed in another browser opens nothing, and the first step opens one session."""
    secret = _turn_on(app, maria)
    browser, thief = app.test_client(), app.test_client()
    sign_in(browser)
    first_step = browser.get_cookie("escv-first-step", path="/login")
    assert first_step
    assert thief.post("/login", data={"code": _code(app, secret, 1)}).status_code == 403

    assert browser.post("/login", data={"code": _code(app, secret, 1)}).status_code == 302
    assert browser.get_cookie("escv-first-step", path="/login") is None
    thief.set_cookie("escv-first-step", first_step.value, path="/login")
    with later(app, seconds=60):
        again = thief.post("/login", data={"code": _code(app, secret)})
    assert (again.status_code, "took too long" in again.text) == (403, True)


def test_the_second_step_ends_after_five_minutes(app: Flask, maria: FlaskClient) -> None:
    """Then the name and the password are asked for again."""
    secret = _turn_on(app, maria)
    browser = app.test_client()
    sign_in(browser)

    with later(app, minutes=5):
        late = browser.post("/login", data={"code": _code(app, secret)})
    assert (late.status_code, 'name="username"' in late.text) == (403, True)


def test_the_cookie_of_the_first_step_goes_to_the_form_alone(app: Flask, maria: FlaskClient) -> None:
    """Scripts and other sites do not see it."""
    _turn_on(app, maria)
    answer = sign_in(app.test_client())
    (cookie,) = [one for one in answer.headers.getlist("Set-Cookie") if "first-step" in one]

    assert "; HttpOnly; Path=/login; SameSite=Strict" in cookie
    assert "Max-Age=300" in cookie


def test_guessing_codes_is_slow_too(app: Flask, maria: FlaskClient) -> None:
    """A thief who has the password gets five attempts at the code, then must wait."""
    _turn_on(app, maria)
    thief = app.test_client()
    sign_in(thief, "198.51.100.9")
    statuses = [thief.post("/login", data={"code": "000000"}).status_code for _ in range(6)]

    assert statuses == [403] * 5 + [429]


def test_codes_are_turned_off_with_password_and_code_or_by_the_operator(
    app: Flask, maria: FlaskClient
) -> None:
    """Neither an open session nor the password alone does; a lost phone is no end."""
    secret = _turn_on(app, maria)
    code = _code(app, secret, 1)
    parse_page(maria.get("/account"))
    for form in (
        {"codes": "wrong", "code": code},
        {"codes": PASSWORD},
        {"codes": PASSWORD, "code": "000000"},
    ):
        refused = maria.post("/account/codes/off", data=form)
        assert refused.status_code == 403
        parse_page(refused)
    assert sign_in(app.test_client()).status_code == 200
    assert maria.post("/account/codes/off", data={"codes": PASSWORD, "code": code}).status_code == 303
    assert sign_in(app.test_client()).status_code == 302

    assert _turn_on(app, maria) != secret
    assert app.test_cli_runner().invoke(args=["user", "totp-off", "maria"]).exit_code == 0
    assert maria.get(ME).status_code == 401
    assert sign_in(app.test_client()).status_code == 302


def test_the_password_gives_no_new_tries_at_the_code(app: Flask, maria: FlaskClient) -> None:
    """A thief with Maria's password and session gets five attempts at the code, then must wait."""
    _turn_on(app, maria)
    form = {"codes": PASSWORD, "code": "000000"}
    statuses = [maria.post("/account/codes/off", data=form).status_code for _ in range(6)]

    assert statuses == [403] * 5 + [429]


def test_a_manager_revokes_a_lost_device(
    anonymous: FlaskClient, maria: FlaskClient, till: dict[str, str]
) -> None:
    """Its next request is refused; a second press does no harm."""
    assert anonymous.get(ME, headers=till).status_code == 200
    page = maria.get("/manage/devices")
    parse_page(page)
    assert "Revoke the token of till" in page.text

    for name in ("till", "till", "nothing of ours"):
        assert maria.post("/manage/devices/revoke", data={"device": name}).status_code == 303
    assert anonymous.get(ME, headers=till).status_code == 401
    assert "revoked on" in maria.get("/manage/devices").text


def _offer(browser: FlaskClient) -> TestResponse:
    offered = browser.post("/account/codes", data={"codes": PASSWORD})
    parse_page(offered)
    return offered


def _secret(offered: TestResponse) -> bytes:
    found = re.search(r'data-testid="codes-secret">([A-Z2-7 ]+)<', offered.text)
    assert found
    return base64.b32decode(found[1].replace(" ", ""))


def _code(app: Flask, secret: bytes, later: int = 0) -> str:
    return totp_code(secret, int(app.extensions["validator"].clock().timestamp()) // 30 + later)


def _turn_on(app: Flask, browser: FlaskClient) -> bytes:
    secret = _secret(_offer(browser))
    assert browser.post("/account/codes/confirm", data={"code": _code(app, secret)}).status_code == 303
    return secret
