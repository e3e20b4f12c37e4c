"""The circuit breaker behaves like a simple model, for any sequence of events."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from validator.router.answers import RouterFailure
from validator.router.circuit_breaker import AllowedCall, BreakerState, CircuitBreaker
from validator.verdict import Reason

PROBE_S = 2.6
REASONS = (Reason.ROUTER_TIMEOUT, Reason.ROUTER_UNREACHABLE, Reason.ROUTER_BUSY, Reason.ROUTER_ERROR)
failures = st.sampled_from([RouterFailure(reason, "as the test wants") for reason in REASONS])
outcomes = st.one_of(failures, failures, st.none())


class AgainstTheModel(RuleBasedStateMachine):
    """Calls start, end, are cancelled or lost, and time passes; the model keeps the whole history."""

    def __init__(self) -> None:
        super().__init__()
        self.now = 0.0
        self.chance = 0.0
        self.breaker = CircuitBreaker(lambda: self.now, lambda: self.chance, PROBE_S)
        self.out: list[AllowedCall] = []  # all allowed calls, with or without outcome
        self.history: list[tuple[float, RouterFailure | None]] = []  # since it last opened or closed
        self.counting: list[AllowedCall] = []  # calls whose outcome still matters
        self.open_for: RouterFailure | None = None
        self.shut_until = 0.0

    @rule(seconds=st.one_of(st.floats(0, 4), st.sampled_from([10.0, 11.0, 30.0])))
    def time_passes(self, seconds: float) -> None:
        """The clock moves on."""
        self.now += seconds

    @rule(chance=st.floats(0, 1))
    def jitter_changes(self, chance: float) -> None:
        """The next opening has another duration."""
        self.chance = chance

    @rule()
    def a_call_starts(self) -> None:
        """A call is allowed, or rejected with the failure that opened the breaker."""
        said = self.breaker.acquire()
        if self.open_for and self.now < self.shut_until:
            assert said == self.open_for
            return
        assert isinstance(said, AllowedCall)
        self.out.append(said)
        if self.open_for:
            self.counting = []
            self.shut_until = self.now + PROBE_S
        self.counting.append(said)

    @rule(data=st.data(), outcome=outcomes)
    def a_call_ends(self, data: st.DataObject, outcome: RouterFailure | None) -> None:
        """Any of all calls so far ends, perhaps for the second time."""
        if not self.out:
            return
        call = data.draw(st.sampled_from(self.out))
        was_open = self.open_for is not None
        if call in self.counting:
            self.counting.remove(call)
            self.history.append((self.now, outcome))
            self._judge(outcome)
        assert self.breaker.record(call, outcome) is (was_open != (self.open_for is not None))

    @rule(count=st.integers(1, 12), outcome=outcomes)
    def many_calls_have_the_same_outcome(self, count: int, outcome: RouterFailure | None) -> None:
        """As in an outage, or between two outages."""
        for _ in range(count):
            before = len(self.out)
            self.a_call_starts()
            if len(self.out) > before:
                call = self.out[-1]
                self.counting.remove(call)
                self.history.append((self.now, outcome))
                self._judge(outcome)
                self.breaker.record(call, outcome)

    @rule(data=st.data())
    def a_call_is_cancelled(self, data: st.DataObject) -> None:
        """Any of all calls so far is cancelled."""
        if not self.out:
            return
        call = data.draw(st.sampled_from(self.out))
        self.breaker.cancel(call)
        if call in self.counting:
            self.counting.remove(call)
            self.shut_until = 0.0

    @invariant()
    def they_agree(self) -> None:
        """The same state and the same rejection."""
        shut = self.open_for is not None and self.now < self.shut_until
        assert self.breaker.rejection() == (self.open_for if shut else None)
        expected = BreakerState.CLOSED
        if self.open_for:
            expected = BreakerState.OPEN if shut and not self.counting else BreakerState.HALF_OPEN
        assert self.breaker.state() is expected

    def _judge(self, outcome: RouterFailure | None) -> None:
        """Open or close by the rules."""
        lately = [bad for at, bad in self.history if at > self.now - 30][-100:]
        five = len(self.history) >= 5 and all(bad for _, bad in self.history[-5:])
        half = len(lately) >= 10 and len([bad for bad in lately if bad]) * 2 >= len(lately)
        if outcome and (self.open_for or five or half):
            self.open_for, self.shut_until = outcome, self.now + 10 + self.chance
        elif not self.open_for:
            return
        else:
            self.open_for = None
        self.history, self.counting = [], []


def agree(runs: int) -> None:
    """This many runs of some dozens of steps."""
    run_state_machine_as_test(
        AgainstTheModel,
        settings=settings(
            max_examples=runs,
            stateful_step_count=50,
            deadline=None,
            suppress_health_check=[HealthCheck.too_slow],
        ),
    )


def test_the_breaker_equals_the_model() -> None:
    """In a hundred runs of fifty steps."""
    agree(100)


@pytest.mark.soak
def test_the_breaker_equals_the_model_for_long() -> None:
    """In two thousand runs."""
    agree(2000)
