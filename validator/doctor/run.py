"""Runs all checks in parallel, and ends by a deadline whatever hangs."""

from __future__ import annotations

import time
from dataclasses import dataclass
from queue import Empty, SimpleQueue
from threading import Thread
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from validator.doctor.finding import Finding, broken, late

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from validator.doctor.finding import Check

Facts = TypeVar("Facts")
RUN_S = 10.0
"""No run takes longer. The slowest check asks the Router directly and then through a proxy: 3 × 2.8 s."""


@dataclass(frozen=True, slots=True)
class Task(Generic[Facts]):
    """`probe` finds facts in a thread of its own. `judge` is called by the caller, in its language."""

    check: Check
    probe: Callable[[], Facts]
    judge: Callable[[Facts], list[Finding]]

    def start(self, number: int, results: SimpleQueue[tuple[int, Callable[[], list[Finding]]]]) -> None:
        """Run the probe; put what gives its findings into `results`."""

        def run() -> None:
            try:
                facts = self.probe()
            except Exception as error:  # noqa: BLE001 - one broken check must not hide the others
                name = type(error).__name__
                results.put((number, lambda: [broken(self.check, name)]))
            else:
                results.put((number, lambda: self.judge(facts)))

        # Not waited for: a disk or a name service that hangs cannot be interrupted.
        Thread(target=run, name=f"doctor-{self.check}", daemon=True).start()


def run(tasks: Sequence[Task[Any]], deadline_s: float = RUN_S) -> list[Finding]:
    """The findings of all tasks, in their order, after `deadline_s` at most."""
    results: SimpleQueue[tuple[int, Callable[[], list[Finding]]]] = SimpleQueue()
    ends = time.monotonic() + deadline_s
    for number, task in enumerate(tasks):
        task.start(number, results)
    judges: dict[int, Callable[[], list[Finding]]] = {}
    while len(judges) < len(tasks):
        try:
            number, judge = results.get(timeout=max(0.0, ends - time.monotonic()))
        except Empty:
            break
        judges[number] = judge
    return [
        finding
        for number, task in enumerate(tasks)
        for finding in (judges[number]() if number in judges else [late(task.check, deadline_s)])
    ]
