"""Another Router's address, another memory: no answer of the one before is ever given."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any
from uuid import UUID

import pytest
from pytest_httpserver import HTTPServer

from tests.support.app_factory import close, make_app, make_settings
from tests.support.cards import ANNA, NOT_FOUND, status_v2

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from flask import Flask

VALIDATIONS, LATE = "/api/v1/validations", "/api/v1/late-checks"
STATUS = f"/esc-rest/api/v2/cards/{ANNA}/status"


@pytest.fixture(name="production")
def _production() -> Iterator[HTTPServer]:
    """A second Router, which does not know the sandbox's cards."""
    server = HTTPServer(host="127.0.0.1")
    server.start()
    server.expect_request(STATUS).respond_with_json(NOT_FOUND, status=404)
    yield server
    server.stop()


@pytest.fixture(name="sandbox")
def _sandbox(httpserver: HTTPServer) -> HTTPServer:
    """A Router that knows Anna's card."""
    httpserver.expect_request(STATUS).respond_with_json(status_v2(ANNA))
    return httpserver


def app_at(folder: Path, router: HTTPServer, **changes: str) -> Flask:
    """The application with this Router; answers serve for an hour without asking."""
    return make_app(
        folder, router.url_for("").rstrip("/"), fresh_s="3600", fresh_not_valid_s="3600", **changes
    )


class Till:
    """One till at one application."""

    def __init__(self, app: Flask, token: str = "") -> None:
        self.app = app
        self.client = app.test_client()
        made = token or app.test_cli_runner().invoke(args=["device", "add", "till"]).output.split()[-1]
        self.token = made
        self.headers = {"Authorization": f"Bearer {made}"}

    def check(self) -> dict[str, Any]:
        """What is said of Anna's card."""
        return dict(self.client.post(VALIDATIONS, json={"input": ANNA}, headers=self.headers).get_json())

    def deliver(self, made_at: str) -> dict[str, Any]:
        """What becomes of one late check of Anna's card."""
        check = {"id": str(UUID(int=7)), "input": ANNA, "made_at": made_at}
        check["shown"] = {"outcome": "valid", "reason": "active"}  # type: ignore[assignment]  # JSON
        answer = self.client.post(LATE, json={"checks": [check]}, headers=self.headers).get_json()
        return dict(answer["results"][0])


def dropped(said: str) -> list[dict[str, Any]]:
    """The log lines about dropped answers."""
    lines = [json.loads(line) for line in said.splitlines() if line.startswith("{")]
    return [line for line in lines if line["event"] == "remembered_answers_dropped"]


def test_answers_of_the_previous_router_are_never_served(
    tmp_path: Path, sandbox: HTTPServer, production: HTTPServer, capsys: pytest.CaptureFixture[str]
) -> None:
    """Sandbox to production: the card is checked again, also if production fails; one log line reports it."""
    before = Till(app_at(tmp_path, sandbox))
    assert before.check()["outcome"] == "valid"
    close(before.app)
    capsys.readouterr()

    till = Till(app_at(tmp_path, production), before.token)
    (line,) = dropped(capsys.readouterr().err)
    assert line["count"] == 1
    assert (till.check()["reason"], till.check()["source"]) == ("unknown_card", "cache")
    close(till.app)

    again = Till(app_at(tmp_path, production), before.token)
    assert dropped(capsys.readouterr().err) == []
    assert again.check()["source"] == "cache"
    close(again.app)


def test_a_router_that_fails_is_not_stood_in_for_by_another(
    tmp_path: Path, sandbox: HTTPServer, production: HTTPServer
) -> None:
    """The new Router's failure is COULD NOT CHECK."""
    before = Till(app_at(tmp_path, sandbox))
    assert before.check()["outcome"] == "valid"
    close(before.app)
    production.clear()
    production.expect_request(STATUS).respond_with_json({}, status=503)

    till = Till(app_at(tmp_path, production), before.token)

    assert till.check()["outcome"] == "could_not_check"
    close(till.app)


def test_two_processes_with_different_routers_never_give_each_others_answers(
    tmp_path: Path, sandbox: HTTPServer, production: HTTPServer
) -> None:
    """By mistake both write to one folder; each finds only the answers of its own Router."""
    one = Till(app_at(tmp_path, sandbox))
    other = Till(app_at(tmp_path, production), one.token)

    said = [(one.check()["reason"], other.check()["reason"]) for _ in range(3)]

    assert said == [("active", "unknown_card")] * 3
    close(one.app)
    close(other.app)


def test_a_late_check_delivered_again_is_not_told_another_routers_answer(
    tmp_path: Path, sandbox: HTTPServer, production: HTTPServer
) -> None:
    """The device would remember it. The delivery ends, and the record of the first one stays."""
    before = Till(app_at(tmp_path, sandbox))
    made_at = before.check()["checked_at"]
    assert before.deliver(made_at)["state"] == "answered"
    assert before.deliver(made_at)["state"] == "answered"
    close(before.app)

    till = Till(app_at(tmp_path, production), before.token)
    answer = till.deliver(made_at)

    assert (answer["state"], answer["verdict"]) == ("expired", None)
    close(till.app)


def test_a_command_with_other_settings_does_not_empty_the_memory(
    tmp_path: Path, sandbox: HTTPServer, production: HTTPServer
) -> None:
    """Only a server that starts drops what another Router said."""
    import click  # noqa: PLC0415 - a command is about to run
    from flask.cli import FlaskGroup  # noqa: PLC0415 - as above

    till = Till(app_at(tmp_path, sandbox))
    assert till.check()["outcome"] == "valid"
    with click.Context(FlaskGroup()):
        close(app_at(tmp_path, production))

    assert till.check()["source"] == "cache"
    close(till.app)


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("https://router.example", "https://router.example:443", True),
        ("https://router.example", "https://ROUTER.example/", True),
        ("http://127.0.0.1:80/a", "http://127.0.0.1/a/", True),
        ("https://router.example", "https://sandbox.router.example", False),
        ("https://router.example", "https://router.example:8443", False),
        ("https://router.example", "https://router.example/sandbox", False),
        ("https://localhost:9", "http://localhost:9", False),
        ("http://[::1]:9", "http://127.0.0.1:9", False),
    ],
)
def test_a_router_is_its_address_however_it_is_written(
    tmp_path: Path, one: str, other: str, *, same: bool
) -> None:
    """Scheme, host, port and path make another Router."""
    names = [make_settings(tmp_path, url).router_config.identity for url in (one, other)]

    assert (names[0] == names[1]) is same


def test_neither_token_nor_endpoints_make_another_router(tmp_path: Path) -> None:
    """A new token or another order of asking forgets nothing."""
    url = "https://router.example"
    plain = make_settings(tmp_path, url).router_config
    other = make_settings(tmp_path, url, router_token="t" * 20, router_endpoints="verifier").router_config

    assert plain.identity == other.identity
