"""Reading changes nothing: every client fetches every address, and tables and files stay the same."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from tests.support.app_factory import close, make_app
from tests.support.cards import ANNA, status_v2
from tests.support.clients import every_route, one_client_each
from tests.support.polling import wait_for

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from flask import Flask
    from flask.testing import FlaskClient
    from pytest_httpserver import HTTPServer

# Columns with the time of last use are written by requests; that is their purpose.
SEEN = ("last_used", "last_seen", "seen_at", "used_at", "used_on")
SQLITE = b"SQLite format 3\0"


@pytest.fixture(name="app_and_clients")
def _app_and_clients(tmp_path: Path, httpserver: HTTPServer) -> Iterator[Flask]:
    """A site with people, devices, a remembered answer and a late check."""
    httpserver.expect_request(f"/esc-rest/api/v2/cards/{ANNA}/status").respond_with_json(status_v2(ANNA))
    app = make_app(tmp_path / "data", httpserver.url_for("").rstrip("/"), demo="1")
    yield app
    close(app)


def kept(folder: Path) -> dict[str, object]:
    """Everything in the data folder: each table's rows, and the bytes of every file that is no database."""
    found: dict[str, object] = {}
    for path in sorted(folder.rglob("*")):
        if not path.is_file() or path.name.endswith(("-wal", "-shm")):
            continue
        data = path.read_bytes()
        found[path.name] = rows(path) if data.startswith(SQLITE) else data
    return found


def rows(path: Path) -> dict[str, list[object]]:
    """All rows of all tables, less the columns of when something was last seen."""
    with closing(sqlite3.connect(path)) as database:
        names = [name for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        found: dict[str, list[object]] = {}
        for name in names:
            cursor = database.execute(f'SELECT * FROM "{name}"')  # noqa: S608 - names from the database itself
            columns = [column[0] for column in cursor.description]
            stay = [place for place, column in enumerate(columns) if not column.endswith(SEEN)]
            found[name] = sorted((repr([row[place] for place in stay]) for row in cursor), key=str)
    return found


def use(client: FlaskClient, app_and_clients: Flask) -> None:
    """Create one record of every kind that a read could change, including a row in the devices' pack."""
    assert client.post("/api/v1/validations", json={"input": ANNA}).get_json()["outcome"] == "valid"
    wait_for(lambda: bool(app_and_clients.extensions["validator"].pack.contents_of(ANNA)))


def without_record(found: dict[str, object]) -> dict[str, object]:
    """The same without the check log, which says who fetched the whole pack and when."""
    tables = found["validator.sqlite"]
    assert isinstance(tables, dict)
    return found | {
        "validator.sqlite": {name: rows for name, rows in tables.items() if "check_log" not in name}
    }


def test_reading_changes_nothing(app_and_clients: Flask, tmp_path: Path) -> None:
    """GET and HEAD on every address, by every client: links and pictures on other sites cannot change data.

    Where this fails for a new page: what changes something is a POST, and gets a form with a button.
    """
    actors = one_client_each(app_and_clients)
    use(actors["manager"], app_and_clients)
    for client in actors.values():
        client.get("/guide")
    before = kept(tmp_path / "data")
    assert (
        sum(len(table) for found in before.values() if isinstance(found, dict) for table in found.values())
        > 5
    )

    for who, client in actors.items():
        for method, address, endpoint in every_route(app_and_clients):
            if endpoint and method in {"GET", "HEAD"}:
                client.open(address, method=method)
                if endpoint == "api.offline_pack":
                    assert without_record(kept(tmp_path / "data")) == without_record(before)
                    before = kept(tmp_path / "data")
                assert kept(tmp_path / "data") == before, f"{method} {address} by {who} changed what is kept"
