"""Verifier: from a number to a verdict, with a fake Router."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from scanner import parse_payload
from tests.support.cards import ANNA, BRUNO
from tests.unit.checking.site import ACTIVE, DOWN, NOON, Site
from validator.keys import Purpose, card_hash, derive
from validator.router.answers import CardStatus, KnownCard, RouterAnswer, RouterFailure, UnknownCard
from validator.verdict import Card, Outcome, Reason, Source

if TYPE_CHECKING:
    from offline_cache import Entry
    from scanner.escn import Escn


def test_an_active_card_is_valid_now(site: Site) -> None:
    """The verdict has the source, the time and the card data of the Router's answer."""
    verdict = site.check()

    assert (verdict.outcome, verdict.reason, verdict.source) == (Outcome.VALID, Reason.ACTIVE, Source.ROUTER)
    assert (verdict.checked_at, verdict.age_s, verdict.stands_in_for) == (NOON, 0, None)
    assert verdict.good_until == NOON + timedelta(days=7)
    assert verdict.card.issuer_name == "Université de Saint-Valentin"
    assert verdict.card.number == "3e50…0001"
    assert verdict.warnings == ()


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (UnknownCard(), Reason.UNKNOWN_CARD),
        (replace(ACTIVE, status=CardStatus.INACTIVE), Reason.INACTIVE),
        (replace(ACTIVE, status=CardStatus.EXPIRED), Reason.EXPIRED),
        (replace(ACTIVE, expires_at=date(2026, 11, 22)), Reason.EXPIRED),
    ],
)
def test_each_not_valid_status_has_its_reason(site: Site, answer: RouterAnswer, reason: Reason) -> None:
    """Each kind of NOT VALID has its own reason, and only the Router can give it."""
    site.router.answer = answer

    verdict = site.check()

    assert (verdict.outcome, verdict.reason, verdict.source) == (Outcome.NOT_VALID, reason, Source.ROUTER)


@pytest.mark.parametrize("reason", [reason for reason in Reason if reason.outcome is Outcome.COULD_NOT_CHECK])
def test_a_failure_without_a_remembered_answer_is_could_not_check(site: Site, reason: Reason) -> None:
    """Any failure gives COULD NOT CHECK with its reason, and no data of the card."""
    site.router.answer = RouterFailure(reason, "for the log")

    verdict = site.check()

    assert (verdict.outcome, verdict.reason) == (Outcome.COULD_NOT_CHECK, reason)
    assert (verdict.checked_at, verdict.good_until) == (None, None)
    assert (verdict.source, verdict.card) == (Source.ROUTER, Card("3e50…0001", "000000001"))


def test_a_second_scan_within_a_minute_makes_no_call(site: Site) -> None:
    """A fresh answer is served from the cache with its age, without the warning “stale”."""
    site.check()
    site.wait(seconds=59)

    verdict = site.check()

    assert (verdict.source, verdict.age_s, site.router.asked) == (Source.CACHE, 59, 1)
    assert verdict.warnings == ()


def test_after_a_minute_the_router_is_asked_again(site: Site) -> None:
    """A card that was withdrawn meanwhile is detected."""
    site.check()
    site.wait(seconds=61)
    site.router.answer = UnknownCard()

    assert site.check().reason is Reason.UNKNOWN_CARD


def test_a_stale_answer_is_served_if_the_router_fails(site: Site) -> None:
    """A stale answer has its age, the failure and the warning “stale”."""
    site.check()
    site.wait(hours=3)
    site.router.answer = DOWN

    verdict = site.check()

    assert (verdict.outcome, verdict.source, verdict.age_s) == (Outcome.VALID, Source.CACHE, 3 * 3600)
    assert verdict.stands_in_for is Reason.ROUTER_UNREACHABLE
    assert verdict.warnings == ("stale",)
    assert verdict.checked_at == NOON


def test_no_stale_answer_is_served_past_its_lifetime(site: Site) -> None:
    """A remembered VALID ends after seven days, a remembered NOT VALID after one day."""
    site.check(ANNA)
    site.router.answer = UnknownCard()
    site.check(BRUNO)
    site.router.answer = DOWN

    site.wait(hours=24, seconds=1)
    assert site.check(BRUNO).outcome is Outcome.COULD_NOT_CHECK
    assert site.check(ANNA).outcome is Outcome.VALID
    site.wait(days=6)
    assert site.check(ANNA).outcome is Outcome.COULD_NOT_CHECK


def test_no_stale_answer_is_served_past_the_cards_end(site: Site) -> None:
    """A remembered VALID ends at midnight of the card's last day, whatever the lifetime."""
    site.router.answer = replace(ACTIVE, expires_at=NOON.date())
    verdict = site.check()
    assert verdict.good_until == datetime(2026, 11, 23, 23, tzinfo=UTC)
    site.router.answer = DOWN

    site.wait(hours=10, minutes=59)
    assert site.check().outcome is Outcome.VALID
    site.wait(minutes=1)
    assert site.check().outcome is Outcome.COULD_NOT_CHECK


def test_a_not_valid_is_not_undone_by_a_fault(site: Site) -> None:
    """A card that was seen as withdrawn stays so while the Router fails."""
    site.check()
    site.wait(minutes=2)
    site.router.answer = replace(ACTIVE, status=CardStatus.INACTIVE)
    site.check()
    site.wait(minutes=2)
    site.router.answer = DOWN

    assert site.check().reason is Reason.INACTIVE


def test_the_display_name_is_shown_once_and_never_remembered(site: Site) -> None:
    """The name is part of the live verdict; the cache never holds it."""
    assert site.check().card.display_name == "Anna Example"
    assert site.check().card.display_name is None


def test_warnings_about_the_code_are_kept(site: Site) -> None:
    """An active sandbox card keeps its warning, also from the cache."""
    for _ in range(2):
        assert "sandbox_card" in site.check(f"http://pp.esc.gg/{ANNA}").warnings


def test_an_unreadable_entry_is_deleted_and_the_router_asked(site: Site) -> None:
    """A damaged body causes one call to the Router, never a guess."""
    site.check()
    damaged = replace(site.entry(), body='{"status":"GOLD"}', checked_at=NOON.timestamp() + 1)
    site.answers.put(damaged)

    assert site.check().reason is Reason.ACTIVE
    assert site.router.asked == 2
    site.router.answer = DOWN
    site.answers.put(replace(damaged, checked_at=NOON.timestamp() + 2))
    assert site.check().reason is Reason.ROUTER_UNREACHABLE


def test_an_unreadable_entry_is_deleted_even_if_the_router_fails(site: Site) -> None:
    """A damaged entry is deleted even if there is nothing to replace it."""
    site.check()
    site.answers.put(replace(site.entry(), body="{", checked_at=NOON.timestamp() + 1))
    site.router.answer = DOWN

    site.check()

    assert site.answers.get(site.key()) is None


def test_the_age_is_never_negative(site: Site) -> None:
    """Clocks of hosts differ a little; the age of an answer is at least zero."""
    site.check()
    site.wait(seconds=-3)

    assert (site.check().source, site.check().age_s) == (Source.CACHE, 0)


@pytest.mark.parametrize(
    ("number", "from_router", "shown"),
    [
        (ANNA, None, "000000001"),
        (ANNA, "999978433", "999978433"),
        ("0c615bc5-605a-11ef-83b5-60a44c40ce5c", "999978433", "999978433"),
        ("0c615bc5-605a-11ef-83b5-60a44c40ce5c", None, None),
    ],
)
def test_the_issuer_comes_from_the_router_else_from_the_number(
    site: Site, number: str, from_router: str | None, shown: str | None
) -> None:
    """The PIC in the number is used only if the Router gives none."""
    site.router.answer = replace(ACTIVE, issuer_pic=from_router)

    assert site.check(number).card.issuer_pic == shown


def test_all_card_data_of_the_router_is_in_the_verdict(site: Site) -> None:
    """Dates, level and type, each in its own field."""
    first, last = date(2025, 9, 1), date(2027, 9, 30)
    site.router.answer = replace(
        ACTIVE, issuer_pic="999978433", issued_at=first, academic_level="MASTER", card_type="DIGITAL"
    )

    assert site.check().card == Card(
        number="3e50…0001",
        issuer_pic="999978433",
        issuer_name="Université de Saint-Valentin",
        issued_at=first,
        expires_at=last,
        academic_level="MASTER",
        card_type="DIGITAL",
        display_name="Anna Example",
    )


def test_an_unknown_card_has_only_its_number(site: Site) -> None:
    """The verdict has the masked number and the PIC in it."""
    site.router.answer = UnknownCard()

    assert site.check().card == Card("3e50…0001", "000000001")


def test_a_failure_keeps_the_warnings_about_the_code(site: Site) -> None:
    """Warnings about the code do not depend on the Router."""
    site.router.answer = DOWN

    assert site.check(f"http://pp.esc.gg/{ANNA}").warnings == ("sandbox_card",)


def test_a_stale_answer_keeps_the_warnings_about_the_code(site: Site) -> None:
    """First the warnings about the code, then “stale”."""
    site.check()
    site.wait(hours=1)
    site.router.answer = DOWN

    assert site.check(f"http://pp.esc.gg/{ANNA}").warnings == ("sandbox_card", "stale")


def test_an_answer_under_an_earlier_key_is_still_served(site: Site) -> None:
    """After a change of the key, remembered answers are not lost; a failed Router is covered by them."""
    site.check()
    keys = (derive("a new secret", Purpose.CARD_HASHES), *site.verifier.keys())
    site.router.answer = DOWN

    rotated = replace(site.verifier, keys=lambda: keys)

    assert rotated.verify(parse_payload(ANNA)).outcome is Outcome.VALID


def test_each_answer_of_the_router_is_reported_for_the_offline_pack(site: Site) -> None:
    """With the number, which is known only then. A remembered answer or a failure is not reported."""
    reported: list[tuple[Escn, KnownCard | UnknownCard, Reason, Entry]] = []
    verifier = replace(site.verifier, on_answer=lambda *one: reported.append(one))

    verifier.verify(parse_payload(ANNA))
    verifier.verify(parse_payload(ANNA))
    site.router.answer = DOWN
    verifier.verify(parse_payload(BRUNO))

    assert reported == [(parse_payload(ANNA).escn, ACTIVE, Reason.ACTIVE, site.entry())]


def test_keys_differ_by_card_and_by_site() -> None:
    """A card hash reveals nothing without the site's secret, and two sites share none."""
    escn, other = parse_payload(ANNA).escn, parse_payload(BRUNO).escn
    one, two = (derive(secret, Purpose.CARD_HASHES) for secret in ("one", "two"))

    assert len({card_hash(one, escn), card_hash(one, other), card_hash(two, escn)}) == 3
    assert len(card_hash(one, escn)) == 128 // 4
    assert escn.value not in card_hash(one, escn)


def test_the_time_spent_on_the_router_is_reported(site: Site) -> None:
    """In milliseconds if the Router was called, whatever its answer; None if the cache answered."""
    assert site.check().router_ms == 0
    assert site.check().router_ms is None
    ticks = iter(range(100))
    slow = replace(site.verifier, monotonic=lambda: float(next(ticks)))
    site.router.answer = DOWN
    site.wait(minutes=2)

    stale = slow.verify(parse_payload(ANNA))

    assert (stale.source, stale.router_ms) == (Source.CACHE, 1000)
    assert slow.verify(parse_payload(BRUNO)).router_ms == 1000
