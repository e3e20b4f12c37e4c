"""Two processes over one data folder: what one of them ends, the other refuses with its next request."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from tests.http.accounts.browsers import ME, signed_in
from tests.support.app_factory import close, make_app, make_settings

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from flask import Flask
    from flask.testing import FlaskClient

    from validator.accounts.people import People

ROUTER = "http://127.0.0.1:9"
# A command as an operator runs it beside the server.
COMMAND = """
import sys
from tests.support.app_factory import make_app
app = make_app(__import__("pathlib").Path(sys.argv[1]), "http://127.0.0.1:9")
done = app.test_cli_runner().invoke(args=sys.argv[2:])
assert done.exit_code == 0, done.output
"""


@pytest.fixture(name="folder")
def _folder(app: Flask) -> Path:
    folder: Path = app.extensions["validator"].settings.data_dir
    return folder


@pytest.fixture(name="other")
def _other(folder: Path) -> Iterator[Flask]:
    """A second application over the same folder, as another worker has it."""
    other = make_app(folder, ROUTER)
    yield other
    close(other)


@pytest.fixture(name="maria")
def _maria(app: Flask, people: People) -> FlaskClient:  # noqa: ARG001 - with Maria among them
    return signed_in(app)


def copied_to(other: Flask, browser: FlaskClient) -> FlaskClient:
    """The same browser, answered by the other worker."""
    cookie = browser.get_cookie("escv")
    assert cookie
    client = other.test_client()
    client.set_cookie("escv", cookie.value)
    return client


@pytest.mark.parametrize(
    "command",
    [
        ["device", "revoke", "till"],
        ["user", "disable", "maria"],
        ["user", "sign-out", "maria"],
        ["user", "role", "maria", "manager"],
    ],
    ids=" ".join,
)
def test_a_command_beside_the_server_takes_effect_with_the_next_request(
    app: Flask, folder: Path, maria: FlaskClient, till: dict[str, str], command: list[str]
) -> None:
    """In a process of its own."""
    device, of_device = app.test_client(), command[0] == "device"
    for _ in range(2):
        assert maria.get(ME).status_code == 200
        assert device.get(ME, headers=till).status_code == 200
    # Our own interpreter and constants.
    subprocess.run([sys.executable, "-c", COMMAND, str(folder), *command], check=True, timeout=60)

    assert maria.get(ME).status_code == (200 if of_device else 401)
    assert device.get(ME, headers=till).status_code == (401 if of_device else 200)


def test_what_ends_in_one_worker_is_refused_by_the_other(
    app: Flask, other: Flask, maria: FlaskClient, till: dict[str, str]
) -> None:
    """Signing out and revoking, each followed by one request to the other worker."""
    elsewhere, device = copied_to(other, maria), other.test_client()
    for _ in range(2):
        assert elsewhere.get(ME).status_code == 200
        assert device.get(ME, headers=till).status_code == 200
    maria.post("/logout")
    assert elsewhere.get(ME).status_code == 401
    app.extensions["validator"].accounts.devices.revoke("till")
    assert device.get(ME, headers=till).status_code == 401


def test_the_folder_is_that_of_the_application(app: Flask, folder: Path) -> None:
    """The two applications of these tests share their database."""
    settings = app.extensions["validator"].settings
    assert make_settings(folder, ROUTER).database_address == settings.database_address
