"""Opens a SQLite file that the processes of one host share: in WAL mode, and readable by its owner only."""

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
    """One connection for each thread of each process, made by `open_one` at first use.

    A connection must be neither used nor closed across a fork, so a child leaves its parent's alone
    (sqlite.org/howtocorrupt.html, 2.6). A dead thread's passes on with its number.
    """

    def __init__(self, open_one: Callable[[], sqlite3.Connection]) -> None:
        self._open_one = open_one
        self._kept: dict[tuple[int, int], sqlite3.Connection] = {}
        self._closed = False

    @contextmanager
    def using(self) -> Iterator[sqlite3.Connection]:
        """This thread's connection. Whatever fails closes it, and is a StoreError."""
        if self._closed:
            raise StoreError("the store is closed")
        place = (os.getpid(), threading.get_ident())
        try:
            connection = self._kept.get(place)
            if connection is None:
                connection = self._kept[place] = self._open_one()
            yield connection
        # ValueError: text that SQLite cannot hold, such as half a surrogate pair.
        except (sqlite3.Error, OSError, ValueError) as error:
            broken = self._kept.pop(place, None)
            if broken is not None:
                broken.close()
            # Only the name: the text may quote a path, or what could not be kept.
            name = getattr(error, "sqlite_errorname", type(error).__name__)
            raise StoreError(f"the store cannot be used ({name})") from None

    def close(self) -> None:
        """Close this process's connections; whoever uses them later gets StoreError."""
        self._closed = True
        for place in [place for place in list(self._kept) if place[0] == os.getpid()]:
            self._kept.pop(place).close()

    def __len__(self) -> int:
        return len(self._kept)


def empty_wal(connection: sqlite3.Connection) -> None:
    """Cut the write-ahead log, which holds deleted bytes, to nothing; StoreError where somebody reads."""
    busy = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]
    if busy:
        raise StoreError("somebody reads; what was deleted may still be in the write-ahead log")


def open_shared(path: Path, wait_s: float) -> sqlite3.Connection:
    """A connection for any thread that waits at most `wait_s` for a lock; raises sqlite3.Error and OSError.

    Makes the file where there is none; any number of processes may do that at once. What is deleted later is
    overwritten (`secure_delete`).
    """
    if not path.exists():
        _put_there(path)
    connection = sqlite3.connect(path, timeout=wait_s, isolation_level=None, check_same_thread=False)
    try:
        connection.execute(WAL)
        connection.execute("PRAGMA secure_delete = ON")
    except BaseException:
        connection.close()
        raise
    return connection


def _put_there(path: Path) -> None:
    # Whole at once: of two processes that turn one file to WAL together, SQLite fails one without any wait.
    with TemporaryDirectory(prefix=f".{path.name}-", dir=path.parent) as folder:
        draft = Path(folder) / path.name
        # Made before SQLite does: it would let everybody read it. It gives -wal and -shm the same rights.
        draft.touch(mode=0o600)
        with closing(sqlite3.connect(draft)) as connection:
            connection.execute(WAL)
        try:
            os.link(draft, path)
        except FileExistsError:
            pass
        except OSError:
            # A disk that knows no links: as good, but for two that begin in the same millisecond.
            path.touch(mode=0o600)
