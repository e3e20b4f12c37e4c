"""The budget of pictures: honest tills never meet it, and dear pictures use it up before they are decoded."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanner.errors import ImageRefused
from scanner.pool import Reading
from validator.accounts.identity import Caller, CallerKind
from validator.limits.pictures import FIGURES, Level, PictureLimit, charged, from_text, to_text
from validator.limits.shared import Shared
from validator.limits.store import OwnStore

NOON = 1_795_435_200.0
TILL = Caller(CallerKind.DEVICE, 1, "Till 1")
PERSON = Caller(CallerKind.PERSON, 1, "anna")
KIOSK = Caller(CallerKind.KIOSK, 1, "anna")
CODE = Reading(("a code",), seconds=0.05)
NOTHING = Reading(seconds=0.2)
DAMAGED = Reading(refusal=ImageRefused("image_unreadable"), seconds=0.01)
DEAR = Reading(seconds=2.0)
KILLED = Reading(refusal=ImageRefused("reader_failed"), seconds=0.0)


class Site:
    """Budgets on a clock of their own."""

    def __init__(self) -> None:
        self.now = NOON
        self.limit = PictureLimit(Shared(OwnStore(), lambda: self.now), lambda: self.now)

    def send(self, caller: Caller, reading: Reading) -> bool:
        """Whether a picture that turns out like this is read."""
        if not self.limit.admits(caller):
            return False
        self.limit.note(caller, reading)
        return True

    def sent(self, caller: Caller, reading: Reading, seconds: float, every_s: float) -> list[bool]:
        """One after the other for so long."""
        told = []
        for _ in range(round(seconds / every_s)):
            told.append(self.send(caller, reading))
            self.now += every_s
        return told


@pytest.mark.parametrize("reading", [CODE, NOTHING, DAMAGED])
def test_eight_tills_on_one_account_that_read_by_the_server_are_never_held_back(reading: Reading) -> None:
    """A picture a second from each, for an hour, whether there is a code on them or not."""
    assert all(Site().sent(PERSON, reading, 3600, 1 / 8))


def test_a_large_photo_now_and_then_is_never_held_back() -> None:
    """Eight tills, one of the dearest photos every ten seconds each."""
    assert all(Site().sent(PERSON, Reading(("a code",), seconds=0.8), 3600, 10 / 8))


def test_codes_that_are_found_quickly_cost_nothing() -> None:
    """They are checks, which have a limit of their own."""
    site = Site()

    assert all(site.send(TILL, CODE) for _ in range(1000))


def test_pictures_without_a_code_are_bounded() -> None:
    """A hundred and twenty at once, then ten a second."""
    site = Site()

    assert [site.send(TILL, NOTHING) for _ in range(200)].count(True) == 120
    site.now += 1
    assert [site.send(TILL, NOTHING) for _ in range(200)].count(True) == 10


@pytest.mark.parametrize("reading", [DEAR, KILLED])
def test_dear_pictures_get_a_third_of_one_processor(reading: Reading) -> None:
    """Sent without a pause, each of two seconds: some at first, then eleven a minute."""
    told = Site().sent(TILL, reading, 600, 2.0)

    assert not all(told[:6])
    assert told[30:].count(True) * 2.0 <= 0.37 * 540


def test_one_callers_pictures_cost_nobody_else() -> None:
    """Another device, and a person of the same number, have budgets of their own."""
    site = Site()
    while site.send(TILL, DEAR):
        pass

    assert site.send(Caller(CallerKind.DEVICE, 2, "Till 2"), NOTHING)
    assert site.send(PERSON, NOTHING)


def test_a_kiosk_uses_the_budget_of_the_person_who_locked_it() -> None:
    """Nobody gets a second budget by locking tablets."""
    site = Site()
    while site.send(PERSON, DEAR):
        pass

    assert not site.send(KIOSK, NOTHING)


def test_a_debt_is_paid_within_half_a_minute() -> None:
    """However many dear pictures were admitted at once, the caller is back soon."""
    site = Site()
    admitted = [site.limit.admits(TILL) for _ in range(20)]
    for _ in admitted:
        site.limit.note(TILL, DEAR)
    assert not site.send(TILL, NOTHING)

    site.now += (FIGURES.bucket.size + 2) / FIGURES.bucket.per_s

    assert site.send(TILL, NOTHING)


def test_a_clock_that_went_back_gives_nothing() -> None:
    """The level stays; time is counted from then on."""
    assert charged(Level(NOON, 5.0), FIGURES, NOON - 3600, 0.0) == Level(NOON - 3600, 5.0)


@given(st.floats(allow_nan=False, allow_infinity=False), st.floats(-1e6, 1e6))
def test_what_is_kept_is_read_again(at: float, left: float) -> None:
    """The text form holds the level as it is."""
    level = Level(at, left)

    assert from_text(to_text(level)) == (level if math.isfinite(at + left) else None)


@pytest.mark.parametrize(
    "kept", ["", "null", "[]", "{}", '{"v": 2, "at": 1, "left": 1}', '{"v": 1, "at": "x", "left": 1}']
)
def test_what_is_no_level_is_forgotten(kept: str) -> None:
    """A damaged or older row costs nobody anything."""
    assert from_text(kept) is None
