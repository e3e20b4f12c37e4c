"""Opens a SQLite file that the processes of one host share: in WAL mode, and readable by its owner only."""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory

WAL = "PRAGMA journal_mode = WAL"


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
