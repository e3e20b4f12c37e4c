"""The database: made from nothing, brought up to date once, all or nothing, and only the owner's to read."""

from __future__ import annotations

import fcntl
import subprocess
import sys
from datetime import UTC, datetime, timedelta, timezone
from threading import Thread
from typing import TYPE_CHECKING

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import select, text
from sqlalchemy.exc import OperationalError, StatementError

from validator.accounts.models import Device
from validator.database import Base, Database, UnusableDatabaseError

if TYPE_CHECKING:
    from pathlib import Path

START = "import sys; from validator.database import Database; Database(sys.argv[1]).upgrade()"

# Ends with the number of connections that the child finds in its pool, idle ones of its parent's.
FORK = """
import os, sys
from sqlalchemy import text
from validator.database import Database
database = Database(sys.argv[1])
with database.session() as session:
    session.execute(text("SELECT 1"))
assert database._engine.pool.checkedin() == 1
child = os.fork()
if child == 0:
    os._exit(database._engine.pool.checkedin())
sys.exit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
"""


def tables(database: Database) -> set[str]:
    with database.session() as session:
        return set(session.scalars(text("SELECT name FROM sqlite_master WHERE type = 'table'")))


def device(created_at: datetime) -> Device:
    return Device(name="till", name_key="till", token_hash="0" * 64, created_at=created_at)


def test_the_tables_are_those_the_code_declares(database: Database) -> None:
    """Migrations and models never drift apart."""
    with database._engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), Base.metadata) == []


def test_it_starts_from_an_empty_folder_that_only_its_owner_can_read(tmp_path: Path) -> None:
    """The folder and the file are made, and no other user of the machine can open them."""
    path = tmp_path / "new" / "validator.sqlite"
    database = Database(f"sqlite:///{path}")
    database.upgrade()

    assert {"people", "devices"} <= tables(database)
    assert path.stat().st_mode & 0o077 == 0
    assert path.parent.stat().st_mode & 0o077 == 0
    database.close()


def test_workers_may_all_start_at_once(tmp_path: Path) -> None:
    """Three processes find an empty folder at the same moment: all start, the tables are made once."""
    url = f"sqlite:///{tmp_path / 'data' / 'validator.sqlite'}"
    # The programs are our own interpreter and a constant.
    workers = [
        subprocess.Popen([sys.executable, "-c", START, url], stdout=subprocess.PIPE, text=True)
        for _ in range(3)
    ]
    outputs = [worker.communicate(timeout=30)[0] for worker in workers]

    assert [worker.returncode for worker in workers] == [0, 0, 0]
    assert sum(output.count("database_upgraded") for output in outputs) == 1


def test_a_worker_waits_while_another_one_upgrades(tmp_path: Path) -> None:
    """However long the other takes: nothing is made while it holds the lock, all is there after."""
    database = Database(f"sqlite:///{tmp_path / 'validator.sqlite'}")
    with (tmp_path / "validator.sqlite.lock").open("w", encoding="utf-8") as other:
        fcntl.flock(other, fcntl.LOCK_EX)
        worker = Thread(target=database.upgrade)
        worker.start()
        worker.join(timeout=0.5)
        assert worker.is_alive()
        assert tables(database) == set()
    worker.join(timeout=30)

    assert {"people", "devices"} <= tables(database)
    database.close()


def test_a_second_start_writes_nothing(tmp_path: Path) -> None:
    """A database that is up to date is only read, so that a read-only disk does not prevent a start."""
    path = tmp_path / "validator.sqlite"
    first = Database(f"sqlite:///{path}")
    first.upgrade()
    first.close()
    (tmp_path / "validator.sqlite.lock").unlink()
    before = path.read_bytes()

    second = Database(f"sqlite:///{path}")
    second.upgrade()

    assert path.read_bytes() == before
    assert not (tmp_path / "validator.sqlite.lock").exists()
    second.close()


def test_a_failed_upgrade_leaves_nothing_behind(tmp_path: Path) -> None:
    """A step that breaks half-way takes back what it did, so that the next start can try again."""
    database = Database(f"sqlite:///{tmp_path / 'validator.sqlite'}")
    with database.session() as session:
        session.execute(text("CREATE TABLE devices (in_the_way INTEGER)"))
    with pytest.raises(OperationalError):
        database.upgrade()
    assert tables(database) == {"devices"}

    with database.session() as session:
        session.execute(text("DROP TABLE devices"))
    database.upgrade()

    assert {"people", "devices"} <= tables(database)
    database.close()


def test_a_newer_database_is_left_alone(database: Database) -> None:
    """An older program says what to do instead of working on tables it does not know."""
    with database.session() as session:
        session.execute(text("UPDATE alembic_version SET version_num = '9999'"))

    with pytest.raises(UnusableDatabaseError, match="install that version or a later one"):
        database.upgrade()


def test_no_connection_is_open_in_two_processes(tmp_path: Path) -> None:
    """The server loads the application, then forks: each worker opens connections of its own."""
    url = f"sqlite:///{tmp_path / 'validator.sqlite'}"
    # A process of its own, because forking a process that has threads, such as this one, is unsafe.
    done = subprocess.run([sys.executable, "-c", FORK, url], check=False, timeout=30)

    assert done.returncode == 0


def test_a_failed_transaction_is_taken_back(database: Database) -> None:
    """What was written before an exception is not there afterwards."""

    def write_and_fail() -> None:
        with database.session() as session:
            session.add(device(datetime.now(UTC)))
            session.flush()
            raise InterruptedError

    with pytest.raises(InterruptedError):
        write_and_fail()

    with database.session() as session:
        assert session.scalars(select(Device)).all() == []


def test_a_time_comes_back_as_the_same_instant_in_utc(database: Database) -> None:
    """Whatever zone it was given in."""
    given = datetime(2026, 9, 1, 13, 30, tzinfo=timezone(timedelta(hours=2)))
    with database.session() as session:
        session.add(device(given))

    with database.session() as session:
        kept = session.scalars(select(Device)).one().created_at

    assert (kept, kept.tzinfo) == (given, UTC)


def test_a_time_without_its_zone_is_refused(database: Database) -> None:
    """And the exception does not quote what was to be written."""
    naive = datetime(2026, 9, 1, 13, 30, tzinfo=UTC).replace(tzinfo=None)
    with pytest.raises(StatementError, match="without its zone") as refused, database.session() as session:
        session.add(device(naive))

    assert "till" not in str(refused.value)
