"""/manage/alerts: for managers, in words, without accusing a person."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.support.app_factory import PASSWORD
from tests.support.html_page import parse_page
from validator.accounts.identity import Caller, CallerKind
from validator.rate_limiting.rules import Alert
from validator.web.manage import ALERTS

if TYPE_CHECKING:
    from flask import Flask
    from flask.testing import FlaskClient

PAGE = "/manage/alerts"


@pytest.fixture(name="mia")
def _mia(app: Flask) -> FlaskClient:
    """The browser of Mia, a manager."""
    added = app.test_cli_runner().invoke(args=["user", "add", "mia", "--role", "manager"], input=PASSWORD)
    assert added.exit_code == 0, added.output
    client = app.test_client()
    assert client.post("/login", data={"username": "mia", "password": PASSWORD}).status_code == 302
    return client


def test_a_manager_reads_who_and_what_the_newest_first(app: Flask, mia: FlaskClient) -> None:
    """With what to do; a device that is gone keeps its line."""
    record = app.extensions["validator"].checker.record
    record.alert(Caller(CallerKind.PERSON, 1, "mia"), "guessing")
    record.alert(Caller(CallerKind.DEVICE, 77, "gone"), "many_unknown")

    page = parse_page(mia.get(PAGE))

    device, person = (line.text for line in page.all("tr", data_testid="alert"))
    assert "unknown (device)" in device
    assert "mia" in person
    assert "counted through" in person
    assert "First ask the person" in page.text


def test_where_nothing_happened_there_is_nothing_to_do(mia: FlaskClient) -> None:
    """And the page says until when it would be kept."""
    page = parse_page(mia.get(PAGE))

    assert "nothing to do" in page.one(data_testid="no-alerts").text
    assert "30 days" in page.text


def test_staff_may_not_read_it(sara: FlaskClient) -> None:
    """It is about their colleagues."""
    assert sara.get(PAGE).status_code == 403


def test_every_alert_has_words() -> None:
    """None is shown as something unusual only."""
    assert {alert.value for alert in Alert} == set(ALERTS)
