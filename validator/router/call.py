"""One call to one endpoint: through the circuit breaker and the rate limiter, retried at most once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import structlog

from validator.router.answers import RouterFailure
from validator.router.circuit_breaker import AllowedCall, CircuitBreaker
from validator.router.clock_skew import ClockSkew
from validator.router.health import AccessMonitor, RouterHealth
from validator.router.limits import RateLimiter
from validator.router.reply import read_reply
from validator.router.transport import Transport
from validator.verdict import Reason

if TYPE_CHECKING:
    from collections.abc import Callable

    from scanner.escn import Escn
    from validator.router.clock_skew import ClockOffset
    from validator.router.config import Endpoint, RouterConfig
    from validator.router.health import RecentCalls
    from validator.router.reply import EndpointAnswer
    from validator.router.runtime import Deadline, Runtime

log = structlog.get_logger(__name__)

GRACE_S = 0.1
"""Time after the deadline in which a call can still return its own reason. No caller waits longer."""

RETRY_SHARE = 0.4
"""A retry is made only if this share of the deadline is left."""

PAUSE_S, PAUSE_SHARE = 0.2, 0.25
"""The longest pause before the retry, in seconds and as a share of the time left. Full jitter spreads the
retries of calls that failed together."""

PREFER_S = 300.0
"""How long the endpoint that last succeeded is called first, before the operator's order applies again."""

_ROUTER_FAULTS = frozenset({Reason.ROUTER_BUSY, Reason.ROUTER_ERROR})


@dataclass(slots=True)
class RunningCheck:
    """One check in progress: its deadline, whether its retry is used up, and the call that is running."""

    escn: Escn
    deadline: Deadline
    has_retried: bool = False
    call: AllowedCall | None = None


class EndpointCaller:
    """Makes one check's calls to the endpoints. Thread-safe."""

    def __init__(self, config: RouterConfig, runtime: Runtime) -> None:
        self._config = config
        self._runtime = runtime
        self._transport = Transport(config)
        self._rate_limiter = RateLimiter(config.calls_per_s, runtime.clock)
        self._breaker = CircuitBreaker(runtime.clock, runtime.random, config.deadline_s + GRACE_S)
        self._access = AccessMonitor()
        self._skew = ClockSkew(runtime.now)

    def rejection(self) -> RouterFailure | None:
        """Why the circuit breaker rejects calls now, None if it allows them."""
        return self._breaker.rejection()

    def call(self, endpoint: Endpoint, check: RunningCheck) -> EndpointAnswer:
        """This endpoint's answer, within the check's deadline."""
        allowed = self._acquire()
        if isinstance(allowed, RouterFailure):
            return allowed
        answer = self._exchange(allowed, endpoint, check)
        if not self._may_retry(answer, check):
            return answer
        check.has_retried = True
        longest = min(PAUSE_S, PAUSE_SHARE * check.deadline.left())
        self._runtime.sleep(longest * self._runtime.random())
        allowed = self._acquire()
        # If we reject the retry ourselves, the reason of the first try is the true one.
        return answer if isinstance(allowed, RouterFailure) else self._exchange(allowed, endpoint, check)

    def abandon(self, check: RunningCheck, failure: RouterFailure) -> None:
        """Record that the check's running call broke, or that its caller no longer waits for it."""
        if check.call is not None:
            self._record(check.call, failure)

    def health(self, recent_calls: RecentCalls) -> RouterHealth:
        """The state of the Router as seen by this process; makes no call."""
        rejection = self._breaker.rejection()
        return RouterHealth(
            breaker=self._breaker.state(),
            open_because=rejection.reason if rejection else None,
            rate_limited=self._rate_limiter.recently_rejected(),
            skew_s=self._skew.offset().known_s,
            refusing=self._access.refusing(),
            recent_calls=recent_calls,
        )

    def clock_offset(self) -> ClockOffset:
        """How far our clock is ahead of the Router's, as far as its replies show."""
        return self._skew.offset()

    def close(self) -> None:
        """Close the kept connections."""
        self._transport.close()

    def _acquire(self) -> AllowedCall | RouterFailure:
        allowed = self._breaker.acquire()
        if isinstance(allowed, AllowedCall) and not self._rate_limiter.try_acquire():
            self._breaker.cancel(allowed)
            return RouterFailure(Reason.TOO_MANY_CHECKS, "our limit on calls per second")
        return allowed

    def _may_retry(self, answer: EndpointAnswer, check: RunningCheck) -> bool:
        return (
            isinstance(answer, RouterFailure)
            and answer.is_retryable
            and not check.has_retried
            and check.deadline.left() >= RETRY_SHARE * self._config.deadline_s
        )

    def _exchange(self, allowed: AllowedCall, endpoint: Endpoint, check: RunningCheck) -> EndpointAnswer:
        check.call = allowed
        reply = self._transport.get(self._config.address(endpoint, check.escn), check.deadline)
        if isinstance(reply, RouterFailure):
            self._record(allowed, reply)
            return reply
        self._skew.record(reply.date)
        answer = read_reply(endpoint, check.escn, reply, keep_display_name=self._config.keep_display_name)
        self._record(allowed, _router_fault(answer))
        self._access.record(endpoint, answer)
        return answer

    def _record(self, allowed: AllowedCall, failure: RouterFailure | None) -> None:
        if self._breaker.record(allowed, failure if self._config.has_breaker else None):
            if failure is None:
                log.info("router_circuit_breaker", state=self._breaker.state())
            else:
                log.warning("router_circuit_breaker", state=self._breaker.state(), reason=failure.reason)


def _router_fault(answer: EndpointAnswer) -> RouterFailure | None:
    """The failure if it counts against the Router as a whole (not against this card or our access).

    An unusable answer came in time and may concern the cards of one issuer only: other checks continue.
    """
    return answer if isinstance(answer, RouterFailure) and answer.reason in _ROUTER_FAULTS else None


class EndpointOrder:
    """The operator's order of endpoints, except that one that succeeded in place of another goes first.

    So an endpoint that always refuses does not double every check. Thread-safe.
    """

    def __init__(self, configured: tuple[Endpoint, ...], clock: Callable[[], float]) -> None:
        self._configured = configured
        self._clock = clock
        # One tuple, replaced as a whole: readers in other threads see the old one or the new one.
        self._preferred: tuple[Endpoint, float] = (configured[0], 0.0)

    def current(self) -> tuple[Endpoint, ...]:
        """The endpoints in the order in which to call them now."""
        first, until = self._preferred
        if first is self._configured[0] or self._clock() >= until:
            return self._configured
        return (first, *(endpoint for endpoint in self._configured if endpoint is not first))

    def succeeded(self, endpoint: Endpoint) -> None:
        """Record that this endpoint gave an answer about a card."""
        if endpoint is not self.current()[0]:
            self._preferred = (endpoint, self._clock() + PREFER_S)
