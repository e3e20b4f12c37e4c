"""The commands an operator types: what they say, and that they take effect at once."""

from __future__ import annotations

import os
import pty
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import text

from tests.support.app_factory import PASSWORD, SECRET

if TYPE_CHECKING:
    from collections.abc import Callable

    from click.testing import Result
    from flask import Flask
    from flask.testing import FlaskClient

OTHER = "seven green bottles"
REFUSED = [
    (("user", "add", "maria", "--role", "staff"), PASSWORD, "choose another user name"),
    (("user", "add", "two words", "--role", "staff"), PASSWORD, "1 to 64 letters"),
    (("user", "add", "eva", "--role", "staff"), "short", "12 characters or more"),
    (("user", "add", "eva", "--role", "staff"), "", "12 characters or more"),
    (("user", "password", "nobody"), PASSWORD, "user list"),
    (("user", "password", "maria"), "password1234", "harder to guess"),
    (("user", "disable", "nobody"), "", "user list"),
    (("user", "enable", "nobody"), "", "user list"),
    (("user", "role", "nobody", "staff"), "", "user list"),
    (("device", "add", ""), "", "1 to 64 printable"),
    (("device", "add", "TILL"), "", "choose another one"),
    (("device", "revoke", "nobody"), "", "device list"),
]
ROOT = Path(__file__).parents[3]


@pytest.fixture(name="run")
def _run(app: Flask) -> Callable[..., Result]:
    """Types one command, with `typed` on standard input."""

    def run(*words: str, typed: str = "") -> Result:
        return app.test_cli_runner().invoke(args=words, input=typed)

    return run


def signs_in(browser: FlaskClient, name: str, password: str) -> bool:
    return browser.post("/login", data={"username": name, "password": password}).status_code == 302


def test_a_person_is_added_with_a_password_from_standard_input(
    run: Callable[..., Result], anonymous: FlaskClient
) -> None:
    """Piped in, with any line end; the output says what was done and never contains the password."""
    made = run("user", "add", "maria", "--role", "staff", typed=f"{PASSWORD}\r\nnot this\n")

    assert (made.exit_code, made.output) == (0, "maria can sign in now, as staff.\n")
    assert signs_in(anonymous, "maria", PASSWORD)


def test_a_refusal_says_what_to_do_and_ends_with_1(run: Callable[..., Result]) -> None:
    """Every request that cannot be met, in one sentence without a traceback."""
    run("user", "add", "maria", "--role", "staff", typed=PASSWORD)
    run("device", "add", "till")

    for words, typed, says in REFUSED:
        refused = run(*words, typed=typed)

        assert refused.exit_code == 1, words
        assert refused.output.startswith("Error: "), words
        assert says in refused.output, words


def test_a_fault_of_the_data_or_of_what_is_typed_is_one_sentence(
    app: Flask, run: Callable[..., Result]
) -> None:
    """Exit code 1 and no traceback, for each group of commands."""
    piped = app.test_cli_runner().invoke(args=["user", "add", "eva", "--role", "staff"], input=b"\xff\xfe\n")
    with app.extensions["validator"].database.session() as session:
        session.execute(text("DROP TABLE devices"))
        session.execute(text("ALTER TABLE people RENAME TO others"))
    failed = [run("user", "list"), run("user", "disable", "eva"), run("device", "list")]

    for result in (piped, *failed):
        assert result.exit_code == 1
        assert result.output.startswith("Error: ")
        assert isinstance(result.exception, SystemExit)
    assert "UTF-8" in piped.output


def test_a_role_must_be_named_and_be_one_of_ours(run: Callable[..., Result]) -> None:
    """Nobody becomes something by default."""
    assert run("user", "add", "eva", typed=PASSWORD).exit_code == 2
    assert run("user", "add", "eva", "--role", "king", typed=PASSWORD).exit_code == 2


def test_the_list_shows_everybody_and_no_secret(run: Callable[..., Result]) -> None:
    """Name, role and state of each, nothing of the password."""
    run("user", "add", "Maria", "--role", "staff", typed=PASSWORD)
    run("user", "add", "carol", "--role", "manager", typed=PASSWORD)
    run("user", "disable", "maria")

    carol, maria = run("user", "list").output.splitlines()

    assert carol.startswith("carol\tmanager\tadded 20")
    assert carol.endswith("can sign in")
    assert "Maria\tstaff" in maria
    assert "disabled since 20" in maria
    assert "argon2" not in carol + maria


def test_changes_take_effect_at_once(run: Callable[..., Result], anonymous: FlaskClient) -> None:
    """Disabled, enabled, a new password, a new role: the next sign-in knows."""
    run("user", "add", "maria", "--role", "staff", typed=PASSWORD)
    assert run("user", "disable", "maria").exit_code == 0
    assert not signs_in(anonymous, "maria", PASSWORD)
    assert run("user", "enable", "maria").exit_code == 0
    assert signs_in(anonymous, "maria", PASSWORD)
    assert run("user", "password", "maria", typed=OTHER).exit_code == 0
    assert not signs_in(anonymous, "maria", PASSWORD)
    assert signs_in(anonymous, "maria", OTHER)
    assert run("user", "role", "maria", "manager").exit_code == 0
    assert anonymous.get("/").status_code == 302


def test_a_device_gets_its_token_once_alone_on_standard_output(run: Callable[..., Result]) -> None:
    """So that it can be piped onward; the list never shows it."""
    made = run("device", "add", "till")
    run("device", "add", "door")
    run("device", "revoke", "door")
    door, till = run("device", "list").output.splitlines()

    assert made.stdout.startswith("escv_")
    assert made.stdout.count("\n") == 1
    assert made.stdout.strip() not in till
    assert till.endswith("never used\tin use")
    assert "revoked on 20" in door


def test_at_a_terminal_the_password_is_asked_for_twice_and_not_shown(tmp_path: Path) -> None:
    """The real command at a real terminal, with the settings of the app; the typing leaves no trace."""
    ours, theirs = pty.openpty()
    environ = {
        **os.environ,
        "ESCV_SECRET_KEY": SECRET,
        "ESCV_DATA_DIR": str(tmp_path),
        "ESCV_SECURE_COOKIES": "false",
    }
    command = [sys.executable, "-m", "flask", "--app", "wsgi", "user", "add", "maria", "--role", "staff"]
    # The program is our own interpreter; without a terminal of its own it asks at this one.
    with subprocess.Popen(
        command, cwd=ROOT, env=environ, stdin=theirs, stdout=theirs, stderr=theirs, start_new_session=True
    ) as asked:
        os.close(theirs)
        shown = _until(ours, b"New password: ")
        os.write(ours, f"{PASSWORD}\n".encode())
        shown += _until(ours, b"Repeat for confirmation: ")
        os.write(ours, f"{PASSWORD}\n".encode())
        shown += _until(ours, b"can sign in now")
        assert asked.wait(timeout=10) == 0
    os.close(ours)

    assert PASSWORD.encode() not in shown


def _until(terminal: int, words: bytes) -> bytes:
    """What the terminal shows up to these words."""
    shown = b""
    while words not in shown:
        shown += os.read(terminal, 1024)
    return shown
