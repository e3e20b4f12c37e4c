"""Asks the ESC Router about one card, within one deadline, whatever the other side does."""

from __future__ import annotations

from dataclasses import replace
from queue import Empty, SimpleQueue
from threading import Thread
from typing import TYPE_CHECKING

from validator.router.answers import Cause, RouterFailure
from validator.router.asking import GRACE_S, Asking, Check
from validator.router.config import RouterConfig
from validator.router.connections import is_resolving
from validator.router.deadline import Deadline
from validator.router.order import AskingOrder
from validator.router.outcomes import OutcomeLog
from validator.router.permits import Permit, Permits
from validator.router.reply import Elsewhere
from validator.router.surroundings import Surroundings
from validator.verdict import Reason

if TYPE_CHECKING:
    from scanner.escn import Escn
    from validator.router.answers import RouterAnswer
    from validator.router.health import RouterHealth
    from validator.router.skew import Ahead

__all__ = ["RouterClient", "RouterConfig"]

REAL = Surroundings()


class RouterClient:
    """The Router as a proof. Thread-safe; one for a process, closed at its end.

    Each call runs in a thread of its own that is left behind at the deadline: resolving a name cannot be
    interrupted, and nothing inside `requests` has to be trusted for the bound to hold. Permits bound the
    threads. Where the breaker is open, no thread is needed to say so.
    """

    def __init__(self, config: RouterConfig, around: Surroundings = REAL) -> None:
        self._config = config
        self._clock = around.clock
        self._asking = Asking(config, around)
        self._permits = Permits(config.permits, config.permit_wait_s)
        self._order = AskingOrder(config.order, around.clock)
        self._outcomes = OutcomeLog(around.clock)

    def status(self, escn: Escn) -> RouterAnswer:
        """What the Router says of this card, or why it says nothing; at most GRACE_S after the deadline."""
        if refusal := self._asking.refusal():
            return refusal
        check = Check(escn, Deadline.after(self._config.deadline_s, self._clock))
        permit = self._permits.take(check.deadline)
        if permit is None:
            return self._no_permit()
        told: SimpleQueue[RouterAnswer] = SimpleQueue()
        try:
            call = Thread(target=self._run, args=(check, permit, told), name="router-call", daemon=True)
            call.start()
        except RuntimeError:
            self._permits.give_back(permit)
            return RouterFailure(Reason.TOO_MANY_CHECKS, "no thread to be had")
        answer = self._await(check, told, call)
        self._outcomes.note(escn, answer)
        return answer

    def health(self) -> RouterHealth:
        """How asking goes, as this process saw it; asks nobody."""
        return replace(self._asking.health(), outcomes=self._outcomes.lately())

    def ahead(self) -> Ahead:
        """How far our clock is ahead of the Router's, as far as its replies told."""
        return self._asking.ahead()

    def close(self) -> None:
        """Close the kept connections."""
        self._asking.close()

    def _await(self, check: Check, told: SimpleQueue[RouterAnswer], call: Thread) -> RouterAnswer:
        try:
            return told.get(timeout=check.deadline.left() + GRACE_S)
        except Empty:
            hangs = RouterFailure(Reason.ROUTER_TIMEOUT, "the call hangs")
            if is_resolving(call.ident):
                finer = Cause.PROXY if self._config.proxy else Cause.NAME
                hangs = replace(hangs, detail="the name service does not answer in time", finer=finer)
            self._asking.gave_up(check, hangs)
            return hangs

    def _no_permit(self) -> RouterFailure:
        if self._permits.overdue():
            return RouterFailure(Reason.ROUTER_TIMEOUT, "earlier calls still hang")
        return RouterFailure(Reason.TOO_MANY_CHECKS, "all permits are taken")

    def _run(self, check: Check, permit: Permit, told: SimpleQueue[RouterAnswer]) -> None:
        answer: RouterAnswer = RouterFailure(Reason.ROUTER_ANSWER_UNUSABLE, "the call broke")
        try:
            answer = self._ask_in_turn(check)
        except Exception as fault:  # noqa: BLE001 - whatever libraries raise for odd answers; its text may hold the number
            answer = RouterFailure(Reason.ROUTER_ANSWER_UNUSABLE, f"unforeseen {type(fault).__name__}")
            self._asking.gave_up(check, answer)
        finally:
            self._permits.give_back(permit)
            told.put(answer)

    def _ask_in_turn(self, check: Check) -> RouterAnswer:
        passed: list[Elsewhere] = []
        for endpoint in self._order.now():
            reading = self._asking.ask(endpoint, check)
            if isinstance(reading, Elsewhere):
                passed.append(reading)
            elif isinstance(reading, RouterFailure):
                passed.append(Elsewhere(reading, path_missing=False))
                break
            else:
                self._order.worked(endpoint)
                return reading
        return _best_known(passed)


def _best_known(passed: list[Elsewhere]) -> RouterFailure:
    """The first reason, unless it was only that a path is missing: the next one says more."""
    return next((one.failure for one in passed if not one.path_missing), passed[0].failure)
