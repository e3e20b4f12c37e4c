"""The limits of each caller: loads the state, decides, stores it, and alerts managers once an episode.

One transaction a check: `after_answer` counts a check before its answer is given out, and rejects an answer
that the shared state does not allow. So neither a crash, nor a second process, nor an old state in memory
gives anybody an answer that is not counted. Before the check, `allow` uses the state in this process's
memory while the caller is far from every threshold, the checks in progress included; else it counts in a
transaction of its own. What an old state in memory can cost is the Router calls that are in progress when
the caller comes near a threshold.

No transaction for a repeated check, which shows nothing new to a guesser: it takes only a token of `pace`.
At most MAX_UNSAVED of them wait in memory. A crash loses these tokens, which refill within four seconds
anyway.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from threading import Lock
from typing import TYPE_CHECKING, Protocol

import structlog
from cachetools import LRUCache

from validator.checking.checker import Admission
from validator.rate_limiting import rules
from validator.rate_limiting.fingerprints import fingerprint
from validator.rate_limiting.rules import Answer, Decision
from validator.rate_limiting.state import GuessState, from_text, to_text
from validator.rate_limiting.windows import Uploads
from validator.verdict import Outcome, Reason

if TYPE_CHECKING:
    from collections.abc import Callable

    from scanner.payload import Payload
    from scanner.pool import Reading
    from validator.accounts.identity import Caller
    from validator.rate_limiting.fingerprints import Fingerprints
    from validator.rate_limiting.store import DegradingStore
    from validator.rate_limiting.thresholds import Thresholds
    from validator.verdict import Verdict

log = structlog.get_logger(__name__)
MAX_CALLERS = 1_000
MAX_UNSAVED = 16


class Alerts(Protocol):
    """Alerts managers. Never raises."""

    def alert(self, caller: Caller, kind: str) -> None:
        """Record an alert of this kind about this caller."""
        ...


@dataclass(slots=True)
class _Seen:
    """The last state in this process: `text` as stored, `unsaved` checks later, `pending` in progress."""

    text: str
    state: GuessState
    pending: int = 0
    unsaved: int = 0


def _memory() -> LRUCache[str, _Seen]:
    return LRUCache(MAX_CALLERS)


@dataclass(frozen=True, slots=True)
class GuessLimiter:
    """`Limits` for callers by kind and id. Thread-safe; never raises, and waits WAIT_S for a failing store.

    `clock` gives epoch seconds, equal in all processes; `key` is the one of the fingerprints.
    """

    store: DegradingStore
    thresholds: Thresholds
    key: bytes
    clock: Callable[[], float]
    alerts: Alerts
    _seen: LRUCache[str, _Seen] = field(default_factory=_memory)
    _lock: Lock = field(default_factory=Lock)

    def allow(self, caller: Caller) -> Admission:
        """Whether this caller may check a card now."""
        now = self.clock()
        with self._lock:
            seen = self._seen.get(_name(caller))
            if seen and rules.is_far(seen.state, self.thresholds, now, seen.pending):
                seen.pending += 1
                return Admission.PENDING
        decision = self._change(caller, now, lambda state: rules.allow(state, self.thresholds, now))
        return Admission.COUNTED if decision.allowed else Admission.DENIED

    def after_answer(self, caller: Caller, payload: Payload, verdict: Verdict, admission: Admission) -> bool:
        """Count this answer; False if the caller may not have it."""
        now, answer = self.clock(), answer_of(verdict)
        card = fingerprint(self.key, payload.escn, now)
        is_counted = admission is Admission.COUNTED
        if not is_counted and self._is_repeated(caller, now, card, answer):
            return True

        def decide(state: GuessState) -> Decision:
            allowed = Decision(state) if is_counted else rules.allow(state, self.thresholds, now)
            if not allowed.allowed:
                return allowed
            answered = rules.after_answer(allowed.state, self.thresholds, now, card, answer)
            return replace(answered, alert=answered.alert or allowed.alert)

        return self._change(caller, now, decide).allowed

    def after_bad_input(self, caller: Caller) -> None:
        """Count input that held no number."""
        now = self.clock()
        self._change(caller, now, lambda state: rules.after_bad_input(state, self.thresholds, now))

    def allow_upload(self, caller: Caller) -> bool:
        """Whether a picture of this caller may be read now; if so, it counts."""
        return Uploads(self.store, self.clock).allow(caller)

    def after_upload(self, caller: Caller, reading: Reading) -> None:
        """Count what reading a picture cost."""
        Uploads(self.store, self.clock).charge(caller, reading)

    def healthy(self) -> bool:
        """Whether all processes count together."""
        return self.store.healthy()

    def purge(self) -> None:
        """Delete the state of callers without a check in the last day."""
        with self._lock:
            self._seen.clear()
        self.store.purge(self.clock())

    def close(self) -> None:
        """Close the store."""
        self.store.close()

    def _is_repeated(self, caller: Caller, now: float, card: Fingerprints, answer: Answer) -> bool:
        """Count a pending check in memory alone if it shows nothing new."""
        with self._lock:
            seen = self._seen.get(_name(caller))
            if seen is None:
                return False
            seen.pending = max(0, seen.pending - 1)
            after = rules.repeated(seen.state, self.thresholds, now, card, answer)
            if after is None or seen.unsaved >= MAX_UNSAVED:
                return False
            seen.state, seen.unsaved = after, seen.unsaved + 1
            return True

    def _change(self, caller: Caller, now: float, decide: Callable[[GuessState], Decision]) -> Decision:
        name = _name(caller)
        with self._lock:
            seen = self._seen.get(name)

        def step(text: str | None) -> tuple[str, tuple[str, Decision]]:
            decision = decide(_state(text, seen) or rules.initial(self.thresholds, now))
            new = to_text(decision.state)
            return new, (new, decision)

        text, decision = self.store.change(name, step, now)
        with self._lock:
            pending = current.pending if (current := self._seen.get(name)) else 0
            self._seen[name] = _Seen(text, decision.state, pending)
        if decision.alert is not None:
            log.warning("alert", kind=decision.alert.value, caller=caller.kind.value, caller_id=caller.id)
            self.alerts.alert(caller, decision.alert.value)
        return decision


def _state(text: str | None, seen: _Seen | None) -> GuessState | None:
    """The stored state, less what this process has not saved yet."""
    if seen and text == seen.text:
        return seen.state
    state = from_text(text) if text else None
    return replace(state, pace=max(0.0, state.pace - seen.unsaved)) if state and seen else state


def answer_of(verdict: Verdict) -> Answer:
    """The answer in a verdict; a cached one counts like one of now."""
    if verdict.outcome is Outcome.COULD_NOT_CHECK:
        return Answer.NONE
    return Answer.UNKNOWN if verdict.reason is Reason.UNKNOWN_CARD else Answer.KNOWN


def _name(caller: Caller) -> str:
    return f"{caller.kind.value}:{caller.id}"
