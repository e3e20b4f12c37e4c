"""decide(): what may be done with a remembered answer; replaces(): which of two counts."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from offline_cache import Decision, Entry, Lifetimes, decide
from offline_cache.policy import TOLERANCE_S, newer, replaces
from tests.support.cache_doubles import ANNA, DAY, LIFETIMES, NOON, REVALIDATING

VALID = Entry(ANNA, valid=True, body="b", checked_at=NOON)
NOT_VALID = replace(VALID, valid=False)
instants = st.floats(-1e4, 1e4, allow_nan=False)
entries = st.builds(
    Entry, st.just(ANNA), st.booleans(), st.just("b"), instants, st.none() | st.floats(-1e4, 1e4)
)
spans = st.floats(0, 1e4, allow_nan=False)
windows = st.builds(Lifetimes, spans, spans, spans, spans, spans)


@pytest.mark.parametrize(
    ("entry", "age", "decision"),
    [
        (VALID, 0, Decision.FRESH),
        (VALID, 59.9, Decision.FRESH),
        (VALID, 60, Decision.REVALIDATE),
        (VALID, 659.9, Decision.REVALIDATE),
        (VALID, 660, Decision.STALE),
        (VALID, 7 * DAY - 0.1, Decision.STALE),
        (VALID, 7 * DAY, Decision.MISS),
        (NOT_VALID, 29.9, Decision.FRESH),
        (NOT_VALID, 30, Decision.STALE),
        (NOT_VALID, 300, Decision.STALE),
        (NOT_VALID, DAY - 0.1, Decision.STALE),
        (NOT_VALID, DAY, Decision.MISS),
    ],
)
def test_an_answer_passes_through_its_windows(entry: Entry, age: float, decision: Decision) -> None:
    """Fresh, then renewed if valid, then a stand-in, then nothing; each window ends at its last instant."""
    assert decide(entry, NOON + age, REVALIDATING) is decision


def test_nothing_is_renewed_in_the_background_unless_a_site_wants_it() -> None:
    """Without the setting, an answer is asked for again as soon as it is not fresh."""
    assert decide(VALID, NOON + 60, LIFETIMES) is Decision.STALE


def test_what_was_never_asked_is_a_miss() -> None:
    """No memory, no answer."""
    assert decide(None, NOON, LIFETIMES) is Decision.MISS


@pytest.mark.parametrize("age", [10, 100, 1000])
def test_a_valid_answer_dies_with_its_card(age: float) -> None:
    """From the instant at which the card ends, a remembered VALID is gone in every state."""
    entry = replace(VALID, ends_at=NOON + age)

    assert decide(entry, NOON + age - 0.1, REVALIDATING) is not Decision.MISS
    assert decide(entry, NOON + age, REVALIDATING) is Decision.MISS


def test_windows_of_zero_are_off() -> None:
    """A site that wants no memory gets none, not even for the same instant."""
    for entry in (VALID, NOT_VALID):
        assert decide(entry, NOON, Lifetimes(0, 0, 0, 0)) is Decision.MISS
        assert decide(entry, NOON - TOLERANCE_S, Lifetimes(0, 0, 0, 0)) is Decision.MISS


def test_the_shortest_window_still_holds_what_was_just_asked() -> None:
    """An age starts at nought: half a second of freshness is half a second."""
    assert decide(VALID, NOON, Lifetimes(0.5, 0, 0, 0)) is Decision.FRESH
    assert decide(VALID, NOON + 0.5, Lifetimes(0.5, 0, 0, 0)) is Decision.MISS


def test_the_longest_window_may_be_the_fresh_one() -> None:
    """What nothing may be given from is not forgotten sooner, nor kept longer."""
    assert Lifetimes(60, 0, 0, 0).longest_s == 60
    assert Lifetimes(60, 0, 0, 0, refresh_s=600).longest_s == 660


def test_hosts_may_differ_by_five_seconds() -> None:
    """NTP keeps hosts within milliseconds; five seconds are forgiven, and not one more."""
    assert TOLERANCE_S == 5


def test_an_answer_from_the_future_has_no_age_and_is_not_given() -> None:
    """A clock that was stepped back cannot tell an age; a few seconds between hosts are forgiven."""
    assert decide(VALID, NOON - TOLERANCE_S, LIFETIMES) is Decision.FRESH
    assert decide(VALID, NOON - TOLERANCE_S - 0.1, LIFETIMES) is Decision.MISS
    assert decide(NOT_VALID, NOON - TOLERANCE_S - 0.1, LIFETIMES) is Decision.MISS


def test_an_instant_that_is_no_number_is_a_miss() -> None:
    """A broken instant never keeps an answer alive."""
    nan = float("nan")

    assert decide(replace(VALID, checked_at=nan), NOON, LIFETIMES) is Decision.MISS
    assert decide(replace(VALID, ends_at=nan), NOON, LIFETIMES) is Decision.MISS


@given(entry=entries, now=instants, windows=windows)
def test_nothing_is_given_past_its_end(entry: Entry, now: float, windows: Lifetimes) -> None:
    """Whatever the windows: no VALID after its card, no answer past the longest one, none of the future."""
    decision = decide(entry, now, windows)

    if decision is not Decision.MISS:
        assert entry.checked_at <= now + TOLERANCE_S
        assert now - entry.checked_at < windows.longest_s
        assert not entry.valid or entry.ends_at is None or now < entry.ends_at
    assert decision is not Decision.REVALIDATE or entry.valid


@given(one=entries, other=entries)
def test_of_two_answers_only_one_is_newer(one: Entry, other: Entry) -> None:
    """The order is the time of asking; at the same instant NOT VALID counts, so that no tie undoes it."""
    assert not (newer(one, other) and newer(other, one))
    if one.checked_at == other.checked_at:
        assert newer(one, other) is (other.valid and not one.valid)


@given(entry=entries, kept=entries, now=instants)
def test_an_older_answer_replaces_only_one_from_the_future(entry: Entry, kept: Entry, now: float) -> None:
    """While the kept answer is no further ahead than a clock may be, nothing older takes its place."""
    if replaces(entry, kept, now) and not newer(entry, kept):
        assert kept.checked_at > now + TOLERANCE_S >= entry.checked_at


def test_an_answer_kept_by_a_clock_that_ran_ahead_gives_way() -> None:
    """Once the clock is right again, what the Router says now replaces what it will have said tomorrow."""
    tomorrow = replace(VALID, checked_at=NOON + DAY)

    assert replaces(NOT_VALID, tomorrow, NOON)
    assert not replaces(NOT_VALID, tomorrow, NOON + DAY)


def test_an_entry_shows_nothing_of_its_body() -> None:
    """What the Router said stays out of logs, even where an entry is printed."""
    assert "secret" not in repr(replace(VALID, body="secret"))
