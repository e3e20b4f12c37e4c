"""Properties of every address at once: who may use it is written down, and never a number in it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.support.app_factory import close, make_app
from tests.support.clients import address_of, level_name

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from flask import Flask
    from flask.testing import FlaskClient

WHO_MAY = {
    "public": {
        "demo_authority.certificate_authority",
        "static",
        "health.live",
        "health.ready",
        "api.openapi",
        "accounts.login",
        # Files that an installed app caches, without personal data.
        "web.shell",
        "web.service_worker",
        "web.manifest",
        "web.messages",
        # Invented cards; in demo mode only.
        "demo.cards",
        "demo.drawing",
        "demo.code",
    },
    # All signed-in users, and unattended tablets.
    "kiosk": {"api.late_checks", "api.me", "api.offline_pack", "api.scan", "api.validate", "web.kiosk"},
    # People and devices, but no kiosk.
    "signed_in": {
        "accounts.logout",
        "api.validate_batch",
        "web.guide",
        "web.look_up",
        "web.lookup",
        "web.scan",
        "web.scan_photo",
    },
    # People with a session of their own: devices and kiosks have no account.
    "people": {
        "account.change_password",
        "account.confirm_codes",
        "account.end_one",
        "account.end_others",
        "account.offer_codes",
        "account.show",
        "account.turn_codes_off",
        "accounts.lock_kiosk",
    },
    "manager": {
        "manage.alerts",
        "manage.check_installation",
        "manage.devices",
        "manage.late_answers",
        "manage.revoke_device",
        "manage.server_health",
    },
}
# The one operation that takes a picture; all others take JSON.
TAKES_A_PICTURE = {"api.scan"}
NAMES_OF_OURS = {"filename", "slug", "name", "spoken", "version"}


@pytest.fixture(name="app_and_clients", scope="module")
def _app_and_clients(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """An application with all its blueprints, also the demo's."""
    folder: Path = tmp_path_factory.mktemp("routes")
    app = make_app(folder / "data", "http://127.0.0.1:9", demo="1")
    yield app
    close(app)


@pytest.mark.parametrize("mark", WHO_MAY)
def test_every_route_is_listed_with_its_access_level(app_and_clients: Flask, mark: str) -> None:
    """A new route, or a changed access level, fails here until it is listed above."""
    marked = {
        endpoint for endpoint, view in app_and_clients.view_functions.items() if level_name(view) == mark
    }

    assert marked == WHO_MAY[mark], f"open to {mark}: compare the view's marks with WHO_MAY in this file"


def test_no_address_can_contain_a_card_number(app_and_clients: Flask) -> None:
    """Card numbers are sent in bodies only: variable parts of addresses are integers and internal names."""
    texts = {
        argument
        for rule in app_and_clients.url_map.iter_rules()
        for argument in rule.arguments
        if type(rule._converters[argument]).__name__ != "IntegerConverter"
    }

    assert texts <= NAMES_OF_OURS


def test_what_takes_json_takes_nothing_else(app_and_clients: Flask, app: Flask, sara: FlaskClient) -> None:
    """A form of another site can send text, fields and files, but no JSON: each gets 415."""
    bodies = [
        "text/plain",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
        "",
        "text/json",
    ]
    asked = [
        address_of(app, rule)
        for rule in app_and_clients.url_map.iter_rules()
        if rule.endpoint.startswith("api.") and rule.endpoint not in TAKES_A_PICTURE
        if (rule.methods or set()) - {"GET", "HEAD", "OPTIONS"}
    ]
    assert len(asked) >= 3
    for address in asked:
        for kind in bodies:
            answer = sara.post(address, data=b'{"input": "x"}', content_type=kind or None)

            assert answer.status_code == 415, f"{address} took {kind!r}: use validator.api.problems.body()"


def test_what_takes_a_picture_takes_no_other_body(sara: FlaskClient) -> None:
    """A picture comes as a file of a form; whatever else is sent there is explained, not read."""
    for kind in ("application/json", "text/plain", "image/png", "application/x-www-form-urlencoded"):
        assert sara.post("/api/v1/scans", data=b"image=x", content_type=kind).status_code == 422
