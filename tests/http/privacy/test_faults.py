"""Whatever is wrong with disk or files: no command ends in a traceback or calls done what is not."""

from __future__ import annotations

import os
import sqlite3
import threading
from contextlib import closing, contextmanager
from typing import TYPE_CHECKING

import pytest

from tests.support.app_factory import close, make_app
from tests.support.cards import ANNA, status_v2
from tests.support.polling import wait_for

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from click.testing import Result
    from flask import Flask
    from flask.testing import FlaskClient
    from pytest_httpserver import HTTPServer

FILES = ("answers.sqlite", "pack.sqlite", "validator.sqlite")
TABLES = {"answers.sqlite": "answers", "pack.sqlite": "rows", "validator.sqlite": "check_log"}
COMMANDS = {
    "export": (["card", "export"], ANNA),
    "erase": (["card", "erase"], ANNA),
    "verify": (["log", "verify"], ""),
    "show": (["log", "show"], ""),
    "purge": (["purge"], ""),
    "purge all": (["purge", "--all-answers"], ""),
}


def run(app: Flask, name: str) -> Result:
    """What the command prints, and its exit code; any traceback is a failure."""
    words, typed = COMMANDS[name]
    result = app.test_cli_runner().invoke(args=words, input=f"{typed}\n")
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    assert "Traceback" not in result.output
    return result


@pytest.fixture(name="checked")
def _checked(app: Flask, anonymous: FlaskClient, till: dict[str, str], httpserver: HTTPServer) -> Flask:
    """A site at which a till has checked Anna's card, and devices can know it."""
    answer = status_v2(ANNA)
    httpserver.expect_request(f"/esc-rest/api/v2/cards/{ANNA}/status").respond_with_json(answer)
    said = anonymous.post("/api/v1/validations", json={"input": ANNA}, headers=till)
    assert said.get_json()["outcome"] == "valid"
    wait_for(lambda: bool(pack(app).contents_of(ANNA)))
    return app


def pack(app: Flask):  # type: ignore[no-untyped-def]  # noqa: ANN201 - the service, as it is
    """The pack of this application."""
    return app.extensions["validator"].pack


def folder(app: Flask) -> Path:
    """Where its files are."""
    data: Path = app.extensions["validator"].settings.data_dir
    return data


def let_go(app: Flask) -> None:
    """Make this thread reopen its files, as a new command does; other threads keep theirs."""
    kept = app.extensions["validator"]
    mine = (os.getpid(), threading.get_ident())
    for store in (kept.answers._tiers.store, kept.pack.store):
        connection = store._connections._kept.pop(mine, None)
        if connection is not None:
            connection.close()
    kept.database.close()


@contextmanager
def read_by(path: Path) -> Iterator[None]:
    """Keep a read transaction of this file open."""
    with closing(sqlite3.connect(path)) as reader:
        reader.execute("BEGIN")
        reader.execute(f"SELECT count(*) FROM {TABLES[path.name]}").fetchone()  # noqa: S608 - our own names
        yield


@contextmanager
def written_by(path: Path) -> Iterator[None]:
    """Keep a write transaction of this file open."""
    with closing(sqlite3.connect(path, isolation_level=None)) as writer:
        writer.execute("BEGIN IMMEDIATE")
        yield


@contextmanager
def damaged(path: Path) -> Iterator[None]:
    """The file is no database any more; afterwards it is as it was."""
    files = {each: each.read_bytes() for each in path.parent.glob(f"{path.name}*")}
    for each in files:
        each.unlink()
    path.write_bytes(b"a letter to my grandmother " * 400)
    yield
    path.unlink()
    for each, data in files.items():
        each.write_bytes(data)


@contextmanager
def without_table(path: Path) -> Iterator[None]:
    """The table that is needed is not there."""
    with closing(sqlite3.connect(path)) as connection:
        connection.execute(f"ALTER TABLE {TABLES[path.name]} RENAME TO hidden")
        connection.commit()
    yield
    with closing(sqlite3.connect(path)) as connection:
        connection.execute(f"ALTER TABLE hidden RENAME TO {TABLES[path.name]}")
        connection.commit()


@contextmanager
def full(path: Path) -> Iterator[None]:
    """The disk is full: every write of the file fails."""
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        for event in ("INSERT", "UPDATE", "DELETE"):
            connection.execute(
                f"CREATE TRIGGER full_{event} BEFORE {event} ON {TABLES[path.name]} "
                "BEGIN SELECT RAISE(ABORT, 'database or disk is full'); END"
            )
    yield
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        for event in ("INSERT", "UPDATE", "DELETE"):
            connection.execute(f"DROP TRIGGER full_{event}")


FAULTS = {"read": read_by, "locked": written_by, "damaged": damaged, "no table": without_table, "full": full}


@pytest.mark.parametrize("file", FILES)
@pytest.mark.parametrize("fault", FAULTS)
def test_no_fault_ends_in_a_traceback(checked: Flask, fault: str, file: str) -> None:
    """One sentence and exit code 1, or the work is done all the same; the next run finishes it."""
    let_go(checked)
    with FAULTS[fault](folder(checked) / file):
        for command in COMMANDS:
            result = run(checked, command)
            assert (result.exit_code, "Error: " in result.output) in {(0, False), (1, True)}
            let_go(checked)

    assert {run(checked, command).exit_code for command in COMMANDS} == {0}


@pytest.mark.parametrize("file", FILES)
@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("command", ["erase", "purge all"])
def test_what_is_called_erased_is_erased(checked: Flask, command: str, fault: str, file: str) -> None:
    """The command reports what failed; device packs are reset where their file can be written."""
    before = pack(checked).changes_since("").cursor
    let_go(checked)
    with FAULTS[fault](folder(checked) / file):
        result = run(checked, command)
        let_go(checked)
    claimed = "is erased:" in result.output or "Deleted" in result.output

    assert claimed is (result.exit_code == 0)
    if claimed:
        assert nothing_left(checked, command)
    if file != "pack.sqlite":
        assert pack(checked).changes_since(before).reset
    assert run(checked, command).exit_code == 0
    assert nothing_left(checked, command)


def nothing_left(app: Flask, command: str) -> bool:
    """Whether no answer and no row of Anna's card is left; after an erasure, no entry of the log either."""
    found = app.extensions["validator"].card_data.export(parse(ANNA))
    kept = [found["remembered_answers"], found["offline_pack"]]
    return not any(kept) and (command != "erase" or not found["checks"])


def parse(number: str):  # type: ignore[no-untyped-def]  # noqa: ANN201 - the scanner's own value
    """The card of this number."""
    from scanner import parse_payload  # noqa: PLC0415 - one use

    return parse_payload(number).escn


def test_a_second_run_resets_the_packs_though_nothing_is_remembered_any_more(checked: Flask) -> None:
    """A device may hold what a first run that was cut off had deleted here."""
    assert run(checked, "erase").exit_code == 0
    between = pack(checked).changes_since("").cursor

    again = run(checked, "erase")

    assert "0 remembered answers" in again.output
    assert pack(checked).changes_since(between).reset


def test_it_says_what_devices_still_hold(checked: Flask) -> None:
    """Their packs go with their next sync; a check that waits on a device does not, and comes in later."""
    said = run(checked, "erase").output

    assert "drop their packs with their next sync" in said
    assert "a device has not delivered yet" in said
    assert "run the command again" in said


def test_answers_of_another_router_are_not_called_erased(checked: Flask, httpserver: HTTPServer) -> None:
    """With another address in its settings a command finds none of them, and says so."""
    data = folder(checked)
    import click  # noqa: PLC0415 - a command is about to run
    from flask.cli import FlaskGroup  # noqa: PLC0415 - as above

    with click.Context(FlaskGroup()):
        other = make_app(data, "http://127.0.0.1:9")
    result = run(other, "erase")

    assert result.exit_code == 1
    assert "another Router" in result.output
    close(other)
    assert httpserver.url_for("")


def test_what_cannot_be_read_as_text_is_no_number(checked: Flask) -> None:
    """Bytes of any kind on standard input are refused in a sentence."""
    result = checked.test_cli_runner().invoke(args=["card", "erase"], input=b"\xff\xfe\x00 4711\n")

    assert result.exit_code == 1
    assert isinstance(result.exception, SystemExit)
    assert "4711" not in result.output
