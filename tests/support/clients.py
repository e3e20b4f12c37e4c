"""One client for each kind of caller of the application, and the list of all its routes."""

from __future__ import annotations

from functools import wraps
from typing import TYPE_CHECKING, Any

from werkzeug.exceptions import MethodNotAllowed
from werkzeug.routing import IntegerConverter

from tests.support.app_factory import PASSWORD
from validator.http.access import level_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from flask import Flask
    from flask.testing import FlaskClient
    from werkzeug.routing import Rule

METHODS = ("GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE", "TRACE", "BREW")


def level_name(view: Callable[..., object]) -> str:
    """The access level of a view: one word."""
    return level_of(view).name.lower()


def command(app: Flask, *args: str, given: str = "") -> str:
    """Run one of the application's commands; return its output."""
    ran = app.test_cli_runner().invoke(args=list(args), input=given)
    assert ran.exit_code == 0, ran.output
    return ran.output


def signed_in(app: Flask, name: str, role: str) -> FlaskClient:
    """A browser in which this new person has signed in."""
    command(app, "user", "add", name, "--role", role, given=f"{PASSWORD}\n")
    client = app.test_client()
    answer = client.post("/login", data={"username": name, "password": PASSWORD})
    assert answer.status_code == 302, answer.text
    return client


def with_token(app: Flask, token: str) -> FlaskClient:
    """A client that sends this device token."""
    client = app.test_client()
    client.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {token}"
    return client


def one_client_each(app: Flask) -> dict[str, FlaskClient]:
    """A client for each row of the table in test_walk.py."""
    actors = {"anonymous": app.test_client()}
    actors["staff"] = signed_in(app, "sara", "staff")
    actors["manager"] = signed_in(app, "mia", "manager")
    actors["kiosk"] = signed_in(app, "karl", "manager")
    assert actors["kiosk"].post("/kiosk/lock", data={"password": PASSWORD}).status_code == 302
    actors["device"] = with_token(app, command(app, "device", "add", "till").split()[-1])
    actors["revoked device"] = with_token(app, command(app, "device", "add", "stolen").split()[-1])
    command(app, "device", "revoke", "stolen")
    actors["guessed token"] = with_token(app, "escv_" + "A" * 43)
    actors["disabled person"] = signed_in(app, "dana", "manager")
    command(app, "user", "disable", "dana")
    actors["signed out"] = client_with_ended_session(app)
    return actors


def client_with_ended_session(app: Flask) -> FlaskClient:
    """A client with a copied session cookie whose owner has signed out."""
    owner, thief = signed_in(app, "ole", "manager"), app.test_client()
    name = app.config["SESSION_COOKIE_NAME"]
    cookie = owner.get_cookie(name)
    assert cookie
    thief.set_cookie(name, cookie.value)
    assert owner.post("/logout").status_code == 302
    return thief


def address_of(app: Flask, rule: Rule) -> str:
    """The address of a rule, with harmless values in its variable parts."""
    converters = rule._converters
    values = {name: 1 if isinstance(converters[name], IntegerConverter) else "x" for name in rule.arguments}
    with app.test_request_context():
        return app.url_map.bind("localhost").build(rule.endpoint, values)


def every_route(app: Flask) -> Iterator[tuple[str, str, str | None]]:
    """Every method on every address, with the endpoint that answers; None where that method is not served."""
    adapter = app.url_map.bind("localhost")
    for address in sorted(
        {address_of(app, rule) for rule in app.url_map.iter_rules() if not rule.build_only}
    ):
        for method in METHODS:
            try:
                yield method, address, adapter.match(address, method=method)[0]
            except MethodNotAllowed:
                yield method, address, None


def replace_views(app: Flask, answer: Callable[[], object]) -> None:
    """Replace every view by one that gives this answer; access levels stay as marked."""

    def replaced(view: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(view)
        def fixed_answer(**_parts: object) -> Any:
            return answer()

        return fixed_answer

    for endpoint, view in app.view_functions.items():
        app.view_functions[endpoint] = replaced(view)
