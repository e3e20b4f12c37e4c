"""The decisions one by one, at their edges."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.unit.limits.callers import NOON, Walk, draws, issued
from validator.limits.brake import Alert, Answer, admit, learned, malformed, newcomer, rested
from validator.limits.bucket import Bucket
from validator.limits.figures import Figures
from validator.limits.prints import Prints
from validator.limits.standing import BLOCKS_KEPT, KNOWN_KEPT, UNKNOWN_KEPT, Standing, from_text, to_text

FIGURES = Figures()
NEW = newcomer(FIGURES, NOON)
PLAIN = Prints("aaaa", ("b1", "b2", "b3"), "s1", plausible=True)
ODD = replace(PLAIN, plausible=False)


def test_a_bucket_refills_to_its_size_and_never_with_a_clock_that_went_back() -> None:
    """Two a second, at most ten."""
    bucket = Bucket(size=10, per_s=2)

    assert bucket.refilled(1, 3) == 7
    assert bucket.refilled(1, 30) == 10
    assert bucket.refilled(1, -3) == 1
    assert bucket.given_back(1, 3) == 4
    assert bucket.given_back(9, 3) == 10


@pytest.mark.parametrize("level", ["pace", "hour", "day"])
def test_each_bucket_alone_holds_back(level: str) -> None:
    """With less than one token there is no check, and nothing is taken."""
    poor = replace(NEW, **{level: 0.99})  # type: ignore[arg-type]  # one of the floats

    assert not admit(poor, FIGURES, NOON).admits
    assert admit(poor, FIGURES, NOON).standing == poor
    assert admit(replace(poor, **{level: 1.0}), FIGURES, NOON).admits  # type: ignore[arg-type]  # the same


def test_a_check_takes_one_from_each_bucket_and_one_more_while_braked() -> None:
    """The slow bucket is the brake's alone."""
    spent = admit(NEW, FIGURES, NOON).standing
    assert (spent.pace, spent.hour, spent.day, spent.slow) == (119, 89, 1_299, 3)

    braked = replace(NEW, braked=True, score=30, told=True)
    assert admit(braked, FIGURES, NOON).standing.slow == 2
    assert not admit(replace(braked, slow=0.9), FIGURES, NOON).admits
    assert admit(replace(NEW, slow=0.0), FIGURES, NOON).admits


def test_a_manager_is_told_while_there_is_something_left() -> None:
    """Once, at the first check with fewer than `tells_at`, of the hour or of the day."""
    for level in ("hour", "day"):
        low = replace(NEW, **{level: 15.9})  # type: ignore[arg-type]  # one of the floats
        decision = admit(low, FIGURES, NOON)
        assert (decision.admits, decision.alert) == (True, Alert.MANY_UNKNOWN)
        assert admit(decision.standing, FIGURES, NOON).alert is None
    assert admit(replace(NEW, hour=16.0), FIGURES, NOON).alert is None


def test_an_episode_ends_when_enough_is_there_again() -> None:
    """Half of the hour's, and of the day's as many."""
    told = replace(NEW, told=True, hour=44.9)

    assert rested(told, FIGURES, NOON).told
    assert not rested(told, FIGURES, NOON + 2).told
    assert rested(replace(NEW, told=True, day=44.9), FIGURES, NOON).told
    assert not rested(replace(NEW, told=True, day=45.0), FIGURES, NOON).told


def test_known_cards_pay_and_calm_but_once() -> None:
    """Eight more than it cost and two points less; the same card again only what it cost."""
    spent = replace(NEW, hour=50, day=500, score=10)

    once = learned(spent, FIGURES, NOON, PLAIN, Answer.KNOWN).standing
    assert (once.hour, once.day, once.score, once.known) == (59, 509, 8, ("aaaa",))
    again = learned(once, FIGURES, NOON, PLAIN, Answer.KNOWN).standing
    assert (again.hour, again.day, again.score, again.known) == (60, 510, 8, ("aaaa",))


def test_unknown_cards_cost_but_once_and_weigh_by_their_form() -> None:
    """A plain one nothing, one of the same second a quarter, one beside another one, an odd one one."""
    spent = replace(NEW, hour=50, day=500)
    first = learned(spent, FIGURES, NOON, PLAIN, Answer.UNKNOWN).standing
    assert (first.hour, first.score) == (50, 0)
    assert (first.unknown, first.blocks, first.batches) == (("aaaa",), ("b1", "b2", "b3"), ("s1",))

    def after(prints: Prints) -> Standing:
        return learned(first, FIGURES, NOON, prints, Answer.UNKNOWN).standing

    assert (after(PLAIN).hour, after(PLAIN).score) == (51, 0)
    assert after(Prints("c", ("d",), "s1", plausible=True)).score == 0.25
    assert after(Prints("c", ("d", "b2"), "s2", plausible=True)).score == 1
    assert after(Prints("c", ("d",), "s2", plausible=False)).score == 1
    assert after(Prints("c", ("d",), "s2", plausible=True)).score == 0


def test_no_answer_teaches_nothing() -> None:
    """A check that nobody could make is given back, and its number is not noted."""
    spent = replace(NEW, hour=50, day=500, score=3)

    standing = learned(spent, FIGURES, NOON, ODD, Answer.NONE).standing

    assert standing == replace(spent, hour=51, day=501)


def test_the_brake_goes_on_and_off_at_its_marks() -> None:
    """On at 32, off at 16, and never above 40, so that it can be worked off."""
    at_the_edge = replace(NEW, score=31)
    braked = learned(at_the_edge, FIGURES, NOON, ODD, Answer.UNKNOWN)
    assert (braked.standing.braked, braked.alert) == (True, Alert.GUESSING)
    assert not learned(replace(NEW, score=30.9), FIGURES, NOON, ODD, Answer.UNKNOWN).standing.braked

    high = replace(NEW, score=39.5, braked=True, told=True)
    assert learned(high, FIGURES, NOON, ODD, Answer.UNKNOWN).standing.score == 40
    assert learned(high, FIGURES, NOON, ODD, Answer.UNKNOWN).alert is None

    for score, still in ((18.1, True), (18.0, False)):
        nearly = replace(NEW, score=score, braked=True, told=True)
        assert learned(nearly, FIGURES, NOON, PLAIN, Answer.KNOWN).standing.braked is still


def test_malformed_input_counts_a_quarter_and_only_up_to_its_most() -> None:
    """By itself it never reaches the brake; what stands higher already is left alone."""
    assert malformed(NEW, FIGURES, NOON).standing.score == 0.25
    assert malformed(replace(NEW, score=11.9), FIGURES, NOON).standing.score == 12.15
    assert malformed(replace(NEW, score=12.0), FIGURES, NOON).standing.score == 12.0


def test_evidence_fades_by_six_an_hour() -> None:
    """It never falls below nothing."""
    assert rested(replace(NEW, score=10), FIGURES, NOON + 3_600).score == pytest.approx(4)
    assert rested(replace(NEW, score=5), FIGURES, NOON + 3_600).score == 0
    assert rested(replace(NEW, score=5), FIGURES, NOON - 3_600).score == 5


def test_prints_of_yesterday_are_forgotten() -> None:
    """At midnight UTC nothing of anybody's card is left, and what it counted for stays."""
    noted = replace(
        NEW, score=20, braked=True, known=("a",), unknown=("b",), blocks=("c",), batches=("d",), told=True
    )
    midnight = NOON - NOON % 86_400 + 86_400

    assert rested(noted, FIGURES, midnight - 1).known == ("a",)
    fresh = rested(noted, FIGURES, midnight)
    assert (fresh.known, fresh.unknown, fresh.blocks, fresh.batches) == ((), (), (), ())


def test_no_more_prints_are_kept_than_needed() -> None:
    """64 known cards and 32 unknown ones: the newest."""
    walk, draw = Walk(), draws(1)
    for _ in range(100):
        walk.check(issued(draw), Answer.KNOWN)
        walk.check(issued(draw), Answer.UNKNOWN, 1)

    kept = walk.standing
    assert kept is not None
    sizes = (len(kept.known), len(kept.unknown), len(kept.blocks), len(kept.batches))
    assert sizes == (KNOWN_KEPT, UNKNOWN_KEPT, BLOCKS_KEPT, UNKNOWN_KEPT) == (64, 32, 128, 32)


def test_a_standing_is_read_as_it_was_written() -> None:
    """The one text form loses nothing."""
    standing = replace(NEW, score=3.25, braked=True, known=("aaaa", "bbbb"), blocks=("c",))

    assert from_text(to_text(standing)) == standing


@pytest.mark.parametrize(
    "text",
    ["", "7", "[]", "{}", "nonsense", '{"v":1}', '{"v":2}', to_text(NEW).replace("90", '"x"'),
     to_text(NEW).replace("90", "NaN"), to_text(NEW).replace('"told"', '"else"')],
)  # fmt: skip
def test_what_was_not_written_by_us_is_nothing(text: str) -> None:
    """A standing of another version starts anew instead of failing."""
    assert from_text(text) is None
