"""Checks one card at the ESC Router within one deadline, whatever the Router or the network does."""

from __future__ import annotations

from dataclasses import replace
from queue import Empty, SimpleQueue
from threading import Thread
from typing import TYPE_CHECKING

from validator.router.answers import Cause, RouterFailure
from validator.router.call import GRACE_S, EndpointCaller, EndpointOrder, RunningCheck
from validator.router.config import RouterConfig
from validator.router.connections import is_resolving
from validator.router.health import CallLog
from validator.router.limits import Bulkhead, Permit
from validator.router.reply import TryNextEndpoint
from validator.router.runtime import Deadline, Runtime
from validator.verdict import Reason

if TYPE_CHECKING:
    from scanner.escn import Escn
    from validator.router.answers import RouterAnswer
    from validator.router.clock_skew import ClockOffset
    from validator.router.health import RouterHealth

__all__ = ["RouterClient", "RouterConfig"]

REAL_RUNTIME = Runtime()


class RouterClient:
    """The Router as a `Proof`. Thread-safe; one per process, closed at its end.

    Each check runs in a thread of its own, which is abandoned at the deadline: a name look-up cannot be
    interrupted, and the bound must not depend on code inside `requests`. The bulkhead bounds these threads.
    While the circuit breaker is open, no thread is started.
    """

    def __init__(self, config: RouterConfig, runtime: Runtime = REAL_RUNTIME) -> None:
        self._config = config
        self._clock = runtime.clock
        self._caller = EndpointCaller(config, runtime)
        self._bulkhead = Bulkhead(config.permits, config.permit_wait_s)
        self._order = EndpointOrder(config.order, runtime.clock)
        self._call_log = CallLog(runtime.clock)

    def status(self, escn: Escn) -> RouterAnswer:
        """The Router's answer about this card, or the failure; at most GRACE_S after the deadline."""
        if rejection := self._caller.rejection():
            return rejection
        check = RunningCheck(escn, Deadline.after(self._config.deadline_s, self._clock))
        permit = self._bulkhead.acquire(check.deadline)
        if permit is None:
            return self._no_permit()
        results: SimpleQueue[RouterAnswer] = SimpleQueue()
        try:
            thread = Thread(target=self._run, args=(check, permit, results), name="router-call", daemon=True)
            thread.start()
        except RuntimeError:
            self._bulkhead.release(permit)
            return RouterFailure(Reason.TOO_MANY_CHECKS, "no thread could be started")
        answer = self._wait(check, results, thread)
        self._call_log.record(escn, answer)
        return answer

    def health(self) -> RouterHealth:
        """The state of the Router as seen by this process; makes no call."""
        return self._caller.health(self._call_log.recent())

    def clock_offset(self) -> ClockOffset:
        """How far our clock is ahead of the Router's, as far as its replies show."""
        return self._caller.clock_offset()

    def close(self) -> None:
        """Close the kept connections."""
        self._caller.close()

    def _wait(self, check: RunningCheck, results: SimpleQueue[RouterAnswer], thread: Thread) -> RouterAnswer:
        try:
            return results.get(timeout=check.deadline.left() + GRACE_S)
        except Empty:
            failure = RouterFailure(Reason.ROUTER_TIMEOUT, "the call hangs")
            if is_resolving(thread.ident):
                cause = Cause.PROXY if self._config.proxy else Cause.NAME
                failure = replace(
                    failure, detail="the name service does not answer in time", specific_cause=cause
                )
            self._caller.abandon(check, failure)
            return failure

    def _no_permit(self) -> RouterFailure:
        if self._bulkhead.has_overdue_permit():
            return RouterFailure(Reason.ROUTER_TIMEOUT, "earlier calls still hang")
        return RouterFailure(Reason.TOO_MANY_CHECKS, "all permits are in use")

    def _run(self, check: RunningCheck, permit: Permit, results: SimpleQueue[RouterAnswer]) -> None:
        answer: RouterAnswer = RouterFailure(Reason.ROUTER_ANSWER_UNUSABLE, "the call broke")
        try:
            answer = self._call_endpoints(check)
        except Exception as error:  # noqa: BLE001 - libraries raise anything for odd answers; the text may hold the number
            answer = RouterFailure(Reason.ROUTER_ANSWER_UNUSABLE, f"unforeseen {type(error).__name__}")
            self._caller.abandon(check, answer)
        finally:
            self._bulkhead.release(permit)
            results.put(answer)

    def _call_endpoints(self, check: RunningCheck) -> RouterAnswer:
        failures: list[TryNextEndpoint] = []
        for endpoint in self._order.current():
            answer = self._caller.call(endpoint, check)
            if isinstance(answer, TryNextEndpoint):
                failures.append(answer)
            elif isinstance(answer, RouterFailure):
                failures.append(TryNextEndpoint(answer, path_missing=False))
                break
            else:
                self._order.succeeded(endpoint)
                return answer
        return _most_informative(failures)


def _most_informative(failures: list[TryNextEndpoint]) -> RouterFailure:
    """The first failure, unless it was only that a path is missing: then the next one explains more."""
    return next((one.failure for one in failures if not one.path_missing), failures[0].failure)
