"""Delivery of deferred checks: once, in order, within the limits of time and Router."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import TYPE_CHECKING
from uuid import UUID

import pytest

from tests.support.cards import ANNA, BRUNO, CLARA
from tests.support.in_process_site import NOON, OTHER_TILL, TILL, deferred
from validator.accounts.identity import Caller, CallerKind
from validator.offline.deferred import DeferredState
from validator.router.answers import CardStatus, KnownCard, RouterFailure, UnknownCard
from validator.verdict import Reason, Source

if TYPE_CHECKING:
    from tests.support.in_process_site import InProcessSite

WITHDRAWN = KnownCard(CardStatus.INACTIVE, None)


def down(reason: Reason = Reason.ROUTER_UNREACHABLE) -> RouterFailure:
    """A Router that gives no answer, for this reason."""
    return RouterFailure(reason, "down")


def test_a_check_gets_the_routers_answer(site: InProcessSite) -> None:
    """What was shown is confirmed, with the time of the call and only with stored values."""
    (result,) = site.deliver(deferred())

    assert (result.id, result.state, result.contradicts) == (UUID(int=1), DeferredState.ANSWERED, False)
    assert result.verdict
    assert (result.verdict.reason, result.verdict.source) == (Reason.ACTIVE, Source.ROUTER)
    assert (result.verdict.checked_at, result.verdict.age_s) == (NOON, 0)
    assert ANNA not in result.verdict.card.number
    assert (result.verdict.card.display_name, result.verdict.good_until) == (None, None)


def test_a_contradiction_is_said_and_kept(site: InProcessSite) -> None:
    """Shown as valid, withdrawn meanwhile: the device gets it, and managers can read it."""
    site.answer = WITHDRAWN

    (result,) = site.deliver(deferred())

    assert result.contradicts
    (kept,) = site.records.contradictions(10)
    assert (kept.shown, kept.answered, kept.made_at) == (Reason.ACTIVE, Reason.INACTIVE, NOON)


def test_a_repeat_changes_nothing_and_causes_no_router_call(site: InProcessSite) -> None:
    """A repeated delivery gets the same answer, whatever the Router would answer by then."""
    first = site.deliver(deferred())
    site.now += timedelta(hours=30)
    site.answer = WITHDRAWN

    assert site.deliver(deferred()) == first
    assert site.deliver(deferred(shown=Reason.INACTIVE)) == first
    assert site.asked == [ANNA]


def test_the_same_check_twice_in_one_delivery_is_one(site: InProcessSite) -> None:
    """A queue that was saved twice costs one Router call and gives the same answer twice."""
    first, second = site.deliver(deferred(), deferred())

    assert first == second
    assert site.asked == [ANNA]


@pytest.mark.parametrize(
    "caller", [OTHER_TILL, Caller(CallerKind.PERSON, 1, "sara"), Caller(CallerKind.KIOSK, 1, "sara")]
)
def test_another_callers_check_is_refused(site: InProcessSite, caller: Caller) -> None:
    """An id belongs to the caller that delivered it first; other callers cannot read or change the result."""
    site.deliver(deferred())

    (result,) = site.deliver(deferred(), caller=caller)
    assert (result.state, result.verdict) == (DeferredState.REFUSED, None)
    assert site.deliver(deferred())[0].state is DeferredState.ANSWERED


def test_an_id_stands_for_one_card(site: InProcessSite) -> None:
    """An id that comes again with another number is refused rather than answered about the first."""
    site.deliver(deferred())

    assert site.deliver(deferred(input=BRUNO))[0].state is DeferredState.REFUSED
    assert site.deliver(deferred(input=f"https://s.esc-r.eu/{ANNA}"))[0].state is DeferredState.ANSWERED


@pytest.mark.parametrize("text", ["", "hello", "urn:schac:personalUniqueCode:int:esi:lmu.de:12345"])
def test_what_is_no_number_is_refused(site: InProcessSite, text: str) -> None:
    """Foreign text is not stored, causes no Router call, and does not delay the others."""
    refused, answered = site.deliver(deferred(1, input=text), deferred(2))

    assert (refused.state, answered.state) == (DeferredState.REFUSED, DeferredState.ANSWERED)
    assert site.records.find([UUID(int=1)]) == {}


def test_a_check_expires_after_a_day(site: InProcessSite) -> None:
    """It causes no Router call and is not stored."""
    just, over = deferred(1), deferred(2, made_at=NOON - timedelta(seconds=1))
    site.now += timedelta(days=1)

    assert [result.state for result in site.deliver(over, just)] == [
        DeferredState.EXPIRED,
        DeferredState.ANSWERED,
    ]
    assert site.records.find([UUID(int=2)]) == {}
    assert len(site.asked) == 1


def test_a_clock_that_runs_ahead_costs_the_time_and_not_the_check(site: InProcessSite) -> None:
    """It is stored with the server's time, since it cannot have been made later."""
    site.deliver(deferred(made_at=NOON + timedelta(days=400)))

    assert site.records.find([UUID(int=1)])[UUID(int=1)].made_at == NOON


@pytest.mark.parametrize("reason", [r for r in Reason if r.value.startswith("router_")])
def test_without_an_answer_nothing_is_kept(site: InProcessSite, reason: Reason) -> None:
    """The device keeps the check and delivers it again; then it is answered."""
    site.answer = down(reason)

    (result,) = site.deliver(deferred())
    assert (result.state, result.verdict, result.contradicts) == (DeferredState.TRY_AGAIN, None, False)
    assert site.records.find([UUID(int=1)]) == {}

    site.answer = WITHDRAWN
    assert site.deliver(deferred())[0].contradicts


def test_what_stands_in_is_no_answer(site: InProcessSite) -> None:
    """The device showed a remembered answer; the server's remembered answer would confirm nothing."""
    site.deliver(deferred(1))
    site.now += timedelta(hours=1)
    site.answer = down()

    assert site.deliver(deferred(2))[0].state is DeferredState.TRY_AGAIN
    assert site.records.find([UUID(int=2)]) == {}


def test_a_router_in_trouble_is_asked_once_a_delivery(site: InProcessSite) -> None:
    """Fifty checks during an outage cause one Router call; they are delivered again later."""
    site.answer = down(Reason.ROUTER_TIMEOUT)

    states = [
        result.state
        for result in site.deliver(deferred(1), deferred(2, input=BRUNO), deferred(3, input=CLARA))
    ]

    assert states == [DeferredState.TRY_AGAIN] * 3
    assert site.asked == [ANNA]


def test_one_unusable_answer_does_not_hold_up_the_others(site: InProcessSite) -> None:
    """After an unusable answer for one card the Router is asked about the next one."""
    site.answer = down(Reason.ROUTER_ANSWER_UNUSABLE)

    site.deliver(deferred(1), deferred(2, input=BRUNO))

    assert site.asked == [ANNA, BRUNO]


def test_a_slow_router_ends_the_asking_in_time(site: InProcessSite) -> None:
    """After five seconds no new card is asked about; the remaining checks are delivered again."""
    site.takes_s = 2.6

    results = site.deliver(deferred(1), deferred(2, input=BRUNO), deferred(3, input=CLARA))

    assert [r.state for r in results] == [
        DeferredState.ANSWERED,
        DeferredState.ANSWERED,
        DeferredState.TRY_AGAIN,
    ]
    assert site.asked == [ANNA, BRUNO]


def test_repeats_are_answered_during_an_outage(site: InProcessSite) -> None:
    """A check that was answered once is answered from the database."""
    site.deliver(deferred(2, input=BRUNO))
    site.answer = down()

    states = [result.state for result in site.deliver(deferred(1), deferred(2, input=BRUNO))]

    assert states == [DeferredState.TRY_AGAIN, DeferredState.ANSWERED]


def test_two_deliveries_at_once_keep_one(site: InProcessSite) -> None:
    """A device that repeats a request before the first answer gets the same answer twice."""
    with ThreadPoolExecutor(8) as threads:
        results = list(threads.map(lambda _: site.deliver(deferred()), range(8)))

    assert all(result == results[0] for result in results)
    assert len(site.asked) == 1


@pytest.mark.parametrize(
    ("shown", "answer", "contradicts"),
    [
        (Reason.ACTIVE, UnknownCard(), True),
        (Reason.INACTIVE, KnownCard(CardStatus.EXPIRED, None), False),
        (Reason.DEVICE_OFFLINE, UnknownCard(), False),
    ],
)
def test_only_the_opposite_contradicts(
    site: InProcessSite, shown: Reason, answer: KnownCard | UnknownCard, *, contradicts: bool
) -> None:
    """Another reason for the same outcome, or an answer where there was none, contradicts nothing."""
    site.answer = answer

    (result,) = site.deliver(deferred(shown=shown), caller=TILL)

    assert result.contradicts is contradicts
    assert len(site.records.contradictions(10)) == contradicts
