"""GET /api/v1/offline-pack: a card checked at one till is known on every device that gets its number."""

from __future__ import annotations

import base64
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from tests.support.app_factory import close, make_app
from tests.support.cards import ANNA, BRUNO, CLARA, NOT_FOUND, status_v2
from tests.support.polling import wait_for
from validator.offline.pack_rows import HOUR_S, ID_BYTES, Body, derive_row_key, read_body, unseal

if TYPE_CHECKING:
    from pathlib import Path
    from typing import Any

    from flask import Flask
    from flask.testing import FlaskClient
    from pytest_httpserver import HTTPServer

PACK = "/api/v1/offline-pack"
STATUS = "/esc-rest/api/v2/cards/{}/status"


def check(client: FlaskClient, number: str, **headers: str) -> None:
    """Sara checks a card at her till."""
    assert client.post("/api/v1/validations", json={"input": number}, headers=headers).status_code == 200


def since(cursor: str) -> dict[str, str]:
    """What the scripts of now send."""
    return {"format": "2", "since": cursor}


def cut(pack: dict[str, Any]) -> dict[int, list[bytes]]:
    """The rows by their salt."""
    found = {}
    for salt, text in pack["sealed"].items():
        data, each = base64.b64decode(text), pack["row_bytes"]
        found[int(salt)] = [data[at : at + each] for at in range(0, len(data), each)]
    return found


def said(pack: dict[str, Any], number: str) -> Body | None:
    """What the pack says of this card, found and opened as a device does."""
    for salt in pack["salts"]:
        key = derive_row_key(number, base64.urlsafe_b64decode(salt["salt"] + "=="), salt["rounds"])
        for row in cut(pack).get(salt["id"], []):
            if row[:ID_BYTES] == key.id:
                return read_body(unseal(key, row[ID_BYTES:]) or b"")
    return None


def rows_of(app: Flask) -> int:
    """How many rows are written by now."""
    page = app.extensions["validator"].pack.changes_since("")
    return int(sum(len(text) for text in page.sealed.values()) * 3 // 4 // page.row_bytes)


@pytest.fixture(name="seen")
def _seen(app: Flask, httpserver: HTTPServer, sara: FlaskClient) -> None:
    """Two cards that Sara has checked: Anna's is active, Bruno's is not registered."""
    httpserver.expect_request(STATUS.format(ANNA)).respond_with_json(status_v2(ANNA))
    httpserver.expect_request(STATUS.format(BRUNO)).respond_with_json(NOT_FOUND, status=404)
    check(sara, ANNA)
    check(sara, BRUNO)
    wait_for(lambda: rows_of(app) == 2)


@pytest.mark.usefixtures("seen")
def test_a_card_seen_at_one_till_is_known_to_another_device(
    anonymous: FlaskClient, till: dict[str, str]
) -> None:
    """The device finds the row from the number, opens it with the number, and reads Sara's verdict."""
    pack = anonymous.get(PACK, headers=till).get_json()

    anna, bruno = said(pack, ANNA), said(pack, BRUNO)
    assert anna
    assert bruno
    assert (anna.reason, str(anna.last_day), anna.issuer_pic) == ("active", "2099-12-31", "000000001")
    assert anna.issuer_name == "Université de Saint-Valentin"
    assert (bruno.reason, bruno.last_day, bruno.issuer_pic) == ("unknown_card", None, None)
    now = datetime.now(UTC).timestamp()
    assert now - HOUR_S - 60 < anna.hour * HOUR_S <= now
    assert anna.end - anna.hour * HOUR_S == 604_800
    assert said(pack, CLARA) is None
    assert [pack[name] for name in ("format", "reset", "more", "max_cards", "max_age_s")] == [
        2,
        True,
        False,
        50_000,
        604_800,
    ]


@pytest.mark.usefixtures("seen")
def test_a_captured_pack_says_nothing_without_a_number(app: Flask, sara: FlaskClient) -> None:
    """No number, name, issuer, reason or time is in it, nor in its rows, whose bytes look like chance."""
    found = sara.get(PACK)
    pack = found.get_json()
    text = found.text + "".join(row.decode("latin-1") for rows in cut(pack).values() for row in rows)

    for word in (
        ANNA,
        BRUNO,
        ANNA[:4] + "…",
        "Anna",
        "Saint-Valentin",
        "000000001",
        "active",
        "unknown_card",
    ):
        assert word not in text
    hours = {int(datetime.now(UTC).timestamp()) // HOUR_S - back for back in (0, 1)}
    for row in (row for rows in cut(pack).values() for row in rows):
        assert not [hour for hour in hours if hour.to_bytes(4, "big") in row]
    # Plain fields: the server's time, and the end of each salt's week.
    (salt,) = pack["salts"]
    assert set(salt) == {"id", "salt", "rounds", "ends_at"}
    assert salt["ends_at"] % 86_400 == 0
    kept = {path.name: path.read_bytes() for path in app.extensions["validator"].settings.data_dir.iterdir()}
    assert not [name for name, data in kept.items() if ANNA.encode() in data]
    assert not [name for name in kept if name.startswith("pack") and b"Saint-Valentin" in kept[name]]


@pytest.mark.usefixtures("seen")
def test_the_next_sync_costs_only_what_changed(
    sara: FlaskClient, anonymous: FlaskClient, till: dict[str, str]
) -> None:
    """A sync without news has some hundred bytes, independent of who made the first sync."""
    cursor = sara.get(PACK).get_json()["cursor"]

    again = anonymous.get(PACK, query_string=since(cursor), headers=till)

    assert again.get_json()["sealed"] == {}
    assert again.get_json()["cursor"] == cursor
    assert again.get_json()["reset"] is False
    assert len(again.data) < 500


@pytest.mark.usefixtures("seen")
def test_scripts_of_the_earlier_format_read_a_pack_without_rows(sara: FlaskClient) -> None:
    """They drop their pack. The answer contains no key: the value in its place opens nothing."""
    earlier = {"since": "0123456789abcdef-0123456789abcdef.5"}
    pack = sara.get(PACK, query_string=earlier).get_json()

    assert [pack[name] for name in ("reset", "rows", "issuers")] == [True, [], {}]
    assert (pack["key"], pack["key_id"]) == ("A" * 43, "none")
    assert said(pack, ANNA)
    for now in (sara.get(PACK), sara.get(PACK, query_string=since(""))):
        assert not {"key", "key_id", "rows", "issuers"} & set(now.get_json())


def test_strangers_get_no_pack(anonymous: FlaskClient) -> None:
    """Without a session or a token there is no salt and no row."""
    assert anonymous.get(PACK).status_code == 401
    assert anonymous.get(PACK, headers={"Authorization": "Bearer escv_" + "x" * 43}).status_code == 401


@pytest.mark.usefixtures("seen")
def test_a_large_sync_is_on_the_record(
    app: Flask, sara: FlaskClient, anonymous: FlaskClient, till: dict[str, str]
) -> None:
    """Who began it and when; a sync of what changed is not."""
    cursor = anonymous.get(PACK, headers=till).get_json()["cursor"]
    anonymous.get(PACK, query_string=since(cursor), headers=till)
    sara.get(PACK, query_string=since("rubbish"))

    entries = app.extensions["validator"].audit_log.latest(10, "pack")

    assert [(one.kind, one.name, one.word) for one in entries] == [
        ("person", "sara", "full_sync"),
        ("device", "till", "full_sync"),
    ]
    assert app.test_cli_runner().invoke(args=["log", "verify"]).exit_code == 0


@pytest.mark.usefixtures("seen")
@pytest.mark.parametrize("cursor", ["x" * 1500, "%00", "1.1", "…"])
def test_an_odd_cursor_is_answered_with_everything(sara: FlaskClient, cursor: str) -> None:
    """It costs the caller a whole pack and us nothing."""
    pack = sara.get(PACK, query_string=since(cursor)).get_json()

    assert (sum(map(len, cut(pack).values())), pack["reset"]) == (2, True)


def test_a_file_that_fails_is_said_to_fail(app: Flask, sara: FlaskClient) -> None:
    """503 and when to come back: a device keeps what it has."""
    app.extensions["validator"].pack.store.close()

    answer = sara.get(PACK)

    assert (answer.status_code, answer.get_json()["code"]) == (503, "memory_unavailable")
    assert "Retry-After" in answer.headers


class Site:
    """An application of its own with Anna's card checked by its till."""

    def __init__(self, folder: Path, router: HTTPServer, **changes: str) -> None:
        router.expect_request(STATUS.format(ANNA)).respond_with_json(status_v2(ANNA))
        self.app = make_app(folder, router.url_for("").rstrip("/"), **changes)
        made = self.app.test_cli_runner().invoke(args=["device", "add", "till"])
        self.till = {"Authorization": f"Bearer {made.output.split()[-1]}"}
        self.client = self.app.test_client()
        check(self.client, ANNA, **self.till)


def test_a_site_may_give_no_pack(tmp_path: Path, httpserver: HTTPServer) -> None:
    """With 0 cards nothing is given, and nothing is kept for it either."""
    site = Site(tmp_path / "none", httpserver, pack_cards="0")

    pack = site.client.get(PACK, headers=site.till).get_json()

    assert [pack[name] for name in ("sealed", "salts", "reset", "max_cards", "cursor")] == [
        {},
        [],
        True,
        0,
        "",
    ]
    assert not list((tmp_path / "none").glob("pack.sqlite*"))
    close(site.app)


@pytest.mark.parametrize(("given", "salts"), [("staff,manager,kiosk", 0), ("device", 1)])
def test_a_site_says_who_may_have_the_pack(
    tmp_path: Path, httpserver: HTTPServer, given: str, salts: int
) -> None:
    """A device without permission must drop its pack; this does not count as a large sync."""
    site = Site(tmp_path / "some", httpserver, pack_for=given)

    pack = site.client.get(PACK, headers=site.till).get_json()

    assert (len(pack["salts"]), pack["reset"], bool(pack["cursor"])) == (salts, True, bool(salts))
    assert len(site.app.extensions["validator"].audit_log.latest(10, "pack")) == salts
    close(site.app)


def test_another_routers_pack_is_not_given(tmp_path: Path, httpserver: HTTPServer) -> None:
    """Its rows are dropped at the start, and a device that had them drops them with its next sync."""
    site = Site(tmp_path / "two", httpserver)
    wait_for(lambda: rows_of(site.app) == 1)
    cursor = site.client.get(PACK, headers=site.till).get_json()["cursor"]
    close(site.app)

    app = make_app(tmp_path / "two", "http://127.0.0.1:9")
    pack = app.test_client().get(PACK, query_string=since(cursor), headers=site.till).get_json()

    assert (pack["reset"], pack["sealed"], said(pack, ANNA)) == (True, {}, None)
    close(app)
