"""POST /api/v1/late-checks: what a device checked without a network, delivered once."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING
from uuid import UUID

import pytest

from tests.support.cards import ANNA, BRUNO, NOT_FOUND, status_v2

if TYPE_CHECKING:
    from typing import Any

    from flask.testing import FlaskClient
    from pytest_httpserver import HTTPServer

LATE = "/api/v1/late-checks"
STATUS = "/esc-rest/api/v2/cards/{}/status"
VALID = {"outcome": "valid", "reason": "active"}


def late(number: int, text: str, **changes: Any) -> dict[str, Any]:
    """A check made a minute ago and shown as valid."""
    made_at = (datetime.now(UTC) - timedelta(minutes=1)).isoformat()
    return {"id": str(UUID(int=number)), "input": text, "made_at": made_at, "shown": VALID} | changes


def test_a_queue_is_answered_in_order(
    httpserver: HTTPServer, anonymous: FlaskClient, till: dict[str, str]
) -> None:
    """One confirmed, one contradicted, one too old, one that is no number: each in its place."""
    httpserver.expect_request(STATUS.format(ANNA)).respond_with_json(status_v2(ANNA))
    httpserver.expect_request(STATUS.format(BRUNO)).respond_with_json(NOT_FOUND, status=404)
    old = (datetime.now(UTC) - timedelta(days=2)).isoformat()
    checks = [late(1, ANNA), late(2, BRUNO), late(3, ANNA, made_at=old), late(4, "WIFI:S:campus;P:hunter2;;")]

    answer = anonymous.post(LATE, json={"checks": checks}, headers=till)

    results = answer.get_json()["results"]
    assert [result["id"] for result in results] == [check["id"] for check in checks]
    assert [result["state"] for result in results] == ["answered", "answered", "expired", "refused"]
    assert [result["contradicts"] for result in results] == [False, True, False, False]
    assert results[1]["verdict"]["reason"] == "unknown_card"
    assert results[2]["verdict"] is results[3]["verdict"] is None
    for hidden in (ANNA, BRUNO, "hunter2", "Card of Anna"):
        assert hidden not in answer.text


def test_a_repeat_is_told_the_same(httpserver: HTTPServer, sara: FlaskClient, till: dict[str, str]) -> None:
    """Byte for byte, without a second call; another caller gets nothing."""
    httpserver.expect_oneshot_request(STATUS.format(ANNA)).respond_with_json(status_v2(ANNA))
    queue = {"checks": [late(1, ANNA)]}
    first = sara.post(LATE, json=queue)

    assert sara.post(LATE, json=queue).data == first.data
    (result,) = sara.post(LATE, json=queue, headers=till).get_json()["results"]
    assert (result["state"], result["verdict"]) == ("refused", None)
    httpserver.check_assertions()


def test_checks_of_another_caller_are_not_accepted(sara: FlaskClient) -> None:
    """A browser names the key that it sealed them with; only who was given that key may deliver them."""
    own = sara.get("/api/v1/me").get_json()["queue"]["id"]
    checks = [late(1, "WIFI:S:campus;;")]
    refused = sara.post(LATE, json={"checks": checks, "queue": "AAAAAAAAAAAAAAAA"})

    assert (refused.status_code, refused.get_json()["code"]) == (409, "another_account")
    assert sara.post(LATE, json={"checks": checks, "queue": own}).status_code == 200


def test_a_router_that_is_away_means_later(sara: FlaskClient) -> None:
    """The answer is 200: the device keeps the check and comes again."""
    (result,) = sara.post(LATE, json={"checks": [late(1, ANNA)]}).get_json()["results"]

    assert (result["state"], result["verdict"]) == ("try_again", None)


@pytest.mark.parametrize(
    "changes",
    [
        {"id": "7"},
        {"id": None},
        {"input": 7},
        {"made_at": "yesterday"},
        {"made_at": "2026-11-23T12:00:00"},
        {"shown": {"outcome": "valid", "reason": "expired"}},
        {"shown": {"outcome": "valid"}},
        {"shown": None},
        {"caller": "somebody else"},
    ],
)
def test_a_check_of_another_shape_is_explained(sara: FlaskClient, changes: dict[str, Any]) -> None:
    """A time without its zone, a reason of another outcome, a field too many: nothing is guessed."""
    answer = sara.post(LATE, json={"checks": [late(1, ANNA, **changes)]})

    assert (answer.status_code, answer.get_json()["code"]) == (422, "invalid_request")
    assert ANNA not in answer.text


@pytest.mark.parametrize("number", [0, 51])
def test_a_delivery_has_its_bounds(sara: FlaskClient, number: int) -> None:
    """None is no delivery, more than fifty are two."""
    checks = [late(n, ANNA) for n in range(number)]

    assert sara.post(LATE, json={"checks": checks}).status_code == 422


def test_strangers_deliver_nothing(anonymous: FlaskClient) -> None:
    """Without a session or a token nothing is asked and nothing kept."""
    assert anonymous.post(LATE, json={"checks": [late(1, ANNA)]}).status_code == 401
