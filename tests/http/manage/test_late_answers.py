"""/manage/late-answers: for managers, in words, without a number."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING
from uuid import UUID

import pytest

from tests.support.app_factory import PASSWORD
from tests.support.cards import ANNA, BRUNO, NOT_FOUND, status_v2
from tests.support.html_page import parse_page

if TYPE_CHECKING:
    from flask import Flask
    from flask.testing import FlaskClient
    from pytest_httpserver import HTTPServer

PAGE = "/manage/late-answers"
STATUS = "/esc-rest/api/v2/cards/{}/status"


@pytest.fixture(name="mia")
def _mia(app: Flask) -> FlaskClient:
    """The browser of Mia, a manager."""
    made = app.test_cli_runner().invoke(
        args=["user", "add", "mia", "--role", "manager"], input=f"{PASSWORD}\n"
    )
    assert made.exit_code == 0, made.output
    client = app.test_client()
    assert client.post("/login", data={"username": "mia", "password": PASSWORD}).status_code == 302
    return client


def deliver(client: FlaskClient, number: int, card: str, reason: str, **headers: str) -> None:
    """A check of a minute ago, at which this was shown."""
    outcome = "valid" if reason == "active" else "not_valid"
    made_at = (datetime.now(UTC) - timedelta(minutes=1)).isoformat()
    shown = {"outcome": outcome, "reason": reason}
    check = {"id": str(UUID(int=number)), "input": card, "made_at": made_at, "shown": shown}
    answer = client.post("/api/v1/late-checks", json={"checks": [check]}, headers=headers)
    assert answer.get_json()["results"][0]["state"] == "answered"


def test_a_manager_reads_what_was_contradicted(
    httpserver: HTTPServer, mia: FlaskClient, sara: FlaskClient, till: dict[str, str]
) -> None:
    """Who checked, what was shown, what the Router said; what was confirmed is not in the table."""
    httpserver.expect_request(STATUS.format(ANNA)).respond_with_json(status_v2(ANNA))
    httpserver.expect_request(STATUS.format(BRUNO)).respond_with_json(NOT_FOUND, status=404)
    deliver(sara, 1, BRUNO, "active")
    deliver(sara, 2, ANNA, "expired", **till)
    deliver(sara, 3, ANNA, "active")

    page = parse_page(mia.get(PAGE))

    lines = [line.text for line in page.all("tr", data_testid="late-answer")]
    assert len(lines) == 2
    by_device, by_sara = sorted(lines, key=lambda line: "till (device)" not in line)
    assert "till (device)" in by_device
    assert "NOT VALID: EXPIRED" in by_device
    assert "sara" in by_sara
    assert "NOT VALID: NOT REGISTERED" in by_sara
    assert "What to do" in page.text
    for hidden in (ANNA[:8], BRUNO[:8], "Card of Anna"):
        assert hidden not in page.html


def test_a_manager_is_told_where_there_is_nothing_to_do(mia: FlaskClient) -> None:
    """An empty table says so in a sentence, and until when things are kept."""
    page = parse_page(mia.get(PAGE))

    assert "nothing to do" in page.one(data_testid="no-late-answers").text
    assert "30 days" in page.text


def test_staff_and_devices_may_not_read_it(
    sara: FlaskClient, anonymous: FlaskClient, till: dict[str, str]
) -> None:
    """403 with what to do; strangers are asked to sign in."""
    refused = sara.get(PAGE)

    assert refused.status_code == 403
    assert "ask IT support" in parse_page(refused).one(data_testid="error").text
    assert anonymous.get(PAGE, headers=till).status_code == 403
    assert anonymous.get(PAGE).headers["Location"] == f"/login?next={PAGE}"
