"""The whole URL map × every kind of client × every method: each route gives what its access level demands."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.support.app_factory import close, make_app
from tests.support.clients import every_route, level_name, one_client_each, replace_views

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from flask import Flask
    from flask.testing import FlaskClient
    from werkzeug.test import TestResponse

# Who comes × how the view is marked. closed: sent to sign in, or 401 for a program; away: a kiosk is sent to
# sign in, or 403 for its scripts; forbidden: 403 for pages and scripts.
TABLE = """
                   public   kiosk    signed_in  people      manager
  anonymous        served   closed   closed     closed      closed
  staff            served   served   served     served      forbidden
  manager          served   served   served     served      served
  kiosk            served   served   away       away        away
  device           served   served   served     forbidden   forbidden
  revoked device   served   closed   closed     closed      closed
  guessed token    served   closed   closed     closed      closed
  disabled person  served   closed   closed     closed      closed
  signed out       served   closed   closed     closed      closed
"""
FIX = """
{method} {address} ({endpoint}, open to: {mark}) gave {actor} “{found}”, and the table says “{expected}”.
Where the address is new: give its view a level, @access(Access.PUBLIC, why="…"), KIOSK, SIGNED_IN, PEOPLE or
MANAGER, and list it in tests/meta/test_routes.py. Where it is not, the gate in
validator/http/access.py or the end of sessions has changed: look there, not at this table."""


def expectations() -> dict[str, dict[str, str]]:
    """The table by row and column."""
    head, *rows = [line.strip() for line in TABLE.strip("\n").splitlines()]
    marks = head.split()
    return {
        row.rsplit(maxsplit=len(marks))[0]: dict(zip(marks, row.rsplit(maxsplit=len(marks))[1:], strict=True))
        for row in rows
    }


EXPECTED = expectations()


@pytest.fixture(name="app_and_clients", scope="module")
def _app_and_clients(
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[tuple[Flask, dict[str, FlaskClient]]]:
    """An application with all blueprints, also the demo's; its views only report that they were reached."""
    folder: Path = tmp_path_factory.mktemp("walk")
    app = make_app(folder / "data", "http://127.0.0.1:9", demo="1")
    actors = one_client_each(app)
    replace_views(app, lambda: "reached")
    yield app, actors
    close(app)


def found(answer: TestResponse, *, is_program: bool) -> str:
    """What became of a request, in the table's words; a status that has no word stands as it is."""
    to_sign_in = answer.status_code == 302 and answer.headers["Location"].startswith("/login")
    words = {200: "served", 401: "closed" if is_program else "401", 403: "forbidden", 405: "no method"}
    return "closed" if to_sign_in and not is_program else words.get(answer.status_code, answer.status)


def expected(actor: str, mark: str | None, *, is_program: bool) -> str:
    """The table's value, with “away” resolved for pages and programs."""
    word = EXPECTED[actor][mark] if mark else "no method"
    return {"away": "forbidden" if is_program else "closed"}.get(word, word)


@pytest.mark.parametrize("actor", EXPECTED)
def test_every_route_obeys_its_access_level(
    app_and_clients: tuple[Flask, dict[str, FlaskClient]], actor: str
) -> None:
    """Each method on each address, the ones that are not served included."""
    app, actors = app_and_clients
    client = actors[actor]
    brings_token = "HTTP_AUTHORIZATION" in client.environ_base
    ways = list(every_route(app))
    assert len(ways) > 150

    for method, address, endpoint in ways:
        mark = level_name(app.view_functions[endpoint]) if endpoint else None
        is_program = brings_token or address.startswith("/api/")
        case = {"method": method, "address": address, "endpoint": endpoint, "mark": mark, "actor": actor}
        ended = found(client.open(address, method=method), is_program=is_program)
        should = expected(actor, mark, is_program=is_program)

        assert ended == should, FIX.format(**case, found=ended, expected=should)


# What the browser says of where a request comes from × whether a change may be made.
SITES = {
    ("same-origin", None): True,
    ("none", None): True,
    ("same-origin", "https://evil.example"): True,  # the browser's own word decides
    (None, None): True,  # no browser
    (None, "http://localhost"): True,
    ("cross-site", None): False,
    ("cross-site", "http://localhost"): False,
    ("same-site", "http://localhost"): False,
    ("same-site", None): False,
    ("", "http://localhost"): False,
    (None, "https://evil.example"): False,
    (None, "http://localhost:8001"): False,
    (None, "http://localhost.evil.example"): False,
    (None, "null"): False,
    (None, ""): False,
}


@pytest.mark.parametrize(("site", "origin"), SITES)
@pytest.mark.parametrize("actor", ["anonymous", "manager"])
def test_no_other_site_can_make_a_browser_act(
    app_and_clients: tuple[Flask, dict[str, FlaskClient]], site: str | None, origin: str | None, actor: str
) -> None:
    """Every unsafe method on every address, served or not, public or not, is refused."""
    app, actors = app_and_clients
    given = {"Sec-Fetch-Site": site, "Origin": origin}
    headers = {name: value for name, value in given.items() if value is not None}
    for method, address, _ in every_route(app):
        is_safe = method in {"GET", "HEAD", "OPTIONS"}
        answer = actors[actor].open(address, method=method, headers=headers)
        is_refused = answer.status_code == 403 and "not sent from a page of this service" in answer.text
        should = not (is_safe or SITES[site, origin])
        # A manager may use every route, and an anonymous client gets 401 or a redirect: a 403 is this rule's.
        assert is_refused == should, f"{method} {address} from {headers}: refused is {is_refused}"
