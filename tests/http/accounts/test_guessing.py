"""Guessing passwords: slow for strangers, and no way to keep the owner out."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.http.accounts.browsers import MARIA, later, sign_in, signed_in
from tests.support.app_factory import PASSWORD
from validator.accounts.models import Role
from validator.accounts.passwords import Busy

if TYPE_CHECKING:
    from flask import Flask
    from flask.testing import FlaskClient

    from validator.accounts.people import People

MALLORY = "198.51.100.9"


def guessed(app: Flask, name: str = "maria", times: int = 5) -> None:
    """Mallory's guesses, each compared."""
    for _ in range(times):
        assert (
            sign_in(app.test_client(), MALLORY, username=name, password="a guess of mine").status_code == 403
        )


@pytest.mark.usefixtures("people")
@pytest.mark.parametrize("name", ["maria", "nobody-of-ours"])
def test_the_sixth_try_is_told_to_wait_whether_the_name_exists_or_not(app: Flask, name: str) -> None:
    """Same words, same header; the right password is not compared either."""
    guessed(app, name)
    answer = sign_in(app.test_client(), MALLORY, username=name)

    assert (answer.status_code, answer.headers["Retry-After"]) == (429, "2")
    assert "many failed tries. Try again in 1 minute" in answer.text
    assert "Set-Cookie" not in answer.headers


@pytest.mark.usefixtures("people")
def test_the_owner_gets_in_on_a_browser_used_before(app: Flask) -> None:
    """At once, while Mallory guesses; an unknown browser waits and then signs in."""
    till = signed_in(app)
    till.post("/logout")
    guessed(app)

    assert sign_in(app.test_client()).status_code == 429
    assert sign_in(till, MALLORY).status_code == 302
    with later(app, seconds=2):
        assert sign_in(app.test_client()).status_code == 302


def test_the_mark_of_one_person_is_no_good_for_another(app: Flask, people: People) -> None:
    """Dora's till is not Maria's: a colleague who guesses there waits like a stranger."""
    people.add("dora", PASSWORD, Role.STAFF)
    till = app.test_client()
    assert sign_in(till, username="dora").status_code == 302
    till.post("/logout")
    guessed(app)

    assert sign_in(till).status_code == 429


@pytest.mark.usefixtures("people")
def test_the_mark_goes_to_the_form_alone(anonymous: FlaskClient) -> None:
    """Scripts and other sites do not see it, and it contains no name."""
    answer = anonymous.post("/login", data=MARIA)
    (mark,) = [one for one in answer.headers.getlist("Set-Cookie") if one.startswith("escv-known=")]

    assert "; HttpOnly; Path=/login; SameSite=Strict" in mark
    assert "maria" not in mark


def test_a_rush_counts_against_nobody(app: Flask, people: People, monkeypatch: pytest.MonkeyPatch) -> None:
    """A sign-in that was rejected as busy is no failure."""
    with monkeypatch.context() as patched:
        patched.setattr(people, "authenticate", lambda *_: Busy())
        for _ in range(8):
            assert sign_in(app.test_client()).status_code == 503

    assert sign_in(app.test_client()).status_code == 302


@pytest.mark.usefixtures("people")
def test_the_log_tells_of_delays_without_a_name(app: Flask, caplog: pytest.LogCaptureFixture) -> None:
    """The operator sees that there is guessing, not at which name."""
    guessed(app, "canary-name")
    sign_in(app.test_client(), MALLORY, username="canary-name")

    assert "sign_in_delayed" in caplog.text
    assert "canary" not in caplog.text
    assert MALLORY not in caplog.text
