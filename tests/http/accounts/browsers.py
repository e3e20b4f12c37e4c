"""Browsers of people, and a clock to advance, for the tests of sessions and sign-ins."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from tests.support.app_factory import PASSWORD

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flask import Flask
    from flask.testing import FlaskClient
    from werkzeug.test import TestResponse

MARIA = {"username": "maria", "password": PASSWORD}
ME = "/api/v1/me"


def sign_in(browser: FlaskClient, address: str = "192.0.2.7", **changes: str) -> TestResponse:
    """Maria's name and password, or what is typed instead, sent from this address."""
    return browser.post("/login", data=MARIA | changes, environ_base={"REMOTE_ADDR": address})


def signed_in(app: Flask) -> FlaskClient:
    """A browser in which Maria has just signed in."""
    browser = app.test_client()
    answer = sign_in(browser)
    assert answer.status_code == 302, answer.text
    return browser


def copy_of(app: Flask, browser: FlaskClient) -> FlaskClient:
    """Another browser with a copy of the session's cookie."""
    cookie = browser.get_cookie("escv")
    assert cookie
    copy = app.test_client()
    copy.set_cookie("escv", cookie.value)
    return copy


@contextmanager
def later(app: Flask, **time: float) -> Iterator[None]:
    """Advance the application's clock."""
    kept = app.extensions["validator"]
    shows = kept.clock() + timedelta(**time)
    app.extensions["validator"] = replace(kept, clock=lambda: shows)
    yield
    app.extensions["validator"] = kept
