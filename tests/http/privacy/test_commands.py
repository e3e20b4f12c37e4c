"""The commands for data protection: they prompt for the number; it is never an argument."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import text

from tests.support.cards import ANNA, status_v2
from tests.support.in_process_site import TILL

if TYPE_CHECKING:
    from click.testing import Result
    from flask import Flask
    from flask.testing import FlaskClient
    from pytest_httpserver import HTTPServer


def run(app: Flask, *words: str, typed: str = "") -> Result:
    """What the command prints, and its exit code."""
    return app.test_cli_runner().invoke(args=list(words), input=typed)


@pytest.fixture(name="checked")
def _checked(app: Flask, sara: FlaskClient, httpserver: HTTPServer) -> Flask:
    """A site at which Sara has checked Anna's card."""
    answer = status_v2(ANNA)
    httpserver.expect_request(f"/esc-rest/api/v2/cards/{ANNA}/status").respond_with_json(answer)
    assert sara.post("/api/v1/validations", json={"input": ANNA}).get_json()["outcome"] == "valid"
    return app


def test_a_card_is_exported_and_erased(checked: Flask) -> None:
    """All of it comes out once, and nothing after; the number itself is in neither output."""
    exported = run(checked, "card", "export", typed=f"https://s.esc-r.eu/{ANNA}\n")
    erased = run(checked, "card", "erase", typed=f"{ANNA}\n")
    again = run(checked, "card", "export", typed=f"{ANNA}\n")

    found = json.loads(exported.stdout)
    assert [one["reason"] for one in found["checks"]] == ["active"]
    assert [one["status"] for one in found["remembered_answers"]] == ["ACTIVE"]
    assert "1 remembered answers" in erased.output
    assert "1 entries of the check log" in erased.output
    assert not any(value for name, value in json.loads(again.stdout).items() if name != "card")
    assert ANNA not in exported.output + erased.output
    assert run(checked, "log", "verify").exit_code == 0


@pytest.mark.parametrize("command", ["export", "erase"])
def test_what_is_no_number_is_refused_without_being_quoted(app: Flask, command: str) -> None:
    """And a number as an argument, which the shell would keep, is not taken."""
    refused = run(app, "card", command, typed="Matrikel 4711\n")

    assert refused.exit_code == 1
    assert "4711" not in refused.output
    assert run(app, "card", command, ANNA).exit_code == 2


def test_a_log_that_was_changed_is_told_with_exit_code_1(checked: Flask) -> None:
    """With the entry, and what to do; a log as it was written gives its head to note."""
    assert "Note its head elsewhere: 1:" in run(checked, "log", "verify").output
    assert "check\tactive\trouter\tperson sara" in run(checked, "log", "show").output

    with checked.extensions["validator"].database.session() as session:
        session.execute(text("UPDATE check_log SET word = 'expired'"))
    found = run(checked, "log", "verify")

    assert found.exit_code == 1
    assert "entry 1: changed" in found.output
    assert "ESCV_OLD_SECRET_KEYS" in found.output


def test_a_noted_head_that_was_deleted_is_no_success(checked: Flask) -> None:
    """Exit code 3 and a sentence; a head that is none is refused with 2, one that differs is a fault."""
    log = checked.extensions["validator"].audit_log
    noted = str(log.verify().head)
    assert run(checked, "log", "verify", "--since", noted).exit_code == 0
    differs = run(checked, "log", "verify", "--since", "1:" + "0" * 64)
    assert (differs.exit_code, "entry 1: not the entry" in differs.output) == (1, True)

    log.alert(TILL, "guessing")
    log.purge(datetime.now(UTC) + timedelta(hours=1))
    deleted = run(checked, "log", "verify", "--since", noted)

    assert deleted.exit_code == 3
    assert f"The head {noted} can no longer be compared" in deleted.output
    assert "Entries up to 2 were deleted at their end; the last of them was written at 20" in deleted.output
    assert str(log.verify().head) in deleted.output
    for nothing in ("", "soon", noted[:-1]):
        refused = run(checked, "log", "verify", "--since", nothing)
        assert (refused.exit_code, "no head" in refused.output or "not a head" in refused.output) == (2, True)


def test_an_incident_stays_in_the_list(checked: Flask) -> None:
    """After the purge that found it, with the entry, what was found and when."""
    with checked.extensions["validator"].database.session() as session:
        session.execute(text("UPDATE check_log SET word = 'expired'"))
    checked.extensions["validator"].audit_log.purge(datetime.now(UTC) + timedelta(hours=1))
    found = run(checked, "log", "verify")

    assert found.exit_code == 1
    assert f"entry 1: incident 1, found at {datetime.now(UTC):%Y-%m-%d}" in found.output
    assert "entry 1: changed" in found.output


def test_every_remembered_answer_can_be_forgotten(checked: Flask) -> None:
    """At once; a plain purge leaves what still serves."""
    assert "Deleted 0 remembered answers" in run(checked, "purge").output
    assert "Deleted 1 remembered answers" in run(checked, "purge", "--all-answers").output
    assert json.loads(run(checked, "card", "export", typed=ANNA).stdout)["remembered_answers"] == []
