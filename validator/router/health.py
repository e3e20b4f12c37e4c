"""What the log and the health page show of Router calls: refused access, recent outcomes, their summary."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from threading import Lock
from typing import TYPE_CHECKING, NamedTuple

import structlog

from validator.router.answers import Cause, RouterFailure
from validator.router.circuit_breaker import BreakerState
from validator.router.reply import ASKED_TO_WAIT, TryNextEndpoint
from validator.verdict import Reason

if TYPE_CHECKING:
    from collections.abc import Callable

    from scanner.escn import Escn
    from validator.router.answers import RouterAnswer
    from validator.router.config import Endpoint
    from validator.router.reply import EndpointAnswer

log = structlog.get_logger(__name__)

HINT = "ask the Router's operators whether this server's address and token are known to them"

QUIET_S = 60.0
"""The same failure is not logged twice within this time, even if other outcomes came between."""

REMIND_S = 3600.0
"""A lasting failure is logged again after this time; the health page forgets a failure after it."""

MAX_KINDS = 32
RECENT_ANSWERS = 20
"""The number of latest answers by which the Router's answers are judged usable or not."""


@dataclass(frozen=True, slots=True)
class RecentCalls:
    """A summary of the latest calls.

    `current_failure` is the failure of the last call, None if it gave an answer. `consecutive_failures`
    counts the calls that failed since the last answer. `answers_unusable` is True if most of the latest
    answers, about the cards of more than one issuer, could not be used. `latest_failure` is at most an hour
    old.
    """

    current_failure: RouterFailure | None = None
    consecutive_failures: int = 0
    answers_unusable: bool = False
    latest_failure: RouterFailure | None = None


@dataclass(frozen=True, slots=True)
class RouterHealth:
    """The Router as seen by one process; holds no number and no name.

    `open_because` is set while the circuit breaker rejects calls. `rate_limited` counts the calls that our
    own limit rejected within the last minute. `skew_s` is how far our clock is ahead of the Router's, None if
    too few replies had the time. `refusing` are the endpoints that refuse us access.
    """

    breaker: BreakerState = BreakerState.CLOSED
    open_because: Reason | None = None
    rate_limited: int = 0
    skew_s: float | None = None
    refusing: tuple[str, ...] = ()
    recent_calls: RecentCalls = field(default_factory=RecentCalls)


class AccessMonitor:
    """Logs when an endpoint begins or stops to refuse us access. Thread-safe."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._refusing: dict[Endpoint, str] = {}

    def record(self, endpoint: Endpoint, answer: EndpointAnswer) -> None:
        """Record this endpoint's answer; logs if it is a change."""
        status = _refusal(answer)
        with self._lock:
            before = self._refusing.pop(endpoint, None)
            if status is not None:
                self._refusing[endpoint] = status
        if status is not None and status != before:
            log.error("router_access_refused", endpoint=endpoint, status=status, hint=HINT)
        elif status is None and before is not None:
            log.info("router_access_restored", endpoint=endpoint)

    def refusing(self) -> tuple[str, ...]:
        """The names of the endpoints that refuse us access."""
        with self._lock:
            return tuple(sorted(self._refusing))


def _refusal(answer: EndpointAnswer) -> str | None:
    failure = answer.failure if isinstance(answer, TryNextEndpoint) else answer
    if isinstance(failure, RouterFailure) and failure.reason is Reason.ROUTER_REFUSED:
        return failure.detail
    return None


class _Answer(NamedTuple):
    at: float
    issuer: str
    is_unusable: bool


class CallLog:
    """Records the outcome of each check: logs changes, keeps a summary. Thread-safe; `clock` is monotonic."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._lock = Lock()
        self._repeats = _RepeatFilter()
        self._current: RouterFailure | None = None
        self._consecutive = 0
        self._latest: tuple[float, RouterFailure] | None = None
        self._answers: deque[_Answer] = deque(maxlen=RECENT_ANSWERS)

    def record(self, escn: Escn, answer: RouterAnswer) -> None:
        """Record the outcome of a check of this card. Checks that we rejected ourselves do not count."""
        failure = answer if isinstance(answer, RouterFailure) else None
        if failure is not None and failure.cause is Cause.HELD_BACK:
            return
        with self._lock:
            now = self._clock()
            self._current = failure
            self._consecutive = self._consecutive + 1 if failure else 0
            if failure is not None:
                self._latest = (now, failure)
            if failure is None or failure.cause is Cause.UNUSABLE:
                self._answers.append(_Answer(now, escn.issuer_pic or "", failure is not None))
            count = self._repeats.skipped_before(_kind(failure), now)
        if count is not None:
            _write(failure, count)

    def recent(self) -> RecentCalls:
        """The summary of the latest calls."""
        with self._lock:
            since = self._clock() - REMIND_S
            answers = [one for one in self._answers if one.at > since]
            latest = self._latest[1] if self._latest and self._latest[0] > since else None
            current, consecutive = self._current, self._consecutive
        unusable = [one.issuer for one in answers if one.is_unusable]
        is_most = 2 * len(unusable) > len(answers) and len(set(unusable)) > 1
        return RecentCalls(current, consecutive, is_most, latest)


class _RepeatFilter:
    """Decides which outcomes are logged. The kind `None` is an answer. Not thread-safe."""

    def __init__(self) -> None:
        self._last: str | None = None
        self._logged_at: dict[str, float] = {}
        self._skipped: dict[str, int] = {}

    def skipped_before(self, kind: str | None, now: float) -> int | None:
        """How many outcomes were skipped before this line; None if this outcome is skipped too."""
        if kind is None:
            return self._answered()
        pause = REMIND_S if kind == self._last else QUIET_S
        if now - self._logged_at.get(kind, float("-inf")) < pause:
            self._skipped[kind] = self._skipped.get(kind, 0) + 1
            return None
        if kind not in self._logged_at and len(self._logged_at) >= MAX_KINDS:
            oldest = min(self._logged_at, key=lambda one: self._logged_at[one])
            self._logged_at.pop(oldest)
            self._skipped.pop(oldest, None)
        self._logged_at[kind] = now
        self._last = kind
        return self._skipped.pop(kind, 0)

    def _answered(self) -> int | None:
        if self._last is None:
            return None
        self._last = None
        count = sum(self._skipped.values())
        self._skipped.clear()
        return count


def _kind(failure: RouterFailure | None) -> str | None:
    """Two failures with the same kind are the same; the Router's wish to wait makes no difference."""
    return None if failure is None else f"{failure.cause} {failure.detail.partition(ASKED_TO_WAIT)[0]}"


def _write(failure: RouterFailure | None, count: int) -> None:
    if failure is None:
        log.info("router_recovered", count=count)
    else:
        log.warning(
            "router_call_failed",
            cause=failure.cause,
            why=failure.detail,
            reason=failure.reason,
            count=count,
        )
