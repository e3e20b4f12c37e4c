"""Properties of every address at once: closed unless marked, hardened, never a number in it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from validator.security.headers import ALWAYS

if TYPE_CHECKING:
    from flask import Flask
    from flask.testing import FlaskClient

PUBLIC = {"static", "health.live", "health.ready", "api.openapi", "accounts.login"}


def addresses(app: Flask) -> list[tuple[str, str, str]]:
    """Endpoint, method and address of every route, with something harmless in its variable parts."""
    found = []
    with app.test_request_context():
        adapter = app.url_map.bind("localhost")
        for rule in app.url_map.iter_rules():
            address = adapter.build(rule.endpoint, dict.fromkeys(rule.arguments, "x"))
            found += [
                (rule.endpoint, method, address) for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
            ]
    assert len(found) > 8
    return found


def test_every_route_is_closed_unless_marked_public(app: Flask, nobody: FlaskClient) -> None:
    """A new route that forgets who may use it fails here: mark it @public("why") or leave it closed."""
    for endpoint, method, address in addresses(app):
        answer = nobody.open(address, method=method)
        is_closed = answer.status_code == 401 or answer.headers.get("Location", "").startswith("/login")

        assert is_closed != (endpoint in PUBLIC), f"{method} {address}: closed is {is_closed}"


def test_every_answer_carries_the_headers(app: Flask, nobody: FlaskClient, sara: FlaskClient) -> None:
    """Pages, errors, refusals and static files alike; only static files may be kept by the browser."""
    for endpoint, method, address in addresses(app):
        for client in (nobody, sara):
            answer = client.open(address, method=method)

            assert not [name for name in ALWAYS if name not in answer.headers], address
            is_kept = answer.headers["Cache-Control"] != "no-store"
            assert is_kept == (endpoint == "static" and answer.status_code < 400), address


def test_no_address_has_room_for_a_card_number(app: Flask) -> None:
    """Numbers travel in bodies only: the variable parts of our addresses are file names and demo names."""
    arguments = {argument for rule in app.url_map.iter_rules() for argument in rule.arguments}

    assert arguments <= {"filename", "slug", "name"}


def test_a_foreign_site_cannot_make_a_browser_act(app: Flask, sara: FlaskClient) -> None:
    """Every unsafe method refuses a request that the browser says comes from another site."""
    foreign = [{"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://evil.example"}, {"Origin": "null"}]
    for _, method, address in addresses(app):
        if method != "GET":
            for headers in foreign:
                assert sara.open(address, method=method, headers=headers).status_code == 403, (
                    address,
                    headers,
                )
