"""The uploads of an account: honest tills never wait, and expensive pictures are refused before decoding."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from scanner.errors import ImageRefused
from scanner.pool import Reading
from tests.unit.rate_limiting.conftest import in_memory
from validator.accounts.identity import Caller, CallerKind
from validator.rate_limiting.store import DegradingStore
from validator.rate_limiting.windows import UPLOADS, Uploads, WindowStorage

if TYPE_CHECKING:
    from validator.rate_limiting.store import Store

NOON = 1_795_435_200.0
TILL = Caller(CallerKind.DEVICE, 1, "Till 1")
PERSON = Caller(CallerKind.PERSON, 1, "anna")
KIOSK = Caller(CallerKind.KIOSK, 1, "anna")
CODE = Reading(("a code",), seconds=0.05)
NOTHING = Reading(seconds=0.2)
DAMAGED = Reading(refusal=ImageRefused("image_unreadable"), seconds=0.01)
EXPENSIVE = Reading(seconds=2.0)
KILLED = Reading(refusal=ImageRefused("reader_failed"), seconds=0.0)


class Site:
    """Uploads on a clock of their own."""

    def __init__(self) -> None:
        self.now = NOON
        self.store = in_memory()
        self.uploads = Uploads(self.store, lambda: self.now)

    def send(self, caller: Caller, reading: Reading) -> bool:
        """Whether a picture that turns out like this is read."""
        if not self.uploads.allow(caller):
            return False
        self.uploads.charge(caller, reading)
        return True

    def use_up(self, caller: Caller) -> None:
        """Send expensive pictures until one is refused."""
        assert not all(self.send(caller, EXPENSIVE) for _ in range(UPLOADS.amount))

    def sent(self, caller: Caller, reading: Reading, seconds: float, every_s: float) -> list[bool]:
        """One after the other for so long."""
        results = []
        for _ in range(round(seconds / every_s)):
            results.append(self.send(caller, reading))
            self.now += every_s
        return results


@pytest.mark.parametrize("reading", [CODE, NOTHING, DAMAGED])
def test_eight_tills_on_one_account_that_read_by_the_server_are_never_held_back(reading: Reading) -> None:
    """A picture a second from each, for an hour, with or without a code on it."""
    assert all(Site().sent(PERSON, reading, 3600, 1 / 8))


def test_a_large_photo_now_and_then_is_never_held_back() -> None:
    """Eight tills, one of the most expensive photos every ten seconds each."""
    assert all(Site().sent(PERSON, Reading(("a code",), seconds=0.8), 3600, 10 / 8))


def test_codes_that_are_found_quickly_cost_nothing() -> None:
    """They are checks, which have a limit of their own."""
    site = Site()

    assert all(site.send(TILL, CODE) for _ in range(1000))


def test_a_code_that_is_found_quickly_gives_back_no_more_than_it_took() -> None:
    """Pictures with a code make no room for pictures without one."""
    site = Site()
    assert all(site.send(TILL, NOTHING) for _ in range(100))
    assert all(site.send(TILL, CODE) for _ in range(50))

    assert [site.send(TILL, NOTHING) for _ in range(50)].count(True) == 20


def test_pictures_without_a_code_are_bounded() -> None:
    """A hundred and twenty in twelve seconds."""
    site = Site()

    assert [site.send(TILL, NOTHING) for _ in range(200)].count(True) == 120
    site.now += 11.9
    assert not site.send(TILL, NOTHING)
    site.now += 0.1
    assert [site.send(TILL, NOTHING) for _ in range(200)].count(True) == 120


@pytest.mark.parametrize("reading", [EXPENSIVE, KILLED])
def test_expensive_pictures_get_a_third_of_one_processor(reading: Reading) -> None:
    """Sent without a pause, each of two seconds: two in each window, ten a minute."""
    results = Site().sent(TILL, reading, 600, 2.0)

    assert not all(results[:6])
    assert results[30:].count(True) * 2.0 <= 0.37 * 540


def test_one_callers_pictures_cost_nobody_else() -> None:
    """Another device, and a person of the same number, have budgets of their own."""
    site = Site()
    site.use_up(TILL)

    assert site.send(Caller(CallerKind.DEVICE, 2, "Till 2"), NOTHING)
    assert site.send(PERSON, NOTHING)


def test_a_kiosk_uses_the_budget_of_the_person_who_locked_it() -> None:
    """Nobody gets a second budget by locking tablets."""
    site = Site()
    site.use_up(PERSON)

    assert not site.send(KIOSK, NOTHING)


def test_however_much_is_charged_the_next_window_is_free() -> None:
    """All processes read an expensive picture at once; the account waits twelve seconds at most."""
    site = Site()
    allowed = [site.uploads.allow(TILL) for _ in range(20)]
    for _ in allowed:
        site.uploads.charge(TILL, EXPENSIVE)
    assert not site.send(TILL, NOTHING)

    site.now += UPLOADS.get_expiry()

    assert site.send(TILL, NOTHING)


@pytest.mark.parametrize("ahead", [60.0, 1e9])
def test_a_window_of_a_clock_that_was_ahead_does_not_count(ahead: float) -> None:
    """Nobody waits until that time comes."""
    site = Site()
    site.now += ahead
    site.use_up(TILL)
    site.now -= ahead

    assert site.send(TILL, NOTHING)


def test_windows_count_what_all_processes_do(store: Store) -> None:
    """Count, end, and what is taken back, as the package `limits` asks for them."""
    one, other = (WindowStorage(in_store(store), lambda: NOON) for _ in range(2))

    assert (one.get("a"), one.get_expiry("a")) == (0, NOON)
    assert [one.incr("a", 60), other.incr("a", 60, 5), one.incr("a", 60, -2)] == [1, 6, 4]
    assert (other.get("a"), other.get_expiry("a")) == (4, NOON + 60)
    assert one.incr("b", 60, -1) == 0
    assert one.check()
    one.clear("a")
    assert other.get("a") == 0


def in_store(store: Store) -> DegradingStore:
    return DegradingStore(store, lambda: 0.0)


@pytest.mark.parametrize("text", ["", "null", "[1, 2]", '["x", 1e12, 1e12]', "[1e999, 1, 1]", "nonsense"])
def test_a_damaged_text_counts_nothing(text: str) -> None:
    """Nobody waits for it."""
    site = Site()
    site.store.change(UPLOADS.key_for(TILL.account), lambda _text: (text, None), NOON)

    assert site.send(TILL, NOTHING)
