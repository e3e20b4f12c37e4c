"""One part after another is broken for real: cards are still checked, and the right people hear of it."""

from __future__ import annotations

import json
import sqlite3
import subprocess
import sys
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import TYPE_CHECKING, Any

import pytest

from scanner.pool import DecodePool
from tests.support.cards import NOT_FOUND, status_v2
from tests.support.degraded_app import DegradedApp, degraded_app
from tests.support.demo_site import ROOT
from tests.support.fault_router import refused_url
from tests.support.polling import wait_for
from tests.support.router_scripts import answers
from tests.support.server_process import every_card, new_number

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.fault_router import Exchange


def found(at: DegradedApp) -> tuple[bool, list[str]]:
    """Whether the server calls itself ready, and the troubles; monitor and managers' page must agree."""
    page = at.page()
    said = at.ready()
    assert sorted(page) == sorted(said["troubles"])
    assert all("What to do:" in line for line in page.values())
    return said["ready"], said["troubles"]


def exchange(at: DegradedApp, **parts: Any) -> None:
    """Put other parts into the application."""
    kept = replace(at.app.extensions["validator"], **parts)
    at.app.extensions["validator"] = kept


def test_a_server_that_is_well_says_so(tmp_path: Path) -> None:
    """No trouble before and after a card, and the Router was asked about that card only."""
    with degraded_app(tmp_path) as at:
        assert found(at) == (True, [])
        assert at.check()["outcome"] == "valid"
        assert found(at) == (True, [])
        assert set(at.ready()["parts"].values()) == {True, "closed"}
        assert len(at.router.requests) == 1


def test_the_file_of_the_packs_is_down(tmp_path: Path) -> None:
    """Cards are checked all the same; what devices miss is counted, until nothing was missed for a while."""
    (tmp_path / "pack.sqlite").mkdir()
    with degraded_app(tmp_path) as at:
        assert at.check()["outcome"] == "valid"
        writer = at.app.extensions["validator"].pack.writer
        wait_for(lambda: writer.dropped == 1)

        assert found(at) == (True, ["pack_behind"])


def test_the_store_of_remembered_answers_is_down(tmp_path: Path) -> None:
    """Cards are checked, and remembered by the process itself."""
    (tmp_path / "answers.sqlite").mkdir()
    with degraded_app(tmp_path) as at:
        number = new_number()
        assert [at.check(number)["source"] for _ in range(2)] == ["router", "cache"]
        assert found(at) == (True, ["memory_down"])


def test_the_database_is_locked(tmp_path: Path) -> None:
    """A backup holds the lock: cards are still checked, and recorded ones are answered again."""
    with degraded_app(tmp_path) as at:
        backup = sqlite3.connect(tmp_path / "validator.sqlite", isolation_level=None)
        backup.execute("BEGIN IMMEDIATE")
        assert at.check()["outcome"] == "valid"
        is_ready, troubles = found(at)
        assert is_ready
        assert "database_locked" in troubles
        backup.execute("ROLLBACK")
        backup.close()
        assert at.check()["outcome"] == "valid"
        assert "database_locked" not in at.page()


def test_the_check_log_was_changed(tmp_path: Path) -> None:
    """The purge finds it: monitor and manager hear of it, and cards are checked as usual."""
    with degraded_app(tmp_path) as at:
        assert at.check()["outcome"] == "valid"
        with closing(sqlite3.connect(tmp_path / "validator.sqlite", isolation_level=None)) as other:
            other.execute("UPDATE check_log SET at = '2020-01-01 00:00:00.000000'")
        kept = at.app.extensions["validator"]
        kept.audit_log.purge(kept.clock() - timedelta(days=30))
        assert found(at) == (True, ["audit_log_changed"])
        assert "log verify" in at.page()["audit_log_changed"]
        assert at.check()["outcome"] == "valid"


def test_others_can_look_into_the_data_folder(tmp_path: Path) -> None:
    """It is said for as long as it is so."""
    folder = tmp_path / "data"
    folder.mkdir(mode=0o755)
    with degraded_app(folder) as at:
        assert found(at) == (True, ["folder_open"])
        folder.chmod(0o700)
        assert at.page() == {}


def test_the_database_is_gone(tmp_path: Path) -> None:
    """Sign-in is impossible: the server reports that it is not ready, and which part failed."""
    with degraded_app(tmp_path) as at:
        kept = at.app.extensions["validator"]
        # Housekeeping at work would open the database again behind our back.
        wait_for(lambda: not kept.background._keys)
        kept.database.close()
        for path in tmp_path.glob("validator.sqlite*"):
            path.unlink()
        (tmp_path / "validator.sqlite").mkdir()
        said = at.ready()
        assert (said["ready"], said["parts"]["database"]) == (False, False)
        assert "database_down" in said["troubles"]
        assert at.app.test_client().get("/livez").status_code == 200


def test_there_is_no_decode_child(tmp_path: Path) -> None:
    """Typed numbers and numbers read on the device still work; the monitor reports it after the first try."""
    with degraded_app(tmp_path) as at:
        exchange(at, reader=DecodePool(command=(str(tmp_path / "nothing"),)))
        assert found(at) == (True, ["no_reader"])
        assert at.check()["outcome"] == "valid"


def test_a_decode_child_never_gets_ready(tmp_path: Path) -> None:
    """One that ends while it starts is none."""
    with degraded_app(tmp_path) as at:
        exchange(at, reader=DecodePool(command=("/bin/false",)))
        assert found(at) == (True, ["no_reader"])


def test_there_is_no_zbar(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One decoder is missing: the other reads pictures, and the manager sees what to install."""
    missing = tmp_path / "path" / "pyzbar"
    missing.mkdir(parents=True)
    (missing / "__init__.py").write_text("raise ImportError('Unable to find zbar shared library')\n")
    with degraded_app(tmp_path / "data") as at:
        monkeypatch.setenv("PYTHONPATH", str(missing.parent))
        assert found(at) == (True, ["no_zbar"])
        assert "libzbar0" in at.page()["no_zbar"]
        monkeypatch.undo()


def test_the_clock_is_seven_minutes_slow(tmp_path: Path) -> None:
    """The manager sees the difference; no verdict changes."""

    def ahead(exchange: Exchange) -> bool:
        theirs = datetime.now(UTC) + timedelta(minutes=7)
        return answers(404, NOT_FOUND, Date=format_datetime(theirs, usegmt=True))(exchange)

    with degraded_app(tmp_path, ahead) as at:
        assert [at.check()["reason"] for _ in range(3)] == ["unknown_card"] * 3
        assert found(at) == (True, ["clock_wrong"])
        assert "7 minutes behind" in at.page()["clock_wrong"]


def test_the_clock_is_days_slow(tmp_path: Path) -> None:
    """A card whose last day is over by the Router's time is never valid, though our calendar says so."""
    theirs = datetime.now(UTC) + timedelta(days=5)
    over = (theirs - timedelta(days=2)).date().isoformat()

    def ahead(exchange: Exchange) -> bool:
        number = exchange.request.path.split("/")[-2]
        return answers(
            200, status_v2(number, expiresAt=over, issuedAt=None), Date=format_datetime(theirs, usegmt=True)
        )(exchange)

    with degraded_app(tmp_path, ahead) as at:
        assert [at.check()["reason"] for _ in range(4)] == ["router_answer_unusable"] * 2 + ["expired"] * 2
        assert found(at) == (True, ["clock_wrong"])
        assert at.check()["router_ms"] >= 0
        seen = at.app.extensions["validator"].router_time()
        assert abs(seen - theirs) < timedelta(minutes=1)
        codes = at.app.extensions["validator"].accounts.second_factors
        assert abs(codes._clock() - theirs) < timedelta(minutes=1)


def test_a_failing_router(tmp_path: Path) -> None:
    """While the breaker is open, messages stay true and stale remembered answers are served."""
    with degraded_app(tmp_path, fresh_s="0") as at:
        number = new_number()
        assert at.check(number)["outcome"] == "valid"
        at.router.script = answers(500)
        for _ in range(5):
            assert at.check()["reason"] == "router_error"
        asked = len(at.router.requests)
        assert at.check()["reason"] == "router_error"
        stood_in = at.check(number)
        assert (stood_in["outcome"], stood_in["source"]) == ("valid", "cache")
        assert len(at.router.requests) == asked
        assert found(at) == (True, ["router_failing"])
        assert at.ready()["parts"]["router"] == "open"


@pytest.mark.parametrize(
    ("through", "trouble"), [({}, "router_not_reached"), ({"router_proxy": "{gone}"}, "router_proxy_fails")]
)
def test_the_router_cannot_be_reached(tmp_path: Path, through: dict[str, str], trouble: str) -> None:
    """The manager sees the cause; staff see the same messages as before."""
    gone = refused_url()
    changes = {name: value.format(gone=gone) for name, value in through.items()}
    with degraded_app(tmp_path, every_card, **changes) as at:
        if not through:
            at.router.close()
        assert at.check()["reason"] == "router_unreachable"
        assert found(at) == (True, [trouble])
        assert "ECONNREFUSED" in at.page()[trouble]


def test_the_router_changed_its_answers(tmp_path: Path) -> None:
    """One field more or less makes every answer unusable: the manager hears of it."""
    with degraded_app(tmp_path, answers(200, {"number": "?"})) as at:
        for issuer in (1, 2):
            number = f"{new_number()[:-9]}{issuer:09d}"
            assert at.check(number)["reason"] == "router_answer_unusable"
        assert found(at) == (True, ["router_answers_unusable"])


def test_the_router_refuses_us(tmp_path: Path) -> None:
    """The manager sees which of its services fail."""
    with degraded_app(tmp_path, answers(403)) as at:
        assert at.check()["reason"] == "router_refused"
        assert found(at) == (True, ["router_refuses"])
        assert "status-v2 and verifier" in at.page()["router_refuses"]


def test_our_own_router_rate_limited(tmp_path: Path) -> None:
    """The manager sees how many calls were limited; each of two processes has half of the limit."""
    with degraded_app(tmp_path, every_card, limits="on", router_calls_per_s="0.4", processes="2") as at:
        reasons = [at.check()["reason"] for _ in range(5)]
        assert reasons == ["active"] * 2 + ["too_many_checks"] * 3
        assert found(at) == (True, ["router_rate_limited"])
        assert "requests to the Router (3 lately)" in at.page()["router_rate_limited"]


def test_the_data_folder_is_gone(tmp_path: Path) -> None:
    """Open files keep working, and the manager sees that the disk is missing."""
    folder = tmp_path / "data"
    with degraded_app(folder) as at:
        assert at.check()["outcome"] == "valid"
        folder.rename(tmp_path / "elsewhere")
        assert at.check()["outcome"] == "valid"
        is_ready, troubles = found(at)
        assert is_ready
        assert "disk_unusable" in troubles
        (tmp_path / "elsewhere").rename(folder)


@pytest.mark.parametrize(("fault", "trouble"), [("full", "disk_full"), ("closed", "disk_read_only")])
def test_the_disk_fails_in_the_middle_of_a_day(tmp_path: Path, fault: str, trouble: str) -> None:
    """New cards are checked, known ones come from memory, and the monitor hears what is wrong."""
    folder = tmp_path / "data"
    command = [sys.executable, "-m", "tests.support.failing_disk", fault, str(folder)]
    ran = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, check=False)
    folder.chmod(0o700)
    assert ran.returncode == 0, ran.stderr

    said = json.loads(ran.stdout)
    outcomes = [(said[name]["outcome"], said[name]["source"]) for name in ("first", "new", "again")]
    assert outcomes == [("valid", "router"), ("valid", "router"), ("valid", "cache")]
    assert said["ready"]["ready"] is True
    assert said["ready"]["parts"]["disk"] is False
    assert trouble in said["ready"]["troubles"]
