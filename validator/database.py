"""The database of people, devices and, later, the check log: SQLite by default, PostgreSQL by its address."""

from __future__ import annotations

import logging
import os
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import partial
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any
from weakref import WeakMethod, WeakSet

from sqlalchemy import DateTime, Engine, MetaData, TypeDecorator, create_engine, event
from sqlalchemy.engine import make_url
from sqlalchemy.exc import NoSuchModuleError
from sqlalchemy.orm import DeclarativeBase, Session

if TYPE_CHECKING:
    from collections.abc import Iterator
    from sqlite3 import Connection as SqliteConnection

    from sqlalchemy import URL, Dialect

# A writer waits this long for another one; a person at a counter would not wait longer.
BUSY_MS = 2_000
POOL_WAIT_S = 2
CONNECT_S = 3
MOST_ROW = 2**31 - 1  # PostgreSQL's INTEGER has 32 bits.
ROW_DIGITS = 10


class UnusableDatabaseError(Exception):
    """The database cannot be used as it is; the message says what to do."""


class Instant(TypeDecorator[datetime]):
    """A point in time, always with its zone and always UTC; a naive one is refused with ValueError."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, _dialect: Dialect) -> datetime | None:
        """Write UTC."""
        if value is not None and value.tzinfo is None:
            raise ValueError("a time without its zone is never written")
        return None if value is None else value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, _dialect: Dialect) -> datetime | None:
        """Read UTC; SQLite keeps no zone, and what was written was UTC."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def row_number(text: str) -> int:
    """The number of a row as a form sends it; ValueError for what no INTEGER column can hold."""
    number = int(text) if text.isascii() and text.isdigit() and len(text) <= ROW_DIGITS else 0
    if not 1 <= number <= MOST_ROW:
        raise ValueError("no number of a row")
    return number


class Base(DeclarativeBase):
    """What every table is declared on; constraints have names, so that migrations can find them."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(column_0_label)s",
            "uq": "uq_%(table_name)s_%(column_0_name)s",
            "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    )


class KeptConnection:
    """A connection that stays open and reads outside transactions: each read sees what was last committed."""

    def __init__(self, engine: Engine) -> None:
        pooled: Any = engine.raw_connection()
        self.connection = pooled.driver_connection
        pooled.detach()
        if engine.dialect.name != "sqlite":
            self.connection.autocommit = True

    def scalar(self, query: str) -> int:
        """The one number that this query gives; an error of the driver, or LookupError."""
        cursor = self.connection.cursor()
        try:
            cursor.execute(query)
            # All rows: an open cursor would keep the write-ahead log from being truncated.
            (row,) = cursor.fetchall() or [()]
            return int(row[0])
        finally:
            cursor.close()

    def close(self) -> None:
        """Close it; a reader gets the driver's error from then on."""
        self.connection.close()


class Database:
    """One engine for one address; writers wait `busy_ms` for another. Safe for threads and forks."""

    def __init__(self, url: str, busy_ms: int = BUSY_MS) -> None:
        self._url = url
        self._engine = _engine(make_url(url), busy_ms)
        self._hurried: list[Database] = []
        self._kept: WeakSet[KeptConnection] = WeakSet()
        self._writers: list[KeptConnection] = []
        # gunicorn loads the application before it forks: no connection may be open in two processes.
        close = WeakMethod(self.close)
        os.register_at_fork(before=lambda: (method := close()) and method())

    @contextmanager
    def session(self) -> Iterator[Session]:
        """One transaction: committed at the end, rolled back on any exception."""
        with Session(self._engine, expire_on_commit=False) as session, session.begin():
            yield session

    @property
    def is_sqlite(self) -> bool:
        """Whether this is SQLite; else it is PostgreSQL."""
        return self._engine.dialect.name == "sqlite"

    @contextmanager
    def sqlite_write(self) -> Iterator[SqliteConnection]:
        """One writing transaction on a connection that stays open; raises what `sqlite3` raises.

        SQLAlchemy's layers and its pool cost several times what SQLite itself does.
        """
        try:
            kept = self._writers.pop()
        except IndexError:
            kept = KeptConnection(self._engine)
        try:
            kept.connection.execute("BEGIN IMMEDIATE")
            yield kept.connection
            kept.connection.commit()
        except BaseException:
            kept.close()  # this rolls back
            raise
        self._writers.append(kept)

    @contextmanager
    def snapshot(self) -> Iterator[Session]:
        """One transaction that reads everything as it was at its beginning, while others write."""
        with self.session() as session:
            # Python's driver opens no transaction before a SELECT by itself.
            begin = "BEGIN" if self.is_sqlite else "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ"
            session.connection().exec_driver_sql(begin)
            yield session

    def upgrade(self) -> None:
        """Make the tables or bring them up to date, also when several workers start at once.

        Raises UnusableDatabaseError where a newer version of this program has made the tables.
        """
        # Alembic logs each plugin and each reading of the version; `upgrade` logs what matters.
        logging.getLogger("alembic").setLevel(logging.WARNING)
        from validator.migrations.upgrade import upgrade  # noqa: PLC0415 - only a start needs Alembic

        upgrade(self._engine)

    def settle(self) -> bool:
        """Take what was deleted out of the write-ahead log, too; False where a reader kept it from that.

        PostgreSQL does so by itself, in its own time.
        """
        if not self.is_sqlite:
            return True
        with self._engine.connect() as connection:
            busy: int = connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)").one()[0]
            return not busy

    def hurried(self, busy_ms: int) -> Database:
        """The same database for callers that must not wait long; closed with this one."""
        self._hurried.append(Database(self._url, busy_ms))
        return self._hurried[-1]

    def keep_connection(self) -> KeptConnection:
        """A connection for one reader that keeps it; closed with this database."""
        kept = KeptConnection(self._engine)
        self._kept.add(kept)
        return kept

    def close(self) -> None:
        """Give back all connections."""
        for database in self._hurried:
            database.close()
        # A writer that is in use now is not among them and ends its transaction.
        for kept in (*self._kept, *self._writers):
            kept.close()
        self._writers.clear()
        self._engine.dispose()


def _engine(url: URL, busy_ms: int) -> Engine:
    # Exceptions never quote what was written: it may be personal.
    if url.get_backend_name() != "sqlite":
        return _postgresql(url, busy_ms)
    if url.database:
        _own_file(Path(url.database))
    engine = create_engine(url, hide_parameters=True, pool_timeout=POOL_WAIT_S)
    event.listen(engine, "connect", partial(_prepare_sqlite, busy_ms))
    return engine


def _postgresql(url: URL, busy_ms: int) -> Engine:
    if url.drivername == "postgresql" and find_spec("psycopg") is not None:
        url = url.set(drivername="postgresql+psycopg")
    try:
        return create_engine(
            url,
            hide_parameters=True,
            pool_timeout=POOL_WAIT_S,
            pool_pre_ping=True,
            connect_args={"connect_timeout": CONNECT_S, "options": f"-c lock_timeout={busy_ms}"},
        )
    except (ImportError, NoSuchModuleError):
        raise UnusableDatabaseError(
            "PostgreSQL needs its driver: let ESCV_DATABASE_URL begin with postgresql://, and run  "
            "pip install 'esc-validator[postgresql]'  (requirements/extras.txt is its lock)."
        ) from None


def _own_file(path: Path) -> None:
    """Make the file readable by its owner only; SQLite gives its companions the same rights."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    if not path.exists():
        path.touch(mode=0o600)


def _prepare_sqlite(busy_ms: int, connection: SqliteConnection, _record: Any) -> None:  # noqa: ANN401 - SQLAlchemy's pool record
    # secure_delete: what is deleted is overwritten, and not only forgotten where it lay.
    for pragma in (
        "foreign_keys=ON",
        f"busy_timeout={busy_ms}",
        "synchronous=NORMAL",
        "secure_delete=ON",
    ):
        connection.execute(f"PRAGMA {pragma}")
    # Damaged text must not stop a query: the audit log reports the entry.
    connection.text_factory = _text


def _text(kept: bytes) -> str:
    return kept.decode(errors="replace")
