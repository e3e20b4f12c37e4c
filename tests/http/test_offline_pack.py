"""GET /api/v1/offline-pack: a card seen at one till is known on every device."""

from __future__ import annotations

import base64
import hashlib
import hmac
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from tests.support.cards import ANNA, BRUNO, NOT_FOUND, status_v2
from tests.support.house import close, make_app

if TYPE_CHECKING:
    from pathlib import Path
    from typing import Any

    from flask import Flask
    from flask.testing import FlaskClient
    from pytest_httpserver import HTTPServer

PACK = "/api/v1/offline-pack"
STATUS = "/esc-rest/api/v2/cards/{}/status"


def check(client: FlaskClient, number: str) -> None:
    """Sara checks a card at her till."""
    assert client.post("/api/v1/validations", json={"input": number}).status_code == 200


def found(pack: dict[str, Any], number: str) -> list[Any] | None:
    """The row of this card, looked up as a device does."""
    key = base64.urlsafe_b64decode(pack["key"] + "=")
    digest = hmac.new(key, number.encode(), hashlib.sha256).digest()[:16]
    wanted = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
    return next((row for row in pack["rows"] if row[0] == wanted), None)


@pytest.fixture(name="seen")
def _seen(httpserver: HTTPServer, sara: FlaskClient) -> None:
    """Two cards that Sara has checked: Anna's is active, Bruno's is not registered."""
    httpserver.expect_request(STATUS.format(ANNA)).respond_with_json(status_v2(ANNA))
    httpserver.expect_request(STATUS.format(BRUNO)).respond_with_json(NOT_FOUND, status=404)
    check(sara, ANNA)
    check(sara, BRUNO)


@pytest.mark.usefixtures("seen")
def test_a_card_seen_at_one_till_is_known_to_another_device(
    nobody: FlaskClient, till: dict[str, str]
) -> None:
    """The device computes the hash from the number and finds what the Router said to Sara."""
    pack = nobody.get(PACK, headers=till).get_json()

    anna, bruno = found(pack, ANNA), found(pack, BRUNO)
    assert anna
    assert bruno
    assert (anna[1], anna[4], anna[5]) == ("active", "2099-12-31", "000000001")
    assert (bruno[1], bruno[4], bruno[5]) == ("unknown_card", None, None)
    now = datetime.now(UTC).timestamp()
    assert now - 60 < anna[2] <= now
    assert anna[3] - anna[2] in {604_800, 604_799}
    assert pack["issuers"] == {"000000001": "Université de Saint-Valentin"}
    assert (pack["reset"], pack["more"], pack["max_cards"], pack["max_age_s"]) == (
        True,
        False,
        50_000,
        604_800,
    )


@pytest.mark.usefixtures("seen")
def test_the_pack_holds_no_number_and_no_name(sara: FlaskClient) -> None:
    """Neither whole nor masked, and not the name that the Router gave for the card."""
    text = sara.get(PACK).text

    for number in (ANNA, BRUNO):
        assert number not in text
        assert number[:4] + "…" not in text
    assert "Card of Anna" not in text


@pytest.mark.usefixtures("seen")
def test_the_next_sync_costs_only_what_changed(
    sara: FlaskClient, nobody: FlaskClient, till: dict[str, str]
) -> None:
    """Nothing new is some hundred bytes, whoever made the first sync."""
    cursor = sara.get(PACK).get_json()["cursor"]

    again = nobody.get(PACK, query_string={"since": cursor}, headers=till)

    assert again.get_json()["rows"] == []
    assert again.get_json()["cursor"] == cursor
    assert again.get_json()["reset"] is False
    assert len(again.data) < 400


def test_strangers_get_no_pack(nobody: FlaskClient) -> None:
    """Without a session or a token there is no key and no row."""
    assert nobody.get(PACK).status_code == 401
    assert nobody.get(PACK, headers={"Authorization": "Bearer escv_" + "x" * 43}).status_code == 401


@pytest.mark.usefixtures("seen")
@pytest.mark.parametrize("cursor", ["x" * 1500, "%00", "1.1", "…"])
def test_an_odd_cursor_is_answered_with_everything(sara: FlaskClient, cursor: str) -> None:
    """It costs the caller a whole pack and us nothing."""
    pack = sara.get(PACK, query_string={"since": cursor}).get_json()

    assert (len(pack["rows"]), pack["reset"]) == (2, True)


def test_a_memory_that_fails_is_said_to_fail(app: Flask, sara: FlaskClient) -> None:
    """503 and when to come back: a device keeps what it has."""
    app.extensions["validator"].answers.close()

    answer = sara.get(PACK)

    assert (answer.status_code, answer.get_json()["code"]) == (503, "memory_unavailable")
    assert "Retry-After" in answer.headers


def test_a_site_may_give_no_pack(tmp_path: Path, httpserver: HTTPServer) -> None:
    """With 0 cards nothing is given, and nothing is kept for it either."""
    app = make_app(tmp_path / "none", httpserver.url_for("").rstrip("/"), pack_cards="0")
    httpserver.expect_request(STATUS.format(ANNA)).respond_with_json(status_v2(ANNA))
    made = app.test_cli_runner().invoke(args=["device", "add", "till"])
    till = {"Authorization": f"Bearer {made.output.split()[-1]}"}
    client = app.test_client()
    client.post("/api/v1/validations", json={"input": ANNA}, headers=till)

    pack = client.get(PACK, headers=till).get_json()

    assert (pack["rows"], pack["reset"], pack["max_cards"], pack["cursor"]) == ([], True, 0, "")
    (kept,), _ = app.extensions["validator"].answers.changes.changed_since(0, 10)
    assert kept.alias is None
    close(app)
