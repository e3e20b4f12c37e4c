"""Background work: a few threads, a short queue, at most one job per key."""

from __future__ import annotations

import logging
import threading
from contextlib import suppress
from queue import Empty, SimpleQueue
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable

log = logging.getLogger(__name__)


class Background(Protocol):
    """Runs work later in another thread."""

    def submit(self, key: str, work: Callable[[], object]) -> bool:
        """Queue the work; False if the key already has a job or the queue is full."""
        ...

    def close(self) -> None:
        """Drop queued jobs and let running ones end."""
        ...


class DaemonPool:
    """`threads` workers, started at first use, and at most `queue` waiting jobs.

    The threads are daemons: the process may end at any moment, because a lost job costs nothing.
    """

    def __init__(self, threads: int = 2, queue: int = 64, name: str = "renewal") -> None:
        self._size = threads
        self._name = name
        self._max_jobs = threads + queue
        self._lock = threading.Lock()
        self._keys: set[str] = set()
        self._jobs: SimpleQueue[tuple[str, Callable[[], object]] | None] = SimpleQueue()
        self._threads: list[threading.Thread] = []
        self._closed = False

    def submit(self, key: str, work: Callable[[], object]) -> bool:
        """Queue the work; False if the key already has a job or the queue is full."""
        with self._lock:
            if self._closed or key in self._keys or len(self._keys) >= self._max_jobs:
                return False
            self._keys.add(key)
            self._jobs.put((key, work))
            if len(self._threads) < self._size:
                self._threads.append(threading.Thread(target=self._work, name=self._name, daemon=True))
                self._threads[-1].start()
            return True

    def close(self) -> None:
        """Drop queued jobs and wait until running ones have ended."""
        with self._lock:
            self._closed = True
        with suppress(Empty):
            while True:
                self._jobs.get_nowait()
        for _ in self._threads:
            self._jobs.put(None)
        for thread in self._threads:
            thread.join()

    def _work(self) -> None:
        while (job := self._jobs.get()) is not None:
            self._run(*job)

    def _run(self, key: str, work: Callable[[], object]) -> None:
        try:
            work()
        except Exception as error:  # noqa: BLE001 - no caller waits for the result, and the thread must go on
            log.warning("%s: work in the background failed: %s", self._name, type(error).__name__)
        finally:
            with self._lock:
                self._keys.discard(key)
