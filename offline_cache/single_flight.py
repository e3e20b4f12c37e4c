"""Single flight: concurrent calls with the same key share one call and its result."""

from __future__ import annotations

import threading
from concurrent.futures import Future
from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

T = TypeVar("T")


class SingleFlight(Generic[T]):
    """At most one call per key at a time, for all threads of this process.

    Exceptions are shared like results: cachetools' own guard runs failing calls one after another (80 s for
    16 threads and a time-out of 5 s, measured with 8.0.1). The call needs a deadline, since the others wait
    for it.
    """

    def __init__(self) -> None:
        self._in_progress: dict[str, Future[T]] = {}
        self._lock = threading.Lock()

    def run(self, key: str, work: Callable[[], T]) -> T:
        """The result or exception of `work`, or of the call in progress. A finished call is never joined."""
        with self._lock:
            flight = self._in_progress.get(key)
            is_leader = flight is None
            if flight is None:
                flight = self._in_progress[key] = Future()
        if is_leader:
            self._call(key, flight, work)
        return flight.result()

    def _call(self, key: str, flight: Future[T], work: Callable[[], T]) -> None:
        try:
            result = work()
        except BaseException as error:  # noqa: BLE001 - whatever ends this call must end the waiting; result() raises it
            self._remove(key)
            flight.set_exception(error)
        else:
            self._remove(key)
            flight.set_result(result)

    def _remove(self, key: str) -> None:
        with self._lock:
            del self._in_progress[key]
