"""The words of a verdict, as used by clients, devices and the audit log."""

from __future__ import annotations

from dataclasses import FrozenInstanceError

import pytest

from validator.verdict import Card, Outcome, Reason, Source, Verdict

CONTRACT = {
    "valid": {"active"},
    "not_valid": {"expired", "inactive", "unknown_card"},
    "could_not_check": {
        "router_timeout",
        "router_unreachable",
        "router_refused",
        "router_busy",
        "router_error",
        "router_answer_unusable",
        "device_offline",
        "too_many_checks",
    },
}


def test_the_words_are_those_of_the_contract() -> None:
    """Three outcomes, their reasons and three sources, and no others."""
    reasons: dict[str, set[str]] = {outcome.value: set() for outcome in Outcome}
    for reason in Reason:
        reasons[reason.outcome.value].add(reason.value)

    assert reasons == CONTRACT
    assert {source.value for source in Source} == {"router", "cache", "device"}


@pytest.mark.parametrize("reason", Reason)
def test_a_verdict_cannot_contradict_itself(reason: Reason) -> None:
    """The outcome follows from the reason and can neither be set nor changed."""
    verdict = Verdict(reason, Source.ROUTER, Card("3e50…0001"))

    assert verdict.outcome is reason.outcome
    with pytest.raises(FrozenInstanceError):
        verdict.reason = Reason.ACTIVE  # type: ignore[misc] # that it is refused is the promise


def test_a_verdict_has_no_data_by_default() -> None:
    """Without a Router answer there is no time, age, end, replaced failure or warning."""
    verdict = Verdict(Reason.DEVICE_OFFLINE, Source.DEVICE, Card("3e50…0001"))

    assert (verdict.checked_at, verdict.age_s, verdict.good_until) == (None, 0, None)
    assert (verdict.stands_in_for, verdict.warnings) == (None, ())
