"""Shared fixtures: a Router over a real socket and an application that calls it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from argon2 import PasswordHasher
from hypothesis import Phase, settings

from tests.support.app_factory import PASSWORD, close, make_app
from validator.accounts import passwords

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from flask import Flask
    from flask.testing import FlaskClient
    from pytest_httpserver import HTTPServer

# No deadline for examples: their time depends on the machine's load.
settings.register_profile("project", parent=settings.default, deadline=None)
# Mutation tests only need to know whether a test fails: no shrinking, no database, fixed examples.
settings.register_profile(
    "mutants", database=None, derandomize=True, phases=[Phase.explicit, Phase.generate], deadline=None
)
settings.load_profile("project")


@pytest.fixture(scope="session", autouse=True)
def _cheap_hashes() -> Iterator[None]:
    """With production parameters a hash takes 32 MiB and 50 ms, and a thousand tests sign in."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(passwords, "HASHER", PasswordHasher(time_cost=1, memory_cost=64, parallelism=1))
        yield


@pytest.fixture(name="app")
def _app(tmp_path: Path, httpserver: HTTPServer) -> Iterator[Flask]:
    app = make_app(tmp_path / "data", httpserver.url_for("").rstrip("/"))
    yield app
    close(app)


@pytest.fixture(name="anonymous")
def _anonymous(app: Flask) -> FlaskClient:
    """A client without a session."""
    return app.test_client()


@pytest.fixture(name="sara")
def _sara(app: Flask) -> FlaskClient:
    """The client of Sara, a staff user."""
    made = app.test_cli_runner().invoke(
        args=["user", "add", "sara", "--role", "staff"], input=f"{PASSWORD}\n"
    )
    assert made.exit_code == 0, made.output
    client = app.test_client()
    answer = client.post("/login", data={"username": "sara", "password": PASSWORD})
    assert answer.status_code == 302, answer.text
    return client


@pytest.fixture(name="till")
def _till(app: Flask) -> dict[str, str]:
    """The headers of a till, a device with a token."""
    made = app.test_cli_runner().invoke(args=["device", "add", "till"])
    assert made.exit_code == 0, made.output
    return {"Authorization": f"Bearer {made.output.split()[-1]}"}
