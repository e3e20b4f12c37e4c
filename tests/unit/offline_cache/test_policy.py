"""decide(): how a remembered answer may be used; replaces(): which of two answers counts."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from offline_cache import Decision, Entry, Lifetimes, decide
from offline_cache.policy import TOLERANCE_S, good_until, newer, replaces
from tests.support.cache_doubles import ANNA, DAY, LIFETIMES, NOON, REVALIDATING

VALID = Entry(ANNA, valid=True, body="b", checked_at=NOON)
NOT_VALID = replace(VALID, valid=False)
instants = st.floats(-1e4, 1e4, allow_nan=False)
entries = st.builds(
    Entry, st.just(ANNA), st.booleans(), st.just("b"), instants, st.none() | st.floats(-1e4, 1e4)
)
spans = st.floats(0, 1e4, allow_nan=False)
lifetimes = st.builds(Lifetimes, spans, spans, spans, spans, spans)


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
def test_an_answer_passes_through_its_lifetimes(entry: Entry, age: float, decision: Decision) -> None:
    """Fresh, then revalidated if valid, then stale, then a miss; each lifetime excludes its end."""
    assert decide(entry, NOON + age, REVALIDATING) is decision


def test_background_revalidation_is_off_by_default() -> None:
    """Without the setting, an answer is fetched again as soon as it is not fresh."""
    assert decide(VALID, NOON + 60, LIFETIMES) is Decision.STALE


def test_no_entry_is_a_miss() -> None:
    """Without an entry there is nothing to serve."""
    assert decide(None, NOON, LIFETIMES) is Decision.MISS


@pytest.mark.parametrize("age", [10, 100, 1000])
def test_a_valid_answer_ends_with_its_card(age: float) -> None:
    """From the instant at which the card ends, a remembered VALID is a miss at any age."""
    entry = replace(VALID, ends_at=NOON + age)

    assert decide(entry, NOON + age - 0.1, REVALIDATING) is not Decision.MISS
    assert decide(entry, NOON + age, REVALIDATING) is Decision.MISS


@pytest.mark.parametrize(
    ("entry", "lasts_s"),
    [
        (VALID, 7 * DAY),
        (NOT_VALID, DAY),
        (replace(VALID, ends_at=NOON + 10), 10),
        (replace(VALID, ends_at=NOON + 8 * DAY), 7 * DAY),
    ],
)
def test_an_answer_is_good_until_it_is_a_miss(entry: Entry, lasts_s: float) -> None:
    """The end that a verdict shows is the instant at which the remembered answer is no longer served."""
    end = good_until(entry, LIFETIMES)

    assert end == NOON + lasts_s
    assert decide(entry, end - 0.1, LIFETIMES) is not Decision.MISS
    assert decide(entry, end, LIFETIMES) is Decision.MISS


def test_lifetimes_of_zero_are_off() -> None:
    """With all lifetimes at zero nothing is served, not even at the same instant."""
    for entry in (VALID, NOT_VALID):
        assert decide(entry, NOON, Lifetimes(0, 0, 0, 0)) is Decision.MISS
        assert decide(entry, NOON - TOLERANCE_S, Lifetimes(0, 0, 0, 0)) is Decision.MISS


def test_the_age_starts_at_zero() -> None:
    """Half a second of freshness is half a second."""
    assert decide(VALID, NOON, Lifetimes(0.5, 0, 0, 0)) is Decision.FRESH
    assert decide(VALID, NOON + 0.5, Lifetimes(0.5, 0, 0, 0)) is Decision.MISS


def test_the_longest_lifetime_may_be_the_fresh_one() -> None:
    """Entries are kept exactly as long as they may be served."""
    assert Lifetimes(60, 0, 0, 0).longest_s == 60
    assert Lifetimes(60, 0, 0, 0, refresh_s=600).longest_s == 660


def test_hosts_may_differ_by_five_seconds() -> None:
    """NTP keeps hosts within milliseconds; five seconds are tolerated, and no more."""
    assert TOLERANCE_S == 5


def test_an_answer_from_the_future_is_not_served() -> None:
    """After the clock was set back the age is unknown; a few seconds between hosts are tolerated."""
    assert decide(VALID, NOON - TOLERANCE_S, LIFETIMES) is Decision.FRESH
    assert decide(VALID, NOON - TOLERANCE_S - 0.1, LIFETIMES) is Decision.MISS
    assert decide(NOT_VALID, NOON - TOLERANCE_S - 0.1, LIFETIMES) is Decision.MISS


def test_nan_is_a_miss() -> None:
    """An invalid instant never keeps an answer."""
    nan = float("nan")

    assert decide(replace(VALID, checked_at=nan), NOON, LIFETIMES) is Decision.MISS
    assert decide(replace(VALID, ends_at=nan), NOON, LIFETIMES) is Decision.MISS


@given(entry=entries, now=instants, lifetimes=lifetimes)
def test_nothing_is_served_past_its_end(entry: Entry, now: float, lifetimes: Lifetimes) -> None:
    """For any lifetimes: no VALID after its card's end, no answer past the longest one or from the future."""
    decision = decide(entry, now, lifetimes)

    if decision is not Decision.MISS:
        assert entry.checked_at <= now + TOLERANCE_S
        assert now - entry.checked_at < lifetimes.longest_s
        assert not entry.valid or entry.ends_at is None or now < entry.ends_at
    assert decision is not Decision.REVALIDATE or entry.valid


@given(one=entries, other=entries)
def test_of_two_answers_only_one_is_newer(one: Entry, other: Entry) -> None:
    """The time of asking decides; at the same instant NOT VALID counts as newer."""
    assert not (newer(one, other) and newer(other, one))
    if one.checked_at == other.checked_at:
        assert newer(one, other) is (other.valid and not one.valid)


@given(entry=entries, kept=entries, now=instants)
def test_an_older_answer_replaces_only_one_from_the_future(entry: Entry, kept: Entry, now: float) -> None:
    """While the kept answer is within the clock tolerance, no older answer replaces it."""
    if replaces(entry, kept, now) and not newer(entry, kept):
        assert kept.checked_at > now + TOLERANCE_S >= entry.checked_at


def test_an_answer_of_a_clock_that_ran_ahead_is_replaced() -> None:
    """When the clock is right again, the present answer replaces the one dated tomorrow."""
    tomorrow = replace(VALID, checked_at=NOON + DAY)

    assert replaces(NOT_VALID, tomorrow, NOON)
    assert not replaces(NOT_VALID, tomorrow, NOON + DAY)


def test_an_answer_at_the_limit_of_the_tolerance_is_not_from_the_future() -> None:
    """It is served, it replaces an answer from the future, and no older answer replaces it."""
    limit = replace(VALID, checked_at=NOON + TOLERANCE_S)
    future = replace(VALID, checked_at=NOON + TOLERANCE_S + 1)

    assert decide(limit, NOON, LIFETIMES) is Decision.FRESH
    assert replaces(limit, future, NOON)
    assert not replaces(VALID, limit, NOON)


def test_an_entry_shows_nothing_of_its_body() -> None:
    """The content stays out of logs, even if an entry is printed."""
    assert "secret" not in repr(replace(VALID, body="secret"))
