"""Single flight: who asks while the same question is on its way shares its answer."""

from __future__ import annotations

import threading
from concurrent.futures import Future
from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

T = TypeVar("T")


class Flights(Generic[T]):
    """At most one call a key at a time, for all threads of this process.

    Results and exceptions are shared alike: cachetools' own guard makes failing calls one after another, 80 s
    for 16 threads and a time-out of 5 s (measured, 8.0.1). Waiting ends with the call, so that needs a
    deadline.
    """

    def __init__(self) -> None:
        self._under_way: dict[str, Future[T]] = {}
        self._lock = threading.Lock()

    def run(self, key: str, work: Callable[[], T]) -> T:
        """What `work` gives or raises, or that of the call under way; one that has ended is never joined."""
        with self._lock:
            flight = self._under_way.get(key)
            leads = flight is None
            if flight is None:
                flight = self._under_way[key] = Future()
        if leads:
            self._fly(key, flight, work)
        return flight.result()

    def _fly(self, key: str, flight: Future[T], work: Callable[[], T]) -> None:
        try:
            result = work()
        except BaseException as error:  # noqa: BLE001 - whatever ends this call must end the waiting; result() raises it
            self._land(key)
            flight.set_exception(error)
        else:
            self._land(key)
            flight.set_result(result)

    def _land(self, key: str) -> None:
        with self._lock:
            del self._under_way[key]
