"""The store that all processes share, and this process's own while it fails: nobody waits for it long."""

from __future__ import annotations

import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING

import structlog

from validator.limits.store import WAIT_S, OwnStore, StoreDown, T

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from validator.limits.store import Store

log = structlog.get_logger(__name__)
PAUSE_S = 5.0
"""How long a store that failed is left alone, in seconds."""


class Shared:
    """Changes how callers stand; never raises. Thread-safe; `monotonic` gives seconds.

    A thread waits at most `wait_s` for its turn, and counts without the shared store if none comes.
    While the shared store fails, each process counts alone, from nothing: nobody is held back because of it.
    """

    def __init__(self, store: Store, monotonic: Callable[[], float], wait_s: float = WAIT_S) -> None:
        self._store = store
        self._own = OwnStore()
        self._monotonic = monotonic
        self._wait_s = wait_s
        # Threads take turns: only other processes come between, and one alone waits for a failing store.
        self._turn = threading.Lock()
        self._failing = False
        self._resumes_at = 0.0

    def change(self, key: str, step: Callable[[str | None], tuple[str, T]], now: float) -> T:
        """What `step` gives, from the shared store if it works."""
        with self._bearing_failure() as works:
            if works:
                return self._store.change(key, step, now)
        return self._own.change(key, step, now)

    def healthy(self) -> bool:
        """Whether the shared store works; looks at it unless it is left alone just now."""
        with self._bearing_failure() as works:
            if works:
                self._store.look()
        return not self._failing

    def purge(self, now: float) -> None:
        """Delete what is past its end; the next purge tries again what fails."""
        self._own.purge(now)
        with self._bearing_failure() as works:
            if works:
                self._store.purge(now)

    def close(self) -> None:
        """Let go of the store."""
        self._store.close()

    @contextmanager
    def _bearing_failure(self) -> Iterator[bool]:
        """This thread's turn at the store: whether to use it. A failure is noted before the next turn."""
        if self._left_alone() or not self._turn.acquire(timeout=self._wait_s):
            yield False
            return
        try:
            if self._left_alone():
                yield False
            else:
                # Where it failed before, one tries again: the others go on without it meanwhile.
                self._resumes_at = self._monotonic() + PAUSE_S
                yield True
                self._worked()
        except StoreDown as error:
            self._failed(error)
        finally:
            self._turn.release()

    def _left_alone(self) -> bool:
        return self._failing and self._monotonic() < self._resumes_at

    def _failed(self, error: StoreDown) -> None:
        if not self._failing:
            log.warning("limits_not_shared", why=str(error), meanwhile="each process counts alone")
        self._failing, self._resumes_at = True, self._monotonic() + PAUSE_S

    def _worked(self) -> None:
        if self._failing:
            log.info("limits_shared_again")
        self._failing = False
