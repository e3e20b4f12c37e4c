"""Asks the Router about one card, within one deadline, whatever the other side does."""

from __future__ import annotations

import time
from queue import Empty, SimpleQueue
from threading import Thread
from typing import TYPE_CHECKING

from validator.router.answers import RouterFailure
from validator.router.ceiling import Ceiling
from validator.router.config import Endpoint, RouterConfig
from validator.router.deadline import Deadline
from validator.router.order import AskingOrder
from validator.router.permits import Permit, Permits
from validator.router.reply import Elsewhere, Reading, read_reply
from validator.router.wire import Wire
from validator.verdict import Reason

if TYPE_CHECKING:
    from collections.abc import Callable

    from scanner.escn import Escn
    from validator.router.answers import RouterAnswer

__all__ = ["RouterClient", "RouterConfig"]

GRACE_S = 0.1
"""Beyond the deadline, for a call that ends itself to say why; nobody waits longer than both together."""


class RouterClient:
    """The Router as a proof. Thread-safe; one for a process, closed at its end.

    Each call runs in a thread of its own that is left behind at the deadline: resolving a name cannot be
    interrupted, and nothing inside `requests` has to be trusted for the bound to hold. Permits bound the
    threads.
    """

    def __init__(self, config: RouterConfig, clock: Callable[[], float] = time.monotonic) -> None:
        self._config = config
        self._clock = clock
        self._wire = Wire(config)
        self._permits = Permits(config.permits, config.permit_wait_s)
        self._ceiling = Ceiling(config.calls_per_s, clock)
        self._order = AskingOrder(config.order, clock)

    def status(self, escn: Escn) -> RouterAnswer:
        """What the Router says of this card, or why it says nothing; at most GRACE_S after the deadline."""
        deadline = Deadline.after(self._config.deadline_s, self._clock)
        permit = self._permits.take(deadline)
        if permit is None:
            return self._no_permit()
        told: SimpleQueue[RouterAnswer] = SimpleQueue()
        try:
            Thread(target=self._run, args=(escn, permit, told), name="router-call", daemon=True).start()
        except RuntimeError:
            self._permits.give_back(permit)
            return RouterFailure(Reason.TOO_MANY_CHECKS, "no thread to be had")
        try:
            return told.get(timeout=deadline.left() + GRACE_S)
        except Empty:
            return RouterFailure(Reason.ROUTER_TIMEOUT, "the call hangs")

    def close(self) -> None:
        """Close the kept connections."""
        self._wire.close()

    def _no_permit(self) -> RouterFailure:
        if self._permits.overdue():
            return RouterFailure(Reason.ROUTER_TIMEOUT, "earlier calls still hang")
        return RouterFailure(Reason.TOO_MANY_CHECKS, "all permits are taken")

    def _run(self, escn: Escn, permit: Permit, told: SimpleQueue[RouterAnswer]) -> None:
        answer: RouterAnswer = RouterFailure(Reason.ROUTER_ANSWER_UNUSABLE, "the call broke")
        try:
            answer = self._ask_in_turn(escn, permit.deadline)
        except Exception as fault:  # noqa: BLE001 - whatever libraries raise for odd answers; its text may hold the number
            answer = RouterFailure(Reason.ROUTER_ANSWER_UNUSABLE, f"unforeseen {type(fault).__name__}")
        finally:
            self._permits.give_back(permit)
            told.put(answer)

    def _ask_in_turn(self, escn: Escn, deadline: Deadline) -> RouterAnswer:
        passed: list[Elsewhere] = []
        for endpoint in self._order.now():
            reading = self._ask(endpoint, escn, deadline)
            if isinstance(reading, Elsewhere):
                passed.append(reading)
            elif isinstance(reading, RouterFailure):
                passed.append(Elsewhere(reading, path_missing=False))
                break
            else:
                self._order.worked(endpoint)
                return reading
        return _best_known(passed)

    def _ask(self, endpoint: Endpoint, escn: Escn, deadline: Deadline) -> Reading:
        if not self._ceiling.allows():
            return RouterFailure(Reason.TOO_MANY_CHECKS, "the ceiling on our own calls")
        reply = self._wire.get(self._config.address(endpoint, escn), deadline)
        if isinstance(reply, RouterFailure):
            return reply
        return read_reply(endpoint, escn, reply, keep_display_name=self._config.keep_display_name)


def _best_known(passed: list[Elsewhere]) -> RouterFailure:
    """The first reason, unless it was only that a path is missing: the next one says more."""
    return next((one.failure for one in passed if not one.path_missing), passed[0].failure)
