"""Runs the missing steps, in one process at a time and all or nothing."""

from __future__ import annotations

import fcntl
import os
from contextlib import contextmanager, nullcontext
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING

import structlog
from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from validator.backup import copy_beside
from validator.database import UnusableDatabaseError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from contextlib import AbstractContextManager

    from sqlalchemy import Connection, Engine

log = structlog.get_logger(__name__)
# PostgreSQL's advisory lock while tables change: "ESCV" as a number, so that nothing else takes the same.
LOCK_KEY = 0x45534356
NEWER_TABLES = (
    "The database was made by a newer version of ESC Validator: install that version or a later one, or "
    "point ESCV_DATABASE_URL or ESCV_DATA_DIR to another place."
)
NO_SHARED_MEMORY = (
    "The disk of the database does not offer what SQLite needs, as network disks often do not: let "
    "ESCV_DATA_DIR name a folder on a disk of this machine, or use PostgreSQL."
)


class Tables(StrEnum):
    """The state of the tables, compared with this version of the program."""

    NONE = "none"
    CURRENT = "current"
    OLDER = "older"
    NEWER = "newer"


def tables(connection: Connection) -> Tables:
    """The state of the tables; only reads."""
    found = _revision(connection)
    if found is None:
        return Tables.NONE
    steps = ScriptDirectory.from_config(_config())
    if found == steps.get_current_head():
        return Tables.CURRENT
    is_known = any(step.revision == found for step in steps.walk_revisions())
    return Tables.OLDER if is_known else Tables.NEWER


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent).replace("%", "%%"))
    return config


def upgrade(engine: Engine) -> None:
    """Bring the tables to the newest revision; a database that is there already is not written to."""
    config = _config()
    head = ScriptDirectory.from_config(config).get_current_head()
    with engine.connect() as connection:
        state = tables(connection)
    if state is Tables.CURRENT:
        return
    if state is Tables.NEWER:
        raise UnusableDatabaseError(NEWER_TABLES)
    with _file_lock(engine), engine.connect() as connection:
        # Another worker may have done it while this one waited: then a copy would replace that worker's.
        revision = _revision(connection)
        connection.rollback()
        if revision and revision != head:
            _keep_copy(engine, revision)
        _begin_alone(connection)
        # Without a file there is no file lock: PostgreSQL's begins only here.
        if _revision(connection) != head:
            _run(config, connection)
            log.info("database_upgraded", revision=head)


def _run(config: Config, connection: Connection) -> None:
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
    connection.commit()


def _keep_copy(engine: Engine, revision: str) -> None:
    """Copy an SQLite database as it is before its tables change: the way back to the version before."""
    path = Path(engine.url.database or "")
    if engine.dialect.name == "sqlite" and path.is_file():
        copy = copy_beside(path, f"upgrade-of-{revision}")
        log.info("database_copied_before_upgrade", file=copy.name, revision=revision)


def _begin_alone(connection: Connection) -> None:
    """Open the one transaction that holds every step, so that a crash half-way leaves nothing behind."""
    if connection.dialect.name == "sqlite":
        mode = connection.exec_driver_sql("PRAGMA journal_mode=WAL").scalar_one()
        if mode != "wal":
            raise UnusableDatabaseError(NO_SHARED_MEMORY)
        # Python's driver opens no transaction before a CREATE TABLE by itself.
        connection.exec_driver_sql("BEGIN IMMEDIATE")
    else:
        connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({LOCK_KEY})")


def _revision(connection: Connection) -> str | None:
    return MigrationContext.configure(connection).get_current_revision()


def _file_lock(engine: Engine) -> AbstractContextManager[None]:
    """Wait as long as another worker takes: SQLite's own lock gives up early, PostgreSQL's never."""
    path = engine.url.database if engine.dialect.name == "sqlite" else None
    return _held(Path(f"{path}.lock")) if path else nullcontext()


@contextmanager
def _held(path: Path) -> Iterator[None]:
    # Made for its owner only, like every file in the data folder.
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_CLOEXEC, 0o600), "w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
