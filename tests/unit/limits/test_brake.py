"""The decisions one by one, at their edges."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.unit.limits.callers import NOON, Walk, draws, issued
from validator.limits import sketch
from validator.limits.brake import Alert, Answer, admit, learned, malformed, newcomer, rested
from validator.limits.figures import Figures
from validator.limits.prints import Prints
from validator.limits.standing import BATCHES_KEPT, BLOCKS_KEPT, Standing, from_text, to_text
from validator.token_bucket import TokenBucket

FIGURES = Figures()
NEW = newcomer(FIGURES, NOON)
PLAIN = Prints("aaaa", ("b1", "b2", "b3"), "s1", plausible=True)
ODD = replace(PLAIN, plausible=False)


def test_a_bucket_refills_to_its_size_and_never_with_a_clock_that_went_back() -> None:
    """Two a second, at most ten."""
    bucket = TokenBucket(size=10, per_s=2)

    assert bucket.refilled(1, 3) == 7
    assert bucket.refilled(1, 30) == 10
    assert bucket.refilled(1, -3) == 1
    assert bucket.given_back(1, 3) == 4
    assert bucket.given_back(9, 3) == 10


@pytest.mark.parametrize("level", ["pace", "hour"])
def test_each_bucket_alone_holds_back(level: str) -> None:
    """With less than one token there is no check, and nothing is taken."""
    poor = replace(NEW, **{level: 0.99})  # type: ignore[arg-type]  # one of the floats

    assert not admit(poor, FIGURES, NOON).admits
    assert admit(poor, FIGURES, NOON).standing == poor
    assert admit(replace(poor, **{level: 1.0}), FIGURES, NOON).admits  # type: ignore[arg-type]  # the same


def test_a_check_takes_one_from_each_bucket_and_one_more_while_braked() -> None:
    """The slow bucket is the brake's alone."""
    spent = admit(NEW, FIGURES, NOON).standing
    assert (spent.pace, spent.hour, spent.cells, spent.day, spent.slow) == (119, 89, (1,), 6, 3)

    braked = replace(NEW, braked=True, score=30, told=True)
    assert admit(braked, FIGURES, NOON).standing.slow == 2
    assert not admit(replace(braked, slow=0.9), FIGURES, NOON).admits
    assert admit(replace(NEW, slow=0.0), FIGURES, NOON).admits


def test_past_the_days_allowance_turns_are_few() -> None:
    """One in ten minutes, and a known card gives its turn back."""
    over = replace(NEW, cells=(1_700,), told=True)
    spent = admit(over, FIGURES, NOON)

    assert (spent.admits, spent.standing.day) == (True, 5)
    assert learned(spent.standing, FIGURES, NOON, PLAIN, Answer.KNOWN).standing.day == 6
    seen = replace(spent.standing, unknown=sketch.with_card(0, PLAIN.card))
    assert learned(seen, FIGURES, NOON, PLAIN, Answer.UNKNOWN).standing.day == 5
    assert not admit(replace(over, day=0.99), FIGURES, NOON).admits
    assert admit(replace(over, day=0.99), FIGURES, NOON + 600).admits


def test_unknown_answers_count_for_a_whole_day_and_then_no_longer() -> None:
    """Ten minutes more at most, and a clock that goes back forgets none."""
    full = replace(NEW, cells=(1_700,), day=0.0, told=True)

    def is_counted(after: float) -> bool:
        return not admit(replace(rested(full, FIGURES, NOON + after), day=0.0), FIGURES, NOON + after).admits

    assert all(is_counted(after) for after in (-90_000, 0, 599, 600, 43_200, 86_400))
    assert not is_counted(86_400 + 600)


def test_many_known_cards_of_a_day_allow_more_unknown_ones() -> None:
    """Three and a half for each different one, of yesterday or of today: the better day, not the sum."""
    spent = replace(NEW, cells=(1_700,), day=0.0, told=True)

    assert not admit(replace(spent, known_before=500), FIGURES, NOON).admits
    assert admit(replace(spent, known_before=501), FIGURES, NOON).admits
    walk, draw = Walk(standing=replace(spent, cells=(), known_before=450)), draws(1)
    for _ in range(450):
        walk.check(issued(draw), Answer.KNOWN, 1)
    assert walk.standing is not None
    assert not admit(replace(walk.standing, cells=(1_700,), day=0.0), FIGURES, walk.now).admits


def test_a_manager_is_told_while_there_is_something_left() -> None:
    """Once, at the first check with fewer than `tells_at`, of the hour or of the day."""
    for low in (replace(NEW, hour=15.9), replace(NEW, cells=(1_685,))):
        decision = admit(low, FIGURES, NOON)
        assert (decision.admits, decision.alert) == (True, Alert.MANY_UNKNOWN)
        assert admit(decision.standing, FIGURES, NOON).alert is None
    assert admit(replace(NEW, hour=16.0), FIGURES, NOON).alert is None
    assert admit(replace(NEW, cells=(1_684,)), FIGURES, NOON).alert is None


def test_a_manager_is_told_where_most_cards_are_unknown() -> None:
    """Once, when nothing is left of what known cards vouch for; nobody waits for it."""
    low = replace(NEW, share=1.9)
    decision = learned(low, FIGURES, NOON, PLAIN, Answer.UNKNOWN)

    assert decision.alert is Alert.MANY_UNKNOWN
    assert learned(decision.standing, FIGURES, NOON, ODD, Answer.UNKNOWN).alert is None
    assert learned(replace(low, share=2.0), FIGURES, NOON, PLAIN, Answer.UNKNOWN).alert is None
    assert admit(replace(decision.standing, share=0.0), FIGURES, NOON).admits


def test_an_episode_ends_when_enough_is_there_again() -> None:
    """Half of the hour's, and as many of the day's and of what known cards vouch for."""
    told = replace(NEW, told=True, hour=44.9)

    assert rested(told, FIGURES, NOON).told
    assert not rested(told, FIGURES, NOON + 2).told
    assert rested(replace(NEW, told=True, share=44.9), FIGURES, NOON).told
    assert rested(replace(NEW, told=True, cells=(1_656,)), FIGURES, NOON).told
    assert not rested(replace(NEW, told=True, cells=(1_655,)), FIGURES, NOON).told


def test_known_cards_pay_and_calm_but_once() -> None:
    """Four more than it cost, and a little less evidence; the same card again only what it cost."""
    spent = replace(NEW, hour=50, share=10, cells=(7,), score=10)

    once = learned(spent, FIGURES, NOON, PLAIN, Answer.KNOWN).standing
    assert (once.hour, once.share, once.cells, once.score) == (55, 11.5, (6,), 9.875)
    assert once.known
    again = learned(once, FIGURES, NOON, PLAIN, Answer.KNOWN).standing
    assert again == replace(once, hour=56, cells=(5,))


def test_a_known_card_calms_by_twice_what_it_would_weigh() -> None:
    """An issuer with odd numbers has known ones too; while braked every known card calms by two."""
    odd = replace(NEW, score=10)
    beside = replace(NEW, score=10, blocks=("b2",), batches=("s1",))

    def after(standing: Standing, prints: Prints) -> float:
        return learned(standing, FIGURES, NOON, prints, Answer.KNOWN).standing.score

    assert after(odd, ODD) == 8
    assert after(beside, PLAIN) == 8
    assert after(beside, replace(PLAIN, blocks=())) == 9.5
    assert after(replace(odd, score=30, braked=True), PLAIN) == 28


@pytest.mark.parametrize("answer", [Answer.KNOWN, Answer.UNKNOWN])
def test_the_correction_of_a_slip_takes_its_evidence_back(answer: Answer) -> None:
    """Once, and only where the rest of the number is the same."""
    slip = replace(ODD, card="bbbb", pairs=("p1", "q2", "q3"))
    right = replace(PLAIN, pairs=("p1", "p2", "p3"))
    other = Prints("cccc", ("o",), "o", plausible=True, pairs=("o1", "o2", "o3"))
    slipped = learned(replace(NEW, score=5), FIGURES, NOON, slip, Answer.UNKNOWN).standing
    assert slipped.score == 6

    corrected = learned(slipped, FIGURES, NOON, right, answer).standing
    assert corrected.score <= 5
    assert corrected.slip == ()
    assert learned(slipped, FIGURES, NOON, other, Answer.KNOWN).standing.score > 5


def test_unknown_cards_cost_but_once_and_weigh_by_their_form() -> None:
    """A plain one nothing, one of the same second a quarter, one beside another one, an odd one one."""
    spent = replace(NEW, hour=50, cells=(7,))
    first = learned(spent, FIGURES, NOON, PLAIN, Answer.UNKNOWN).standing
    assert (first.hour, first.cells, first.score) == (50, (7,), 0)
    assert (first.blocks, first.batches) == (("b1", "b2", "b3"), ("s1",))

    def after(prints: Prints) -> Standing:
        return learned(first, FIGURES, NOON, prints, Answer.UNKNOWN).standing

    assert (after(PLAIN).hour, after(PLAIN).cells, after(PLAIN).score) == (51, (6,), 0)
    assert after(Prints("c0c0", ("d",), "s1", plausible=True)).score == 0.25
    assert after(Prints("c0c0", ("d", "b2"), "s2", plausible=True)).score == 1
    assert after(Prints("c0c0", ("d",), "s2", plausible=False)).score == 1
    assert after(Prints("c0c0", ("d",), "s2", plausible=True)).score == 0


def test_a_new_unknown_card_costs_for_those_that_share_its_bit() -> None:
    """With half of the bits set, half of all new cards are taken for old ones: each other costs two."""
    spent = replace(NEW, hour=50, cells=(7,), unknown=(1 << sketch.BITS // 2) - 1)
    plain = replace(PLAIN, card="ffff")

    standing = learned(spent, FIGURES, NOON, plain, Answer.UNKNOWN).standing
    assert (standing.hour, standing.cells, standing.share) == (49, (8,), 50)
    again = learned(standing, FIGURES, NOON, plain, Answer.UNKNOWN).standing
    assert (again.hour, again.cells, again.share) == (50, (7,), 50)


def test_no_answer_teaches_nothing() -> None:
    """A check that nobody could make is given back, and its number is not noted."""
    spent = replace(NEW, hour=50, day=3, cells=(7,), score=3)

    standing = learned(spent, FIGURES, NOON, ODD, Answer.NONE).standing

    assert standing == replace(spent, hour=51, day=4, cells=(6,))


def test_an_answer_in_the_next_ten_minutes_gives_back_what_was_taken_before() -> None:
    """The count of a day never falls below nothing."""
    later = learned(replace(NEW, cells=(3,)), FIGURES, NOON + 600, PLAIN, Answer.KNOWN).standing
    never = learned(NEW, FIGURES, NOON, PLAIN, Answer.KNOWN).standing

    assert (later.cells, never.cells) == ((2, 0), ())


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
    """At midnight UTC nothing of anybody's card is left but how many there were, for a day."""
    noted = replace(
        NEW, score=20, braked=True, known=1, unknown=2, blocks=("c",), batches=("d",), slip=("e",)
    )
    midnight = NOON - NOON % 86_400 + 86_400

    assert rested(noted, FIGURES, midnight - 1).known == 1
    fresh = rested(noted, FIGURES, midnight)
    assert (fresh.known, fresh.unknown, fresh.blocks, fresh.batches, fresh.slip) == (0, 0, (), (), ())
    assert fresh.known_before == pytest.approx(1, abs=0.01)
    assert rested(fresh, FIGURES, midnight + 86_400).known_before == 0
    assert rested(noted, FIGURES, midnight + 86_400).known_before == 0


def test_no_more_is_kept_than_needed() -> None:
    """512 bytes each for all known and all unknown cards, what lies beside the newest 32, a day in cells."""
    walk, draw = Walk(), draws(1)
    for _ in range(200):
        walk.check(issued(draw), Answer.KNOWN)
        walk.check(issued(draw), Answer.UNKNOWN, 600)

    kept = walk.standing
    assert kept is not None
    sizes = (len(kept.blocks), len(kept.batches), len(kept.cells))
    assert sizes == (BLOCKS_KEPT, BATCHES_KEPT, 145) == (128, 32, 145)
    full = (1 << sketch.BITS) - 1
    assert len(to_text(replace(kept, known=full, unknown=full))) < 6_000


def test_a_standing_is_read_as_it_was_written() -> None:
    """The one text form loses nothing."""
    standing = replace(
        NEW, score=3.25, braked=True, known=0xFFFE, unknown=1, cells=(1.125, 2.0), blocks=("c",)
    )

    assert from_text(to_text(standing)) == standing


@pytest.mark.parametrize(
    "text",
    ["", "7", "[]", "{}", "nonsense", '{"v":1}', '{"v":2}', to_text(NEW).replace("90", '"x"'),
     to_text(NEW).replace("90", "NaN"), to_text(NEW).replace('"told"', '"else"'),
     to_text(NEW).replace('"known":"0"', '"known":"-1"'), to_text(NEW).replace('"cells":[]', '"cells":[NaN]'),
     to_text(NEW).replace('"v":2', '"v":1')],
)  # fmt: skip
def test_what_was_not_written_by_us_is_nothing(text: str) -> None:
    """A standing of another version starts anew instead of failing."""
    assert from_text(text) is None
