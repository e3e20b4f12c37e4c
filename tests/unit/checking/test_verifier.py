"""verify(): from a number to a verdict, with a Router that says what the test wants."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest

from offline_cache import Lifetimes, MemoryTier, OfflineCache, SqliteStore
from scanner import parse_payload
from tests.support.cards import ANNA, BRUNO
from validator.checking.verifier import Verifier
from validator.keys import Purpose, card_hash, derive
from validator.router.answers import CardStatus, KnownCard, RouterAnswer, RouterFailure, UnknownCard
from validator.router.clock_skew import ClockOffset
from validator.verdict import Card, Outcome, Reason, Source

if TYPE_CHECKING:
    from pathlib import Path

    from scanner.escn import Escn

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
LIFETIMES = Lifetimes(fresh_s=60, stale_s=7 * 86_400, fresh_not_valid_s=30, stale_not_valid_s=86_400)
ACTIVE = KnownCard(
    CardStatus.ACTIVE,
    date(2027, 9, 30),
    issuer_name="Université de Saint-Valentin",
    display_name="Anna Example",
)
DOWN = RouterFailure(Reason.ROUTER_UNREACHABLE, "refused")


class Router:
    """A proof that gives the answer it was last told, and counts the questions."""

    def __init__(self) -> None:
        self.answer: RouterAnswer = ACTIVE
        self.asked = 0

    def status(self, _escn: Escn) -> RouterAnswer:
        self.asked += 1
        return self.answer


class Counter:
    """One counter with its own memory, clock and Router."""

    def __init__(self, folder: Path) -> None:
        self.now = NOON
        self.ahead = ClockOffset()
        self.router = Router()
        store = SqliteStore(folder / "answers.sqlite")
        self.answers = OfflineCache(MemoryTier(), store, LIFETIMES, self.time)
        self.verifier = Verifier(
            proof=self.router,
            answers=self.answers,
            lifetimes=LIFETIMES,
            keys=lambda: (derive("a secret", Purpose.CARD_HASHES),),
            zone=ZoneInfo("Europe/Brussels"),
            clock=lambda: self.now,
            clock_offset=lambda: self.ahead,
        )

    def time(self) -> float:
        return self.now.timestamp()

    def check(self, number: str = ANNA):  # type: ignore[no-untyped-def]  # noqa: ANN201 - a Verdict, read in each test
        return self.verifier.verify(parse_payload(number))

    def wait(self, **time: float) -> None:
        self.now += timedelta(**time)


@pytest.fixture(name="counter")
def _counter(tmp_path: Path):  # type: ignore[no-untyped-def]  # noqa: ANN202 - yields a Counter
    counter = Counter(tmp_path)
    yield counter
    counter.answers.close()


def test_an_active_card_is_valid_now(counter: Counter) -> None:
    """The Router's answer comes out with its source, its time and what it says of the card."""
    verdict = counter.check()

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
def test_what_is_not_valid_says_why(counter: Counter, answer: RouterAnswer, reason: Reason) -> None:
    """Each way of not being valid has its own reason, and only the Router can give it."""
    counter.router.answer = answer

    verdict = counter.check()

    assert (verdict.outcome, verdict.reason, verdict.source) == (Outcome.NOT_VALID, reason, Source.ROUTER)


@pytest.mark.parametrize("reason", [reason for reason in Reason if reason.outcome is Outcome.COULD_NOT_CHECK])
def test_a_failure_without_memory_is_no_verdict(counter: Counter, reason: Reason) -> None:
    """Whatever went wrong, the outcome is COULD NOT CHECK with that reason and nothing about the card."""
    counter.router.answer = RouterFailure(reason, "for the log")

    verdict = counter.check()

    assert (verdict.outcome, verdict.reason) == (Outcome.COULD_NOT_CHECK, reason)
    assert (verdict.checked_at, verdict.good_until, verdict.card.issuer_name) == (None, None, None)
    assert verdict.card.issuer_pic == "000000001"


def test_a_second_scan_within_a_minute_is_not_asked_again(counter: Counter) -> None:
    """A fresh answer is given from memory, with its age, and is no stand-in."""
    counter.check()
    counter.wait(seconds=59)

    verdict = counter.check()

    assert (verdict.source, verdict.age_s, counter.router.asked) == (Source.CACHE, 59, 1)
    assert verdict.warnings == ()


def test_after_a_minute_the_router_is_asked_again(counter: Counter) -> None:
    """A card that was withdrawn meanwhile is found out."""
    counter.check()
    counter.wait(seconds=61)
    counter.router.answer = UnknownCard()

    assert counter.check().reason is Reason.UNKNOWN_CARD


def test_a_remembered_answer_stands_in_for_a_router_that_cannot_be_asked(counter: Counter) -> None:
    """A stand-in tells its age, the failure behind it and the warning “stale”."""
    counter.check()
    counter.wait(hours=3)
    counter.router.answer = DOWN

    verdict = counter.check()

    assert (verdict.outcome, verdict.source, verdict.age_s) == (Outcome.VALID, Source.CACHE, 3 * 3600)
    assert verdict.stands_in_for is Reason.ROUTER_UNREACHABLE
    assert verdict.warnings == ("stale",)
    assert verdict.checked_at == NOON


def test_no_answer_stands_in_past_its_window(counter: Counter) -> None:
    """After seven days a remembered VALID is over, after one day a remembered NOT VALID."""
    counter.check(ANNA)
    counter.router.answer = UnknownCard()
    counter.check(BRUNO)
    counter.router.answer = DOWN

    counter.wait(hours=24, seconds=1)
    assert counter.check(BRUNO).outcome is Outcome.COULD_NOT_CHECK
    assert counter.check(ANNA).outcome is Outcome.VALID
    counter.wait(days=6)
    assert counter.check(ANNA).outcome is Outcome.COULD_NOT_CHECK


def test_no_answer_stands_in_past_the_cards_own_end(counter: Counter) -> None:
    """At midnight of the card's last day its remembered VALID is gone, whatever the window says."""
    counter.router.answer = replace(ACTIVE, expires_at=NOON.date())
    verdict = counter.check()
    assert verdict.good_until == datetime(2026, 11, 23, 23, tzinfo=UTC)
    counter.router.answer = DOWN

    counter.wait(hours=10, minutes=59)
    assert counter.check().outcome is Outcome.VALID
    counter.wait(minutes=1)
    assert counter.check().outcome is Outcome.COULD_NOT_CHECK


def test_a_not_valid_is_not_undone_by_a_fault(counter: Counter) -> None:
    """Once seen as withdrawn, a card stays so while the Router is away."""
    counter.check()
    counter.wait(minutes=2)
    counter.router.answer = replace(ACTIVE, status=CardStatus.INACTIVE)
    counter.check()
    counter.wait(minutes=2)
    counter.router.answer = DOWN

    assert counter.check().reason is Reason.INACTIVE


def test_the_display_name_is_shown_once_and_never_remembered(counter: Counter) -> None:
    """A name passes through to the person who asked; the memory never holds it."""
    assert counter.check().card.display_name == "Anna Example"
    assert counter.check().card.display_name is None


def test_warnings_of_the_code_come_through(counter: Counter) -> None:
    """A sandbox card that is active keeps its warning, in memory too."""
    for _ in range(2):
        assert "sandbox_card" in counter.check(f"http://pp.esc.gg/{ANNA}").warnings


def test_a_memory_that_cannot_be_read_is_forgotten_and_the_router_asked(counter: Counter) -> None:
    """A damaged remembered body costs one question, never a guess."""
    counter.check()
    key = card_hash(counter.verifier.keys()[0], parse_payload(ANNA).escn)
    damaged = replace(_entry(counter, key), body='{"status":"GOLD"}', checked_at=NOON.timestamp() + 1)
    counter.answers.put(damaged)

    assert counter.check().reason is Reason.ACTIVE
    assert counter.router.asked == 2
    counter.router.answer = DOWN
    counter.answers.put(replace(damaged, checked_at=NOON.timestamp() + 2))
    assert counter.check().reason is Reason.ROUTER_UNREACHABLE


def test_what_cannot_be_read_does_not_stay(counter: Counter) -> None:
    """A damaged answer is forgotten even where nothing can take its place."""
    key = card_hash(counter.verifier.keys()[0], parse_payload(ANNA).escn)
    counter.check()
    counter.answers.put(replace(_entry(counter, key), body="{", checked_at=NOON.timestamp() + 1))
    counter.router.answer = DOWN

    counter.check()

    assert counter.answers.get(key) is None


def test_a_clock_set_back_a_little_gives_no_age_below_nought(counter: Counter) -> None:
    """Hosts differ by moments; nobody is shown an answer from the future."""
    counter.check()
    counter.wait(seconds=-3)

    assert (counter.check().source, counter.check().age_s) == (Source.CACHE, 0)


@pytest.mark.parametrize(
    ("number", "told", "shown"),
    [
        (ANNA, None, "000000001"),
        (ANNA, "999978433", "999978433"),
        ("0c615bc5-605a-11ef-83b5-60a44c40ce5c", "999978433", "999978433"),
        ("0c615bc5-605a-11ef-83b5-60a44c40ce5c", None, None),
    ],
)
def test_the_issuer_is_the_routers_word_then_the_numbers(
    counter: Counter, number: str, told: str | None, shown: str | None
) -> None:
    """What the number hints at stands only where the Router says nothing."""
    counter.router.answer = replace(ACTIVE, issuer_pic=told)

    assert counter.check(number).card.issuer_pic == shown


def test_all_that_the_router_says_of_a_card_comes_through(counter: Counter) -> None:
    """Dates, level and kind, each in its own place."""
    first, last = date(2025, 9, 1), date(2027, 9, 30)
    counter.router.answer = replace(
        ACTIVE, issuer_pic="999978433", issued_at=first, academic_level="MASTER", card_type="DIGITAL"
    )

    assert counter.check().card == Card(
        number="3e50…0001",
        issuer_pic="999978433",
        issuer_name="Université de Saint-Valentin",
        issued_at=first,
        expires_at=last,
        academic_level="MASTER",
        card_type="DIGITAL",
        display_name="Anna Example",
    )


def test_of_an_unknown_card_the_number_alone_is_shown(counter: Counter) -> None:
    """Nobody has said anything about it: masked number, and the hint in it."""
    counter.router.answer = UnknownCard()

    assert counter.check().card == Card("3e50…0001", "000000001")


def test_a_failure_keeps_the_remarks_about_the_code(counter: Counter) -> None:
    """That the code was odd is known without the Router."""
    counter.router.answer = DOWN

    assert counter.check(f"http://pp.esc.gg/{ANNA}").warnings == ("sandbox_card",)


def test_a_stand_in_keeps_the_remarks_about_the_code_and_comes_last(counter: Counter) -> None:
    """First what is odd about the code, then that the answer is old."""
    counter.check()
    counter.wait(hours=1)
    counter.router.answer = DOWN

    assert counter.check(f"http://pp.esc.gg/{ANNA}").warnings == ("sandbox_card", "stale")


def _entry(counter: Counter, key: str):  # type: ignore[no-untyped-def]  # noqa: ANN202 - an Entry
    entry = counter.answers.get(key)
    assert entry is not None
    return entry


def test_keys_differ_by_card_and_by_site() -> None:
    """A remembered key tells nothing without the site's secret, and two sites share none."""
    escn, other = parse_payload(ANNA).escn, parse_payload(BRUNO).escn
    one, two = (derive(secret, Purpose.CARD_HASHES) for secret in ("one", "two"))

    assert len({card_hash(one, escn), card_hash(one, other), card_hash(two, escn)}) == 3
    assert len(card_hash(one, escn)) == 128 // 4
    assert escn.value not in card_hash(one, escn)


DAYS = 86_400.0


@pytest.mark.parametrize(
    ("ahead", "last_day", "reason"),
    [
        (ClockOffset(3 * DAYS, 3 * DAYS), -2, Reason.ACTIVE),
        (ClockOffset(3 * DAYS, 3 * DAYS), -4, Reason.EXPIRED),
        (ClockOffset(-3 * DAYS, -3 * DAYS), 2, Reason.EXPIRED),
        (ClockOffset(-3 * DAYS, -3 * DAYS), 3, Reason.ACTIVE),
        (ClockOffset(DAYS / 24 * 14, None), -1, Reason.ACTIVE),
        (ClockOffset(None, 3 * DAYS), -2, Reason.ROUTER_ANSWER_UNUSABLE),
        (ClockOffset(None, -3 * DAYS), 2, Reason.ROUTER_ANSWER_UNUSABLE),
        (ClockOffset(None, -3 * DAYS), 3, Reason.ACTIVE),
        (ClockOffset(0.0, 3 * DAYS), 0, Reason.ACTIVE),
    ],
)
def test_the_last_day_is_the_routers_not_that_of_a_wrong_clock(
    counter: Counter, ahead: ClockOffset, last_day: int, reason: Reason
) -> None:
    """Where our clock is known to be wrong, the Router's time decides; where it may be, nobody does."""
    counter.ahead = ahead
    counter.router.answer = replace(ACTIVE, expires_at=NOON.date() + timedelta(days=last_day))

    assert counter.check().reason is reason
    assert counter.check().reason is reason


@pytest.mark.parametrize("last_day", [1, 0])
def test_a_remembered_answer_ends_with_the_last_day_by_the_routers_time(
    counter: Counter, last_day: int
) -> None:
    """Whether the wrong clock was known when the answer was kept or became known later."""
    counter.ahead = ClockOffset(-DAYS, -DAYS) if last_day else ClockOffset()
    counter.router.answer = replace(ACTIVE, expires_at=NOON.date() + timedelta(days=last_day))
    assert counter.check().reason is Reason.ACTIVE
    counter.router.answer = DOWN
    counter.wait(hours=5)
    assert counter.check().reason is Reason.ACTIVE

    counter.ahead = ClockOffset(-DAYS, -DAYS)
    counter.wait(hours=7)

    assert counter.check().reason is Reason.ROUTER_UNREACHABLE


def test_the_time_spent_on_the_router_is_told_apart(counter: Counter) -> None:
    """In milliseconds where it was asked, whatever it said; nothing where memory answered."""
    assert counter.check().router_ms == 0
    assert counter.check().router_ms is None
    ticks = iter(range(100))
    slow = replace(counter.verifier, monotonic=lambda: float(next(ticks)))
    counter.router.answer = DOWN
    counter.wait(minutes=2)

    stood_in = slow.verify(parse_payload(ANNA))

    assert (stood_in.source, stood_in.router_ms) == (Source.CACHE, 1000)
    assert slow.verify(parse_payload(BRUNO)).router_ms == 1000
