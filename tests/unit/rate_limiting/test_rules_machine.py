"""Whatever anybody does in whatever order, what the limits promise holds after each step."""

from __future__ import annotations

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from tests.unit.rate_limiting.callers import NOON, Walk, draws
from validator.rate_limiting.fingerprints import Fingerprints
from validator.rate_limiting.rules import Alert, Answer
from validator.rate_limiting.thresholds import DAY_S, Thresholds

GAPS = st.sampled_from([0.0, 0.1, 1.0, 9.0, 60.0, 900.0, 90_000.0])
# So small a day that a few steps use it up.
THRESHOLDS = Thresholds(unknown_a_day=40)


PRINTS = {
    "plain": lambda one: Fingerprints(one, (f"b{one}",), f"s{one}", plausible=True),
    "odd": lambda one: Fingerprints(one, (f"b{one}",), f"s{one}", plausible=False),
    "near": lambda one: Fingerprints(one, ("beside",), f"s{one}", plausible=True),
    "batch": lambda one: Fingerprints(one, (f"b{one}",), "together", plausible=True),
}

# A known card stands for up to 1.5 where others share its bit.
PAID = {Answer.KNOWN: 1 + 1.5 * THRESHOLDS.known_pays, Answer.UNKNOWN: 0.0, Answer.NONE: 1.0}


class Limits(RuleBasedStateMachine):
    """One caller who does anything at all; time may stand still, leap ahead, or go back."""

    def __init__(self) -> None:
        super().__init__()
        self.walk = Walk(thresholds=THRESHOLDS)
        self.draw = draws(1)
        self.granted = 0
        self.paid = 0.0
        self.by_form = 0
        self.seconds = 0.0
        self.put_back = 0.0
        self.known = 0
        self.unknown_at: list[float] = []

    def _after(self, gap: float) -> None:
        self.walk.now += gap
        self.seconds += gap

    def _check(self, form: str, answer: Answer, gap: float) -> None:
        self._after(gap)
        if self.walk.bring(PRINTS[form](f"{self.draw.getrandbits(40):010x}"), answer):
            self.granted += 1
            self.paid += PAID[answer]
            self.by_form += form != "plain"
            self.known += answer is Answer.KNOWN
            if answer is Answer.UNKNOWN:
                self.unknown_at.append(self.walk.now)

    @rule(answer=st.sampled_from(Answer), gap=GAPS, times=st.integers(1, 60))
    def a_plain_card(self, answer: Answer, gap: float, times: int) -> None:
        """A number that no other resembles."""
        for _ in range(times):
            self._check("plain", answer, gap)

    @rule(form=st.sampled_from(["odd", "near", "batch"]), gap=GAPS, times=st.integers(1, 60))
    def a_made_up_number(self, form: str, gap: float, times: int) -> None:
        """A number that looks guessed, and is unknown."""
        for _ in range(times):
            self._check(form, Answer.UNKNOWN, gap)

    @rule(gap=GAPS, times=st.integers(1, 60))
    def no_number(self, gap: float, times: int) -> None:
        """Something else."""
        for _ in range(times):
            self._after(gap)
            self.walk.misread()

    @precondition(lambda self: self.walk.now > NOON)
    @rule(back=st.sampled_from([0.5, 30.0, 4_000.0]))
    def the_clock_is_put_back(self, back: float) -> None:
        """The server's clock ran ahead and is corrected."""
        self.walk.now -= back
        self.put_back += back

    @invariant()
    def levels_are_within_their_buckets(self) -> None:
        """No bucket owes anything, none holds more than it can."""
        if (state := self.walk.state) is None:
            return
        for name in ("pace", "slow", "hour", "day", "share"):
            assert 0 <= getattr(state, name) <= getattr(THRESHOLDS, name).size
        assert 0 <= state.score <= THRESHOLDS.most

    @invariant()
    def no_more_is_granted_than_a_plain_sum_allows(self) -> None:
        """What was there at first, what time brought, and what known cards paid: no order gains more."""
        assert self.granted <= THRESHOLDS.pace.size + THRESHOLDS.pace.per_s * self.seconds
        assert self.granted <= THRESHOLDS.hour.size + THRESHOLDS.hour.per_s * self.seconds + self.paid

    @invariant()
    def a_day_is_no_longer_than_its_allowance(self) -> None:
        """Unknown answers of the last 24 hours, wherever midnight falls, beside so few known cards."""
        known = 1.1 * THRESHOLDS.unknown_for_known * self.known
        seconds = DAY_S + self.put_back
        allowed = max(THRESHOLDS.unknown_a_day, known) + THRESHOLDS.day.size + THRESHOLDS.day.per_s * seconds
        assert sum(at > self.walk.now - DAY_S for at in self.unknown_at) <= allowed

    @invariant()
    def unknown_cards_alone_never_limit(self) -> None:
        """Without enough numbers of a guessed form no caller is limited and no alert says guessing."""
        needed = (
            THRESHOLDS.limits_at - THRESHOLDS.bad_input_most - THRESHOLDS.bad_input
        ) / THRESHOLDS.implausible
        if self.by_form < needed:
            assert not self.walk.state or not self.walk.state.limited
            assert Alert.GUESSING not in {alert for _, alert in self.walk.alerts}

    @invariant()
    def a_limited_caller_had_an_alert(self) -> None:
        """Managers hear of each limited caller."""
        if self.walk.state and self.walk.state.limited:
            assert self.walk.state.alerted
            assert self.walk.alerts


TestLimits = Limits.TestCase
TestLimits.settings = settings(max_examples=40, stateful_step_count=15, deadline=None)
