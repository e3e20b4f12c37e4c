"""GET /api/v1/me: what a kept page asks to know whose device it is on."""

from __future__ import annotations

from base64 import b64decode
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from tests.support.app_factory import PASSWORD, close, make_app

if TYPE_CHECKING:
    from pathlib import Path

    from flask.testing import FlaskClient

ME = "/api/v1/me"


def test_the_answer_names_the_user_and_the_end_of_the_session(sara: FlaskClient) -> None:
    """Sara's name and role, and the end of her shift's session, ten hours after its start."""
    answer = sara.get(ME).get_json()
    ends = datetime.fromisoformat(answer.pop("session_ends"))
    left, queue = answer.pop("session_left_s"), answer.pop("queue")

    assert answer == {
        "name": "sara",
        "kind": "person",
        "role": "staff",
        "demo": False,
        "server_reading": True,
    }
    assert timedelta(0) <= datetime.now(UTC) + timedelta(hours=10) - ends < timedelta(minutes=1)
    assert left in range(36_000 - 60, 36_001)
    assert sara.get(ME).get_json()["queue"] == queue
    assert len(b64decode(queue["key"] + "=", altchars=b"-_")) == 32


def test_a_device_has_no_role_and_no_session(anonymous: FlaskClient, till: dict[str, str]) -> None:
    """A till's token counts until it is revoked."""
    answer = anonymous.get(ME, headers=till).get_json()

    assert (answer["name"], answer["kind"], answer["role"], answer["session_ends"]) == (
        "till",
        "device",
        None,
        None,
    )
    assert (answer["session_left_s"], answer["queue"]) == (None, None)


def test_a_token_counts_before_a_cookie(sara: FlaskClient, till: dict[str, str]) -> None:
    """If both are sent, the device is the caller, and Sara's session is not reported."""
    answer = sara.get(ME, headers=till).get_json()

    assert (answer["kind"], answer["session_ends"]) == ("device", None)


def test_a_signed_out_client_gets_401(anonymous: FlaskClient) -> None:
    """401, so that a cached page shows no name."""
    assert anonymous.get(ME).status_code == 401


def test_a_site_says_what_it_is_and_allows(tmp_path: Path) -> None:
    """Demo mode, and whether frames may leave the device, are known before the camera starts."""
    app = make_app(tmp_path, "http://127.0.0.1:9", demo="1", demo_password=PASSWORD, server_reading="false")
    client = app.test_client()
    client.post("/login", data={"username": "manager", "password": PASSWORD})

    answer = client.get(ME).get_json()

    assert (answer["demo"], answer["server_reading"], answer["role"]) == (True, False, "manager")
    close(app)
