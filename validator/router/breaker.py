"""Stops asking a Router that does not answer, and finds out within twelve seconds that it does again."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from threading import Lock
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from validator.router.answers import RouterFailure

IN_A_ROW, SHARE, AT_LEAST = 5, 0.5, 10
WINDOW_S, MOST = 30.0, 100  # the share is over the calls of this time, the latest MOST of them
# Never doubled: people would see a healed Router late, and it hears one call in this time. The jitter keeps
# several processes out of step.
OPEN_S, JITTER_S = 10.0, 1.0
State = StrEnum("State", ["CLOSED", "OPEN", "HALF_OPEN"])


class Call:
    """One call that was let out; only the first word about it counts."""


@dataclass(frozen=True, slots=True)
class Standing:
    """`why` is the failure that opened it, None while closed; nobody gets through before `until`."""

    why: RouterFailure | None = None
    until: float = 0.0
    in_a_row: int = 0
    recent: tuple[tuple[float, bool], ...] = ()
    out: frozenset[Call] = frozenset()

    def told(self, failure: RouterFailure | None, now: float, open_s: float) -> Standing:
        """After the outcome of a call; those still out when it opens or closes count for nothing."""
        lately = [one for one in self.recent if one[0] > now - WINDOW_S]
        recent = (*lately[1 - MOST :], (now, failure is not None))
        in_a_row = self.in_a_row + 1 if failure else 0
        is_many = len(recent) >= AT_LEAST and sum(bad for _, bad in recent) >= SHARE * len(recent)
        if failure and (self.why or in_a_row >= IN_A_ROW or is_many):
            return Standing(failure, now + open_s)
        return Standing() if self.why else replace(self, in_a_row=in_a_row, recent=recent)


class Breaker:
    """Thread-safe, nobody waits in it. `jitter` gives 0 to 1; a probe that takes `probe_s` is given up."""

    def __init__(self, clock: Callable[[], float], jitter: Callable[[], float], probe_s: float) -> None:
        self._clock, self._jitter, self._probe_s = clock, jitter, probe_s
        self._lock, self._now = Lock(), Standing()

    def state(self) -> State:
        """Half-open from the moment at which one call may find out until its outcome is known."""
        now = self._now
        is_probed = bool(now.out) or self._clock() >= now.until
        return State.CLOSED if now.why is None else State.HALF_OPEN if is_probed else State.OPEN

    def refusal(self) -> RouterFailure | None:
        """The failure that keeps calls back at this moment, None where one may go out."""
        now = self._now
        return now.why if self._clock() < now.until else None

    def let_out(self) -> Call | RouterFailure:
        """A call, to be told of or withdrawn, or the failure that keeps it back."""
        with self._lock:
            if why := self.refusal():
                return why
            now, call = self._now, Call()
            probing = Standing(now.why, self._clock() + self._probe_s, out=frozenset({call}))
            self._now = probing if now.why else replace(now, out=now.out | {call})
            return call

    def told(self, call: Call, failure: RouterFailure | None) -> bool:
        """Tell how a call ended, `failure` where the Router fails; True where that opened or closed it."""
        with self._lock:
            before = self._now
            if call in before.out:
                rest = replace(before, out=before.out - {call})
                self._now = rest.told(failure, self._clock(), OPEN_S + JITTER_S * self._jitter())
            return (before.why is None) != (self._now.why is None)

    def withdrawn(self, call: Call) -> None:
        """Tell that a call did not go out after all: another one may."""
        with self._lock:
            if call in self._now.out:
                self._now = replace(self._now, until=0.0, out=self._now.out - {call})
