"""A migrated database in a file, its people, devices and sessions, and a clock that a test sets."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from validator.accounts.devices import Devices
from validator.accounts.identity_cache import Revision
from validator.accounts.passwords import Passwords
from validator.accounts.people import People
from validator.accounts.sessions import SessionLifetimes, Sessions
from validator.database import Database

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@dataclass
class Clock:
    """Shows what it was set to."""

    shows: datetime = datetime(2026, 9, 1, 11, 30, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.shows


@pytest.fixture(name="clock")
def _clock() -> Clock:
    return Clock()


@pytest.fixture(name="migrated", scope="session")
def _migrated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database file with empty tables, made once to be copied."""
    path = tmp_path_factory.mktemp("migrated") / "validator.sqlite"
    database = Database(f"sqlite:///{path}")
    database.upgrade()
    database.close()
    return path


@pytest.fixture(name="database")
def _database(tmp_path: Path, migrated: Path) -> Iterator[Database]:
    database = Database(f"sqlite:///{shutil.copy(migrated, tmp_path)}")
    yield database
    database.close()


@pytest.fixture(name="passwords", scope="session")
def _passwords() -> Passwords:
    return Passwords()


@pytest.fixture(name="people")
def _people(database: Database, passwords: Passwords, clock: Clock) -> People:
    return People(database, passwords, clock)


@pytest.fixture(name="devices")
def _devices(database: Database, clock: Clock) -> Devices:
    return Devices(database, clock, lambda _key, work: work(), Revision(database))


@pytest.fixture(name="sessions")
def _sessions(database: Database, clock: Clock) -> Sessions:
    """A shift of ten hours at most, four of them unused."""
    return Sessions(
        database, SessionLifetimes(timedelta(hours=10), timedelta(hours=4)), clock, Revision(database)
    )
