"""Opens a SQLite file that the processes of one host share: WAL mode, readable by its owner only."""

from __future__ import annotations

import os
import sqlite3
import threading
from contextlib import closing, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from offline_cache.store import StoreError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

WAL = "PRAGMA journal_mode = WAL"


class Connections:
    """One connection per thread and process, opened by `open_one` at first use.

    A connection must be neither used nor closed across a fork, so a child never touches its parent's
    (sqlite.org/howtocorrupt.html, 2.6). A new thread with a dead thread's number reuses its connection.
    """

    def __init__(self, open_one: Callable[[], sqlite3.Connection]) -> None:
        self._open_one = open_one
        self._kept: dict[tuple[int, int], sqlite3.Connection] = {}
        self._closed = False

    @contextmanager
    def using(self) -> Iterator[sqlite3.Connection]:
        """This thread's connection. Any failure closes it and raises StoreError."""
        if self._closed:
            raise StoreError("the store is closed")
        owner = (os.getpid(), threading.get_ident())
        try:
            connection = self._kept.get(owner)
            if connection is None:
                connection = self._kept[owner] = self._open_one()
            yield connection
        # ValueError: text that SQLite cannot store, such as half a surrogate pair.
        except (sqlite3.Error, OSError, ValueError) as error:
            broken = self._kept.pop(owner, None)
            if broken is not None:
                broken.close()
            # Only the name: the text may quote a path or the value.
            name = getattr(error, "sqlite_errorname", type(error).__name__)
            raise StoreError(f"the store cannot be used ({name})") from None

    def close(self) -> None:
        """Close this process's connections; later use raises StoreError."""
        self._closed = True
        for owner in [owner for owner in list(self._kept) if owner[0] == os.getpid()]:
            self._kept.pop(owner).close()

    def __len__(self) -> int:
        return len(self._kept)


def empty_wal(connection: sqlite3.Connection) -> None:
    """Truncate the write-ahead log, which holds deleted bytes; StoreError if another connection reads."""
    busy = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]
    if busy:
        raise StoreError("another connection reads; deleted data may still be in the write-ahead log")


def open_shared(path: Path, wait_s: float) -> sqlite3.Connection:
    """A connection for any thread that waits at most `wait_s` for a lock; raises sqlite3.Error and OSError.

    Creates the file if there is none; several processes may do that at once. Deleted data is overwritten
    (`secure_delete`).
    """
    if not path.exists():
        _create(path)
    connection = sqlite3.connect(path, timeout=wait_s, isolation_level=None, check_same_thread=False)
    try:
        connection.execute(WAL)
        connection.execute("PRAGMA secure_delete = ON")
    except BaseException:
        connection.close()
        raise
    return connection


def _create(path: Path) -> None:
    # Create the file in WAL mode and link it atomically: if two processes switch one file to WAL at once,
    # SQLite fails one of them without waiting.
    with TemporaryDirectory(prefix=f".{path.name}-", dir=path.parent) as folder:
        draft = Path(folder) / path.name
        # Created before SQLite does, which would make it readable for all. -wal and -shm get the same rights.
        draft.touch(mode=0o600)
        with closing(sqlite3.connect(draft)) as connection:
            connection.execute(WAL)
        try:
            os.link(draft, path)
        except FileExistsError:
            pass
        except OSError:
            # A disk without hard links: two processes in the same millisecond may then fail as above.
            path.touch(mode=0o600)
