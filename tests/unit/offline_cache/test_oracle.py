"""The whole cache against a naïve model: two processes, one file, a Router that withdraws and goes away."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule, run_state_machine_as_test

from offline_cache import CacheStatus, Entry, Found, Lifetimes, Missing
from tests.support.cache_doubles import ANNA, BRUNO, CacheProcess, FakeClock, FakeRouter, ManualBackground

LIFETIMES = Lifetimes(fresh_s=60, stale_s=1000, fresh_not_valid_s=30, stale_not_valid_s=300, refresh_s=100)
cards = st.sampled_from([ANNA, BRUNO])
processes = st.integers(0, 1)


@dataclass
class Oracle:
    """Every answer that a process or the file has ever got; the newest is looked for each time anew."""

    clock: FakeClock
    file: set[Entry] = field(default_factory=set)
    seen: list[set[Entry]] = field(default_factory=lambda: [set(), set()])

    def newest(self, process: int, card: str, *, store_works: bool) -> Entry | None:
        known = self.seen[process] | (self.file if store_works else set())
        if store_works:
            self.file |= {entry for entry in known if entry.key == card}
            self.seen[process] |= {entry for entry in known if entry.key == card}
        mine = [entry for entry in known if entry.key == card]
        return max(mine, key=lambda entry: (entry.checked_at, not entry.valid), default=None)

    def expected(self, entry: Entry | None, *, router_up: bool) -> CacheStatus | None:
        age = self.clock.now - entry.checked_at if entry else 1e9
        ended = entry is not None and entry.ends_at is not None and self.clock.now >= entry.ends_at
        fresh, renew, stale = (60, 160, 1000) if entry and entry.valid else (30, 30, 300)
        if not ended and age < fresh:
            return CacheStatus.FRESH
        if not ended and age < renew:
            return CacheStatus.STALE_WHILE_REVALIDATE
        if router_up:
            return CacheStatus.FETCHED
        return None if ended or age >= stale else CacheStatus.STALE_ON_ERROR


class TwoProcesses(RuleBasedStateMachine):
    """What may happen to two gunicorn workers over one data folder."""

    @initialize()
    def start(self) -> None:
        self.folder = tempfile.TemporaryDirectory()
        self.clock = FakeClock()
        self.router = FakeRouter(self.clock)
        self.oracle = Oracle(self.clock)
        self.background = [ManualBackground(), ManualBackground()]
        self.processes_ = [self.process(0), self.process(1)]
        self.late: list[Entry] = []

    def process(self, process: int) -> CacheProcess:
        path = Path(self.folder.name) / "answers.sqlite"
        return CacheProcess(path, self.clock, LIFETIMES, self.background[process])

    def works(self, process: int) -> bool:
        return not self.processes_[process].store.reads_fail

    @rule(seconds=st.sampled_from([1, 29, 30, 31, 59, 60, 100, 200, 300, 700, 1000]))
    def time_passes(self, seconds: float) -> None:
        self.clock.now += seconds

    @rule()
    def the_router_goes_or_comes(self) -> None:
        self.router.down = None if self.router.down else "down"

    @rule(valid=st.booleans(), lasts=st.none() | st.sampled_from([50, 500]))
    def cards_are_withdrawn_or_renewed(self, *, valid: bool, lasts: float | None) -> None:
        self.router.valid, self.router.ends_at = valid, lasts and self.clock.now + lasts

    @rule(process=processes)
    def the_disk_fails_or_works(self, process: int) -> None:
        store = self.processes_[process].store
        store.reads_fail = store.writes_fail = not store.reads_fail

    @rule(card=cards)
    def an_answer_is_delayed(self, card: str) -> None:
        self.tick()
        self.late.append(self.router.answer(card))

    @rule(process=processes)
    def a_delayed_answer_arrives(self, process: int) -> None:
        if self.late:
            entry = self.late.pop(0)
            self.learn(process, entry)
            self.processes_[process].cache.put(entry)

    @rule(process=processes)
    def a_process_restarts(self, process: int) -> None:
        failing = not self.works(process)
        self.processes_[process].cache.close()
        self.background[process] = ManualBackground()
        self.processes_[process] = self.process(process)
        self.processes_[process].store.reads_fail = self.processes_[process].store.writes_fail = failing
        self.oracle.seen[process] = set()

    @rule(process=processes)
    def what_is_dead_is_purged(self, process: int) -> None:
        if self.works(process):
            self.processes_[process].cache.purge()
            self.oracle.file = {e for e in self.oracle.file if e.checked_at >= self.clock.now - 1000}
            for seen in self.oracle.seen:
                seen &= {e for e in seen if e.checked_at >= self.clock.now - 1000}

    @rule(process=processes, card=cards)
    def a_card_is_scanned(self, process: int, card: str) -> None:
        self.tick()
        up = self.router.down is None
        remembered = self.oracle.newest(process, card, store_works=self.works(process))
        expected = self.oracle.expected(remembered, router_up=up)
        answer = self.processes_[process].scan(card, self.router.about(card))
        if expected is CacheStatus.FETCHED:
            self.learn(process, self.router.answer(card))
            assert isinstance(answer, Found)
            assert answer.entry == self.oracle.newest(process, card, store_works=self.works(process))
            return
        want = Missing("down") if expected is None else Found(_some(remembered), "body", expected)
        assert answer == (replace(want, failure="down") if expected is CacheStatus.STALE_ON_ERROR else want)

    @rule(process=processes)
    def what_waits_is_done(self, process: int) -> None:
        # Renewal is a scan that nobody sees; each job is one, in the order in which they were taken.
        jobs, self.background[process].jobs = list(self.background[process].jobs), []
        for card, job in jobs:
            self.tick()
            self.renewed(process, card)
            job()

    def renewed(self, process: int, card: str) -> None:
        entry = self.oracle.newest(process, card, store_works=self.works(process))
        fresh = self.oracle.expected(entry, router_up=False) is CacheStatus.FRESH
        if not fresh and self.router.down is None:
            self.learn(process, self.router.answer(card))

    def tick(self) -> None:
        # No two answers at the same instant: what counts then is the matter of test_policy.
        self.clock.now += 0.01

    def learn(self, process: int, entry: Entry) -> None:
        self.oracle.seen[process].add(entry)
        self.oracle.newest(process, entry.key, store_works=self.works(process))

    def teardown(self) -> None:
        for process in self.processes_:
            process.cache.close()
        self.folder.cleanup()


def _some(entry: Entry | None) -> Entry:
    assert entry is not None
    return entry


TwoProcesses.TestCase.settings = settings(
    max_examples=100, stateful_step_count=40, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
test_two_processes_do_what_the_model_does = TwoProcesses.TestCase


@pytest.mark.soak
def test_two_processes_do_what_the_model_does_for_long() -> None:
    """In ten thousand sequences of puts, failures, revocations, restarts and hours that pass."""
    run_state_machine_as_test(
        TwoProcesses, settings=settings(TwoProcesses.TestCase.settings, max_examples=10_000)
    )
