"""Writing the audit log: concurrently, while another process holds the lock, and while writes fail."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from tests.support.cards import ANNA, BRUNO
from tests.support.in_process_site import TILL
from validator import logging
from validator.audit import log as log_module
from validator.audit import transactions
from validator.audit.append import BACKLOG

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.in_process_site import InProcessSite

THREADS, EACH, PROCESSES = 8, 20, 2
# Eight tills of one process; two of these run at once.
TILLS = f"""
import sys, time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from scanner import parse_payload
from tests.support.cards import ANNA
from tests.support.in_process_site import TILL
from tests.support.verdicts import LIVE
from validator.database import Database
from validator.privacy.retention import RetentionSettings, privacy_services

database = Database(sys.argv[1])
terms = RetentionSettings(("a secret",), timedelta(days=30), 604_800)
private = privacy_services(terms, database, None, None, lambda: datetime.now(UTC), time.monotonic)

def till(_):
    for _ in range({EACH}):
        private.recorder.keep(TILL, parse_payload(ANNA), LIVE)

with ThreadPoolExecutor({THREADS}) as tills:
    list(tills.map(till, range({THREADS})))
while not private.recorder.healthy():
    private.recorder.alert(TILL, "the last one")
"""


def check(site: InProcessSite, number: str = ANNA) -> None:
    """Check this card as the device."""
    site.checker.check(TILL, number)


def test_many_tills_of_many_processes_make_one_chain(site: InProcessSite, tmp_path: Path) -> None:
    """Each check has its own number, none is missing, and the chain is whole."""
    url = f"sqlite:///{tmp_path / 'validator.sqlite'}"
    running = [subprocess.Popen([sys.executable, "-c", TILLS, url]) for _ in range(PROCESSES)]
    assert [each.wait(60) for each in running] == [0] * PROCESSES

    told = site.audit_log.latest(10_000)

    assert sum(one.event == "check" for one in told) == THREADS * EACH * PROCESSES
    assert [one.seq for one in reversed(told)] == list(range(1, len(told) + 1))
    assert site.audit_log.verify().faults == ()


@pytest.fixture(autouse=True)
def _logs() -> None:
    """Configure logging as in the application, regardless of earlier tests."""
    logging.configure()


def _told(caplog: pytest.LogCaptureFixture) -> list[dict[str, Any]]:
    """The structured log records."""
    return [record.msg for record in caplog.records if isinstance(record.msg, dict)]


def test_a_held_lock_delays_no_answer(
    site: InProcessSite, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """The check is answered, one warning is logged, and the entry is written with the next check."""
    check(site)
    with closing(sqlite3.connect(tmp_path / "validator.sqlite", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        check(site, BRUNO)
        check(site)
        assert not site.recorder.healthy()
        other.execute("ROLLBACK")

    told = [(one["event"], one["waiting"], one["lost"]) for one in _told(caplog) if "lost" in one]
    assert told == [("checks_not_on_record", 1, 0)]
    check(site)
    assert site.recorder.healthy()
    assert [one.seq for one in site.audit_log.latest(10)] == [4, 3, 2, 1]
    assert site.audit_log.verify().faults == ()


def test_threads_that_wait_for_one_writer_are_all_answered(site: InProcessSite, tmp_path: Path) -> None:
    """Sixteen checks at once while the database is held: none is lost, none raises."""
    with closing(sqlite3.connect(tmp_path / "validator.sqlite", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with ThreadPoolExecutor(16) as tills:
            list(tills.map(lambda _: check(site), range(16)))
        other.execute("ROLLBACK")
    check(site)

    assert len(site.audit_log.latest(100)) == 17
    assert site.audit_log.verify().faults == ()


def test_tills_write_while_old_entries_are_deleted(
    site: InProcessSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In many batches, with checks of several threads between them: nothing is lost, nothing old remains."""
    monkeypatch.setattr(transactions, "PURGE_BATCH", 5)
    for _ in range(200):
        site.recorder.alert(TILL, "guessing")
    site.now += timedelta(days=40)
    with ThreadPoolExecutor(THREADS + 1) as threads:
        purge = threads.submit(site.audit_log.purge, site.now - timedelta(days=30))
        list(threads.map(lambda _: check(site), range(THREADS * 5)))
        assert purge.result() == 200
    while not site.recorder.healthy():
        site.recorder.alert(TILL, "the last one")

    told = site.audit_log.latest(1_000)
    assert [one.seq for one in reversed(told)] == list(range(201, 201 + len(told)))
    assert sum(one.event == "check" for one in told) == THREADS * 5
    assert site.audit_log.verify().faults == ()


def test_what_cannot_be_written_for_long_is_bounded(
    site: InProcessSite, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """The oldest entries are lost, the log has their number, and the newest are written later."""
    monkeypatch.setattr(log_module, "WAIT_MS", 0)
    with closing(sqlite3.connect(tmp_path / "validator.sqlite", isolation_level=None)) as other:
        other.execute("DROP TABLE check_log_head")
        for _ in range(BACKLOG + 2):
            site.recorder.alert(TILL, "guessing")
            site.seconds += 61
        last = _told(caplog)[-1]
        assert (last["waiting"], last["lost"]) == (BACKLOG, 2)
        other.execute(
            "CREATE TABLE check_log_head (one INTEGER PRIMARY KEY, seq INTEGER, mac TEXT,"
            " anchor_seq INTEGER, anchor_mac TEXT, seal TEXT, anchor_at INTEGER, incidents TEXT)"
        )
    site.recorder.alert(TILL, "guessing")

    assert site.recorder.healthy()
    assert len(site.audit_log.latest(10_000)) == BACKLOG + 1


def test_a_number_too_large_for_the_database_takes_no_answer_away(
    site: InProcessSite, tmp_path: Path
) -> None:
    """Written by an intruder to the end: checks are answered, the log reports that it is unhealthy."""
    check(site)
    with closing(sqlite3.connect(tmp_path / "validator.sqlite", isolation_level=None)) as other:
        other.execute("UPDATE check_log SET seq = 9223372036854775807")

    verdict = site.checker.check(TILL, ANNA)

    assert verdict.outcome.value == "valid"
    assert not site.recorder.healthy()
    assert site.audit_log.verify().faults


def test_a_database_without_its_tables_takes_no_answer_away(site: InProcessSite, tmp_path: Path) -> None:
    """Without its tables, checks are answered and the log reports that it is unhealthy."""
    with closing(sqlite3.connect(tmp_path / "validator.sqlite", isolation_level=None)) as other:
        for table in ("check_log", "check_log_head", "card_keys"):
            other.execute(f"DROP TABLE {table}")

    verdict = site.checker.check(TILL, ANNA)

    assert verdict.outcome.value == "valid"
    assert not site.recorder.healthy()
