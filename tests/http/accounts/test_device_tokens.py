"""Devices ask with a token of their own; it never mixes with a person's session."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from validator.accounts import Caller, CallerKind, Role, current_caller

if TYPE_CHECKING:
    from flask import Flask
    from flask.testing import FlaskClient

CHECK = "/api/v1/validations"
WRONG = ["", "wrong", "escv_" + "A" * 43, "a=b", "\u00e9"]


@pytest.fixture(name="asked")
def _asked(app: Flask) -> list[Caller]:
    """The callers that the views got, from an address that only records them."""
    seen: list[Caller] = []

    def note() -> str:
        seen.append(current_caller())
        return "noted"

    app.add_url_rule("/api/v1/whoami", view_func=note, methods=["GET", "POST"])
    return seen


def test_a_device_is_let_in_by_its_token(
    anonymous: FlaskClient, till: dict[str, str], asked: list[Caller]
) -> None:
    """The view learns which device asks; nothing is stored on it."""
    answer = anonymous.get("/api/v1/whoami", headers=till)

    assert answer.status_code == 200
    assert "Set-Cookie" not in answer.headers
    assert [(caller.kind, caller.name, caller.role) for caller in asked] == [
        (CallerKind.DEVICE, "till", None)
    ]


def test_a_person_is_let_in_by_the_session(asked: list[Caller], sara: FlaskClient) -> None:
    """The view learns who asks, and as what; another scheme of a proxy's does not disturb that."""
    sara.get("/api/v1/whoami", headers={"Authorization": "Basic cHJveHk6cHJveHk="})

    assert [(caller.kind, caller.name, caller.role) for caller in asked] == [
        (CallerKind.PERSON, "sara", Role.STAFF)
    ]


def test_a_revoked_token_is_refused_at_once(app: Flask, anonymous: FlaskClient, till: dict[str, str]) -> None:
    """The request after the revocation already gets its 401."""
    assert anonymous.post(CHECK, json={"input": "x"}, headers=till).status_code == 422
    app.test_cli_runner().invoke(args=["device", "revoke", "till"])

    assert anonymous.post(CHECK, json={"input": "x"}, headers=till).status_code == 401


def test_a_wrong_token_is_not_helped_by_a_session(sara: FlaskClient) -> None:
    """A request with a token never falls back on the cookie, and is not sent to a form either."""
    for token in WRONG:
        for method, address in (("GET", "/"), ("POST", CHECK)):
            answer = sara.open(address, method=method, headers={"Authorization": f"Bearer {token}"})

            assert answer.status_code == 401, (token, address)
            assert answer.headers["WWW-Authenticate"].startswith("Bearer")


def test_a_right_token_beside_a_session_is_the_devices_request(
    asked: list[Caller], sara: FlaskClient, till: dict[str, str]
) -> None:
    """The token decides who asks, so that nothing is done in Sara's name by mistake."""
    sara.get("/api/v1/whoami", headers=till)

    assert [caller.name for caller in asked] == ["till"]


def test_the_scheme_is_read_in_any_case(anonymous: FlaskClient, till: dict[str, str]) -> None:
    """As RFC 9110 has it."""
    token = till["Authorization"].split()[1]
    for scheme in ("bearer", "BEARER", "Bearer"):
        assert anonymous.get("/", headers={"Authorization": f"{scheme} {token}"}).status_code == 200, scheme


def test_a_foreign_page_cannot_use_a_token_either(anonymous: FlaskClient, till: dict[str, str]) -> None:
    """The same-origin rule holds for devices as for people."""
    headers = till | {"Sec-Fetch-Site": "cross-site"}

    assert anonymous.post(CHECK, json={"input": "x"}, headers=headers).status_code == 403


def test_on_a_public_page_there_may_be_nobody(app: Flask) -> None:
    """Asking for the caller there is a 401, never an invented caller."""
    with app.test_request_context("/login"), pytest.raises(Exception, match="401"):
        current_caller()
