"""Where the state of callers is stored: one store for all processes, and local memory while it fails.

`limits.sqlite` is for the processes of one host. A damaged file is never repaired: stop the server and
delete it with its `-wal` and `-shm`. Only the counts of the last day are lost.
"""

from __future__ import annotations

import os
import sqlite3
import threading
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, TypeAlias, TypeVar

import structlog

from offline_cache.sqlite_file import open_shared
from validator.keys import Purpose, derive

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from validator.rate_limiting.redis_store import RedisStore

    Store: TypeAlias = "SqliteStore | RedisStore"

log = structlog.get_logger(__name__)
FILE = "limits.sqlite"
WAIT_S = 0.1
"""How long a check waits for the store, in seconds."""
PAUSE_S = 5.0
"""How long a store that failed is not used, in seconds."""
KEPT_S = 86_400
"""How long a state is kept after its last change, in seconds. By then all token buckets are nearly full."""
TRIES = 64
"""Maximum compare-and-swap tries. Each conflict means that another process made progress."""

T = TypeVar("T")
Errors = tuple[type[Exception], ...]

_TABLE = """
    CREATE TABLE IF NOT EXISTS callers (key TEXT PRIMARY KEY, standing TEXT NOT NULL, ends_at REAL NOT NULL)
    STRICT, WITHOUT ROWID
"""
_GET = "SELECT standing FROM callers WHERE key = ? AND ends_at > ?"
# One statement, so that no Python code runs while the file is locked: a thread that waits for the GIL would
# make all other processes wait.
_SWAP = """
    INSERT INTO callers (key, standing, ends_at) VALUES (:key, :new, :ends_at)
    ON CONFLICT (key) DO UPDATE SET standing = excluded.standing, ends_at = excluded.ends_at
    WHERE standing = :old OR (:old IS NULL AND ends_at <= :now)
"""
_DELETE = "DELETE FROM callers WHERE key = ? AND standing = ?"
_ITEMS = "SELECT key, standing FROM callers WHERE key GLOB ? || '*'"
# An end too far ahead was written while the clock was wrong.
_PURGE = "DELETE FROM callers WHERE ends_at <= ? OR ends_at > ?"


class StoreUnavailable(Exception):
    """The store cannot be used now."""


class SqliteStore:
    """A file for the processes of one host, created at first use; no path: the memory of this process.

    One text for each key. Any method may raise one of `errors`. Not for several threads: DegradingStore sees
    to that. RedisStore has the same methods.
    """

    errors: Errors = (sqlite3.Error, OSError, ValueError)

    def __init__(self, path: Path | None, wait_s: float = WAIT_S) -> None:
        self._path = path
        self._wait_s = wait_s
        self._connection: sqlite3.Connection | None = None
        self._pid = 0

    def get(self, key: str, now: float) -> str | None:
        """The text of this key at `now` (epoch seconds)."""
        row = self._open().execute(_GET, (key, now)).fetchone()
        return row[0] if row else None

    def swap(self, key: str, old: str | None, new: str | None, now: float) -> bool:
        """Replace `old` by `new` if `old` is still stored; None stands for no text."""
        if new is None:
            return old is None or self._open().execute(_DELETE, (key, old)).rowcount > 0
        values = {"key": key, "old": old, "new": new, "now": now, "ends_at": now + KEPT_S}
        return self._open().execute(_SWAP, values).rowcount > 0

    def items(self, prefix: str) -> dict[str, str]:
        """All keys that begin with `prefix`, with their texts."""
        return dict(self._open().execute(_ITEMS, (prefix,)).fetchall())

    def check(self) -> None:
        """Take the write lock: this also fails if the disk is read-only."""
        connection = self._open()
        connection.execute("BEGIN IMMEDIATE")
        connection.execute("SELECT count(*) FROM callers")
        connection.execute("COMMIT")

    def purge(self, now: float) -> None:
        """Delete expired rows, then empty the write-ahead log that still holds them."""
        self._open().execute(_PURGE, (now, now + 2 * KEPT_S))
        self._open().execute("PRAGMA wal_checkpoint(TRUNCATE)")

    def disconnect(self) -> None:
        """Close this process's connection."""
        if self._connection is not None and self._pid == os.getpid():
            self._connection.close()
        self._connection = None

    def _open(self) -> sqlite3.Connection:
        # A connection must not be used or closed by a forked child (sqlite.org/howtocorrupt.html, 2.6).
        if self._connection is None or self._pid != os.getpid():
            self._connection, self._pid = _connect(self._path, self._wait_s), os.getpid()
        return self._connection


class DegradingStore:
    """The shared store, and memory while it fails. Never raises. Thread-safe.

    A thread waits at most `wait_s` for its turn at the shared store. While that store fails, each process
    counts alone and starts from zero, and one thread tries it again every PAUSE_S.
    """

    def __init__(self, store: Store, monotonic: Callable[[], float], wait_s: float = WAIT_S) -> None:
        self._store = store
        self._errors: Errors = (StoreUnavailable, *store.errors)
        self._monotonic = monotonic
        self._wait_s = wait_s
        self._turn = threading.Lock()
        self._local = SqliteStore(None)
        self._local_turn = threading.Lock()
        self._failing = False
        self._closed = False
        self._resumes_at = 0.0

    def change(self, key: str, step: Callable[[str | None], tuple[str | None, T]], now: float) -> T:
        """Replace the text of `key` by the first value of `step`, atomically; returns the second value.

        `step` is pure: it is called again if another process wrote in between. None deletes the text.
        """
        with self._shared() as usable:
            if usable:
                return _change(self._store, key, step, now)
        with self._local_turn:
            return _change(self._local, key, step, now)

    def trim(self, prefix: str, most: int, weight: Callable[[str], float], now: float) -> None:
        """Delete the lightest texts where more than `most` keys begin with `prefix`."""
        self._in_each(lambda store: _trim(store, prefix, most, weight, now))

    def purge(self, now: float) -> None:
        """Delete expired texts."""
        self._in_each(lambda store: store.purge(now))

    def healthy(self) -> bool:
        """Whether the shared store works; tests it unless it is paused."""
        with self._shared() as usable:
            if usable:
                self._store.check()
        return not self._failing

    def close(self) -> None:
        """Close the shared store; later calls count in memory."""
        self._closed = True
        # Not while another thread uses a connection.
        with self._turn, self._local_turn:
            self._store.disconnect()
            self._local.disconnect()

    def _in_each(self, use: Callable[[Store], None]) -> None:
        with self._local_turn:
            use(self._local)
        with self._shared() as usable:
            if usable:
                use(self._store)

    @contextmanager
    def _shared(self) -> Iterator[bool]:
        """This thread's turn: whether to use the shared store. A failure is noted before the next turn."""
        if self._is_paused() or not self._turn.acquire(timeout=self._wait_s):
            yield False
            return
        try:
            usable = not self._is_paused()
            if usable:
                # After a failure one thread tries again; the others continue without the store.
                self._resumes_at = self._monotonic() + PAUSE_S
            yield usable
            if usable and self._failing:
                self._failing = False
                log.info("rate_limit_store_recovered")
        except self._errors as error:
            self._failed(error)
        finally:
            self._turn.release()

    def _is_paused(self) -> bool:
        return self._closed or (self._failing and self._monotonic() < self._resumes_at)

    def _failed(self, error: Exception) -> None:
        self._store.disconnect()
        if not self._failing:
            # Only the name: the message may contain a path, or the address of Redis with its password.
            name = getattr(error, "sqlite_errorname", type(error).__name__)
            log.warning("rate_limit_store_failed", why=name, meanwhile="each process counts alone")
        self._failing, self._resumes_at = True, self._monotonic() + PAUSE_S


def open_store(secret: str, folder: Path, redis_url: str | None, wait_s: float = WAIT_S) -> DegradingStore:
    """The store of a site: Redis if its address is given, else a file. Nothing is opened before first use."""
    if not redis_url:
        return DegradingStore(SqliteStore(folder / FILE, wait_s), time.monotonic, wait_s)
    from validator.rate_limiting.redis_store import RedisStore  # noqa: PLC0415 - an optional extra

    site = derive(secret, Purpose.REDIS_NAMES)[:8].hex()
    return DegradingStore(RedisStore(redis_url, f"escv:{site}:limits:", wait_s), time.monotonic, wait_s)


def _connect(path: Path | None, wait_s: float) -> sqlite3.Connection:
    if path is None:
        connection = sqlite3.connect(":memory:", isolation_level=None, check_same_thread=False)
    else:
        connection = open_shared(path, wait_s)
    try:
        # A power cut may lose the last seconds of counting, but does not damage the file.
        connection.execute("PRAGMA synchronous = NORMAL")
        connection.execute(_TABLE)
    except BaseException:
        connection.close()
        raise
    return connection


def _change(store: Store, key: str, step: Callable[[str | None], tuple[str | None, T]], now: float) -> T:
    for _ in range(TRIES):
        old = store.get(key, now)
        new, result = step(old)
        if new == old or store.swap(key, old, new, now):
            return result
    raise StoreUnavailable


def _trim(store: Store, prefix: str, most: int, weight: Callable[[str], float], now: float) -> None:
    items = store.items(prefix)
    for key in sorted(items, key=lambda key: weight(items[key]))[: max(0, len(items) - most)]:
        store.swap(key, items[key], None, now)
