"""Whole numbers from outside are bounded: no number in any field causes a server error."""

from __future__ import annotations

import ast
import json
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeGuard

import click
import pytest
from werkzeug.routing import IntegerConverter

import validator
from tests.support.app_factory import PASSWORD, close, make_app
from tests.support.cards import ANNA
from tests.support.clients import signed_in
from validator.database import row_number

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flask import Flask
    from flask.testing import FlaskClient
    from werkzeug.routing import Rule

ODD = [
    "-1", "0", str(2**31), str(2**63), str(2**64), str(10**30), "9" * 5_000, "1e400", "NaN", "1_000", " 7 ",
    "٣", "\uff11\uff12", "²", "0x10", "7.5",
]  # fmt: skip
NUMBERS = [-1, 2**31, 2**63, 2**64, 10**30, 1e308, True]
WHAT = ("form", "args", "values")
SOURCES = sorted(Path(validator.__file__).parent.rglob("*.py"))
CHECK = {
    "id": "6f1f3c52-5a3e-4a53-8f0e-3d1a2b4c5d6e",
    "input": ANNA,
    "made_at": datetime(2026, 11, 24, tzinfo=UTC).isoformat(),
    "shown": {"outcome": "could_not_check", "reason": "device_offline"},
}
BODIES: list[dict[str, Any]] = [{"input": ANNA}, {"inputs": [ANNA]}, {"checks": [CHECK]}]


@pytest.fixture(name="app_and_clients", scope="module")
def _app_and_clients(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """An application with all its pages, the demo's too."""
    app = make_app(tmp_path_factory.mktemp("numbers") / "data", "http://127.0.0.1:9", demo="1")
    app.testing = False
    yield app
    close(app)


@pytest.fixture(name="manager", scope="module")
def _manager(app_and_clients: Flask) -> FlaskClient:
    return signed_in(app_and_clients, "mia", "manager")


def fields() -> set[str]:
    """The names of all fields that the product reads from forms and addresses."""
    found = set()
    for call in (node for source in SOURCES for node in ast.walk(ast.parse(source.read_text()))):
        if is_reading(call) and isinstance(call.args[0], ast.Constant):
            found.add(str(call.args[0].value))
    return found


def is_reading(node: ast.AST) -> TypeGuard[ast.Call]:
    """Whether this is `request.form.get(…)` or one of its kind."""
    return (
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in {"get", "getlist"}
        and ast.unparse(node.func.value) in {f"request.{what}" for what in WHAT}
    )


def addresses(app: Flask, odd: str) -> Iterator[tuple[str, str]]:
    """Every method and address but those that end the session, with this in each part that varies."""
    adapter = app.url_map.bind("localhost")
    for rule in app.url_map.iter_rules():
        if rule.endpoint != "accounts.logout" and not rule.build_only:
            for method in sorted((rule.methods or set()) & {"GET", "POST", "PUT", "DELETE"}):
                yield method, adapter.build(rule.endpoint, parts(rule, odd), append_unknown=False)


def parts(rule: Rule, odd: str) -> dict[str, object]:
    """A value for each part; a whole number where only one is taken."""
    whole = int(odd) if odd.isascii() and odd.isdigit() and len(odd) < 40 else 7
    return {
        name: whole if isinstance(rule._converters[name], IntegerConverter) else odd
        for name in rule.arguments
    }


@pytest.mark.parametrize("odd", ODD, ids=lambda odd: odd[:24])
def test_no_number_in_any_field_breaks_any_page(
    app_and_clients: Flask, manager: FlaskClient, odd: str
) -> None:
    """In the address, in the query and in the form, whatever the page reads of them."""
    named = dict.fromkeys(fields() - {"password", "code"}, odd)
    for method, address in addresses(app_and_clients, odd):
        data = named if method != "GET" else None
        answer = manager.open(address, method=method, query_string=named, data=data)

        assert answer.status_code < 500, (method, address, odd)
    assert manager.get("/api/v1/me").status_code == 200


def variants(body: Any, value: object) -> Iterator[Any]:
    """The body with this value in place of each of its parts, one at a time."""
    yield value
    if isinstance(body, dict):
        for key, part in body.items():
            yield from (body | {key: other} for other in variants(part, value))
    if isinstance(body, list):
        yield from ([other] for other in variants(body[0], value))


@pytest.mark.parametrize("value", [*ODD, *NUMBERS], ids=lambda value: str(value)[:24])
def test_no_number_in_any_json_breaks_the_api(
    app_and_clients: Flask, manager: FlaskClient, value: object
) -> None:
    """In place of each text, each list and each object."""
    for rule in app_and_clients.url_map.iter_rules():
        if rule.rule.startswith("/api/") and "POST" in (rule.methods or ()):
            for body in (other for known in BODIES for other in variants(known, value)):
                answer = manager.post(rule.rule, data=json.dumps(body), content_type="application/json")

                assert answer.status_code < 500 or answer.get_json()["code"] != "internal_error", body


@pytest.mark.parametrize(
    "made_at",
    ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00", "10000-01-01T00:00:00Z", "-1", "1e30"],
)
def test_no_time_breaks_a_deferred_check(manager: FlaskClient, made_at: str) -> None:
    """At the ends of the calendar, and beyond."""
    answer = manager.post("/api/v1/late-checks", json={"checks": [CHECK | {"made_at": made_at}]})

    assert answer.status_code in {200, 400, 422}


def test_a_picture_field_that_holds_a_number_breaks_nothing(manager: FlaskClient) -> None:
    """A text or an empty file where a picture is expected."""
    for odd in ODD:
        assert manager.post("/api/v1/scans", data={"image": odd}).status_code < 500
        picture = (BytesIO(odd.encode()), odd[:20])
        assert manager.post("/api/v1/scans", data={"image": picture}).status_code < 500


def test_numbers_are_read_in_one_way_only() -> None:
    """`type=int` takes what no column holds, and figures of any script: `row_number` does not."""
    reads = [
        (source.name, ast.unparse(node))
        for source in SOURCES
        for node in ast.walk(ast.parse(source.read_text()))
        if is_reading(node) and any(ast.unparse(word) in {"type=int", "type=float"} for word in node.keywords)
    ]

    assert reads == []


@pytest.mark.parametrize("odd", [odd for odd in ODD if odd != "0"] + ["", "0", "00", "\ud800", str(2**31)])
def test_only_numbers_that_a_column_holds_are_rows(odd: str) -> None:
    """PostgreSQL's INTEGER has 32 bits, and so have our rows everywhere."""
    with pytest.raises(ValueError, match="no number of a row"):
        row_number(odd)


def test_the_numbers_of_rows_are_read() -> None:
    """From the first to the last."""
    assert [row_number(text) for text in ("1", "42", str(2**31 - 1))] == [1, 42, 2**31 - 1]


def options(app: Flask) -> list[tuple[str, click.Option]]:
    """All options of our commands that take a number."""
    return [
        (" ".join(path), option)
        for path, command in commands(app.cli)
        for option in command.params
        if isinstance(option, click.Option)
        and isinstance(option.type, (click.types.IntParamType, click.types.FloatParamType))
    ]


def commands(
    group: click.Group, before: tuple[str, ...] = ()
) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    """All of our commands with their names."""
    for name, command in group.commands.items():
        if isinstance(command, click.Group):
            yield from commands(command, (*before, name))
        elif command.callback is not None and command.callback.__module__.startswith("validator"):
            yield (*before, name), command


def test_numbers_of_commands_are_bounded(app_and_clients: Flask) -> None:
    """Each says between which it must be, and nothing else is taken."""
    found = options(app_and_clients)
    assert found
    for path, option in found:
        assert isinstance(option.type, click.IntRange), path
        assert option.type.min is not None, path
        assert option.type.max is not None, path
        for odd in [odd for odd in ODD if odd not in {"1_000", " 7 ", "٣", "\uff11\uff12"}]:
            ran = app_and_clients.test_cli_runner().invoke(args=[*path.split(), option.opts[0], odd])
            assert ran.exit_code == 2, (path, odd, ran.output)


def test_these_requests_leave_the_account_unchanged(app_and_clients: Flask, manager: FlaskClient) -> None:
    """The password is the one from before, so no odd number was taken for one."""
    client = app_and_clients.test_client()

    assert manager.get("/api/v1/me").get_json()["name"] == "mia"
    assert client.post("/login", data={"username": "mia", "password": PASSWORD}).status_code == 302
