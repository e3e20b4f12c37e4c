"""Keeps signed-in sessions and devices in this process; one revision number ends them for all processes.

Triggers in the database (migration 0009) increment the number in the transaction of each write to people,
devices or sessions that can change access, so that no code, command or manual SQL can omit it. Each request
reads the number first, and uses an entry only if it was read under this number. A committed change therefore
takes effect with the next request in every process.

The number is read with one SELECT over one kept connection: 4 µs with SQLite, where a session of SQLAlchemy
takes 220 µs. `PRAGMA data_version` takes as long and changes with each entry of the audit log. A counter in a
file would take 2 µs, and miss a change if a process was killed between its commit and the increment.
"""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Generic, TypeVar

from cachetools import LRUCache

if TYPE_CHECKING:
    from collections.abc import Callable

    from validator.database import Database, KeptConnection

MAX_ENTRIES = 1024
# Longer than many reads; a database that hangs must not make requests wait one after the other.
LOCK_TIMEOUT_S = 0.05
_QUERY = "SELECT number FROM identity_revision"
_Value = TypeVar("_Value")


class Revision:
    """Reads the revision number. Thread-safe."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._lock = threading.Lock()
        self._connection: KeptConnection | None = None

    def read(self) -> int | None:
        """The number as last committed; None if it cannot be read, so that no entry may be used."""
        if not self._lock.acquire(timeout=LOCK_TIMEOUT_S):
            return None
        try:
            if self._connection is None:
                self._connection = self._database.keep_connection()
            return self._connection.scalar(_QUERY)
        except Exception:  # noqa: BLE001 - any driver's; the caller asks the database, which raises what is wrong
            self._connection = None
            return None
        finally:
            self._lock.release()


class IdentityCache(Generic[_Value]):
    """What was read for a token, by the token's hash; holds found tokens only. Thread-safe."""

    def __init__(self, revision: Revision, max_entries: int = MAX_ENTRIES) -> None:
        self._revision = revision
        self._lock = threading.Lock()
        self._entries: LRUCache[str, _Value] = LRUCache(max_entries)
        self._entries_of: int | None = None

    def get(
        self, key: str, load: Callable[[], _Value | None], is_usable: Callable[[_Value], bool] | None = None
    ) -> _Value | None:
        """The entry of this key, else what `load` reads; an entry that is not usable is read again."""
        # Before `load`: what it reads is then at least as new as the number it is stored under.
        number = self._revision.read()
        if number is None:
            return load()
        with self._lock:
            if number != self._entries_of:
                self._entries.clear()
                self._entries_of = number
            found = self._entries.get(key)
        if found is not None and (is_usable is None or is_usable(found)):
            return found
        loaded = load()
        with self._lock:
            if self._entries_of == number:
                self._entries.pop(key, None)
                if loaded is not None:
                    self._entries[key] = loaded
        return loaded

    def forget(self, key: str) -> None:
        """Read this key again next time."""
        with self._lock:
            self._entries.pop(key, None)
