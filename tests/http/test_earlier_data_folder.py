"""A data folder that version 0.1 wrote opens: people, devices, the log, deferred checks, remembered answers.

tests/vectors/data_folder_0_1/ holds its tables as SQL, and the secrets of its till and of Tom's app. It was
made on 30 November 2026 through the application itself. `till` checked three cards. Sara delivered one check
of a time without a network. CLARA was erased, `gone` was disabled, `lost till` was revoked.
"""

from __future__ import annotations

import base64
import json
import sqlite3
import time
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.support.app_factory import PASSWORD, close, make_app
from tests.support.cards import ANNA, BRUNO, CLARA
from validator.accounts.two_factor import totp_code

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flask import Flask

FOLDER = Path(__file__).parents[1] / "vectors" / "data_folder_0_1"
SECRETS = json.loads((FOLDER / "secrets.json").read_text(encoding="utf-8"))
# The Router of that version; nothing answers there.
ROUTER = "http://127.0.0.1:9"
# How long that version used one key for card hashes, in seconds (card_keys.period counts these).
PERIODS = {"answers": 604_801, "record": 604_800}


def restored(folder: Path, name: str) -> sqlite3.Connection:
    """The tables of that version, in a file of this name."""
    database = sqlite3.connect(folder / f"{name}.sqlite", isolation_level=None)
    database.executescript((FOLDER / f"{name}.sql").read_text(encoding="utf-8"))
    return database


@pytest.fixture(name="app")
def _app(tmp_path: Path) -> Iterator[Flask]:
    """The application over that folder, as if an hour had passed since."""
    folder = tmp_path / "data"
    folder.mkdir(mode=0o700)
    with closing(restored(folder, "validator")) as database:
        for purpose, seconds in PERIODS.items():
            now = int(time.time() // seconds)
            database.execute("UPDATE card_keys SET period = ? WHERE purpose = ?", (now, purpose))
    with closing(restored(folder, "answers")) as database:
        database.execute("UPDATE answers SET checked_at = ?", (time.time() - 3600,))
    for file in folder.iterdir():
        file.chmod(0o600)
    app = make_app(folder, ROUTER, router_endpoints="status-v2", retention_days="365")
    yield app
    close(app)


def test_the_log_of_the_version_before_is_intact(app: Flask) -> None:
    """It continues from the head that was noted then, and all that is kept about a card is found."""
    run = app.test_cli_runner().invoke
    head = "4:4e0bfb09e76810839f4e62295e84edd68d95cdf3159c63457702e37b0e1f9178"

    verified = run(args=["log", "verify", "--since", head])

    assert verified.exit_code == 0, verified.output
    kept = [json.loads(run(args=["card", "export"], input=f"{number}\n").output) for number in (BRUNO, CLARA)]
    assert [sum(len(found) for found in one.values() if isinstance(found, list)) for one in kept] == [4, 0]


def test_the_people_and_devices_of_the_version_before_are_known(app: Flask) -> None:
    """Passwords, roles, tokens and second factors hold; what was disabled or revoked stays so."""
    sara = app.test_client().post("/login", data={"username": "sara", "password": PASSWORD})
    assert sara.status_code == 302
    gone = app.test_client().post("/login", data={"username": "gone", "password": PASSWORD})
    assert gone.status_code == 403
    till = {"Authorization": f"Bearer {SECRETS['device_token']}"}
    assert app.test_client().get("/api/v1/me", headers=till).status_code == 200
    lost = {"Authorization": f"Bearer {SECRETS['revoked_token']}"}
    assert app.test_client().get("/api/v1/me", headers=lost).status_code == 401

    tom = app.test_client()
    assert tom.post("/login", data={"username": "tom", "password": PASSWORD}).status_code == 200
    secret = base64.b32decode(SECRETS["second_factor"])
    now = app.extensions["validator"].clock()
    code = totp_code(secret, int(now.timestamp()) // 30)
    assert tom.post("/login", data={"code": code}).status_code == 302
    assert tom.get("/manage/devices").status_code == 200


def test_the_remembered_answers_of_the_version_before_serve(app: Flask) -> None:
    """They are found under the same card hashes, with their age, when the Router is unreachable."""
    till = {"Authorization": f"Bearer {SECRETS['device_token']}"}

    verdicts = [
        app.test_client().post("/api/v1/validations", json={"input": number}, headers=till).get_json()
        for number in (ANNA, BRUNO, CLARA)
    ]

    assert [verdict["reason"] for verdict in verdicts] == ["active", "unknown_card", "router_unreachable"]
    assert [verdict["source"] for verdict in verdicts] == ["cache", "cache", "router"]
    assert 3600 <= verdicts[0]["age_s"] < 3700
