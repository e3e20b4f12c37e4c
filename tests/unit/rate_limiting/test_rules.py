"""The decisions one by one, at their edges."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.unit.rate_limiting.callers import NOON, Walk, draws, issued
from validator.rate_limiting import state as states
from validator.rate_limiting.fingerprints import Fingerprints
from validator.rate_limiting.rules import (
    Alert,
    Answer,
    after_answer,
    after_bad_input,
    allow,
    decayed,
    initial,
    repeated,
)
from validator.rate_limiting.state import BATCHES_KEPT, BLOCKS_KEPT, GuessState, from_text, to_text
from validator.rate_limiting.thresholds import Thresholds
from validator.token_bucket import TokenBucket

THRESHOLDS = Thresholds()
NEW = initial(THRESHOLDS, NOON)
PLAIN = Fingerprints("aaaa", ("b1", "b2", "b3"), "s1", plausible=True)
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

    assert not allow(poor, THRESHOLDS, NOON).allowed
    assert allow(poor, THRESHOLDS, NOON).state == poor
    assert allow(replace(poor, **{level: 1.0}), THRESHOLDS, NOON).allowed  # type: ignore[arg-type]  # the same


def test_a_check_takes_one_from_each_bucket_and_one_more_while_braked() -> None:
    """The slow bucket counts only while limited."""
    spent = allow(NEW, THRESHOLDS, NOON).state
    assert (spent.pace, spent.hour, spent.cells, spent.day, spent.slow) == (119, 89, (1,), 6, 3)

    limited = replace(NEW, limited=True, score=30, alerted=True)
    assert allow(limited, THRESHOLDS, NOON).state.slow == 2
    assert not allow(replace(limited, slow=0.9), THRESHOLDS, NOON).allowed
    assert allow(replace(NEW, slow=0.0), THRESHOLDS, NOON).allowed


def test_an_unknown_card_adds_nothing_to_what_is_left() -> None:
    """With nothing left of the hour, an answer for a check that was allowed before leaves nothing."""
    empty = replace(NEW, hour=0.0, share=0.0)
    answered = after_answer(empty, THRESHOLDS, NOON, PLAIN, Answer.UNKNOWN).state

    assert (answered.hour, answered.share) == (0, 0)


@pytest.mark.parametrize(
    ("before", "after"), [((1,), (0,)), ((1, 0.5), (0, 0.5)), ((1.25,), (0.25,)), ((0.5,), (0.5,)), ((), ())]
)
def test_a_known_card_takes_one_back_from_the_newest_ten_minutes_that_have_one(
    before: tuple[float, ...], after: tuple[float, ...]
) -> None:
    """Its check counted as an unknown card, perhaps ten minutes earlier."""
    counted = replace(NEW, cells=before)

    assert after_answer(counted, THRESHOLDS, NOON, PLAIN, Answer.KNOWN).state.cells == after


def test_what_is_just_enough_is_enough() -> None:
    """The last token of each kind allows a check, and a known card gives back one turn."""
    last_of_the_day = replace(NEW, cells=(1_699,), day=0.0)
    last_turn = replace(NEW, cells=(1_700,), day=1.0)
    last_while_limited = replace(NEW, limited=True, score=30, slow=1.0)

    for state in (last_of_the_day, last_turn, last_while_limited):
        assert allow(state, THRESHOLDS, NOON).allowed
    assert allow(replace(last_of_the_day, day=3.0), THRESHOLDS, NOON).state.day == 3
    assert after_answer(last_turn, THRESHOLDS, NOON, PLAIN, Answer.KNOWN).state.day == 2


def test_an_episode_has_one_alert_of_either_kind() -> None:
    """A caller limited for guessing is not reported again for unknown cards, nor twice for unknown cards."""
    guessing = after_answer(replace(NEW, score=31.5), THRESHOLDS, NOON, ODD, Answer.UNKNOWN)
    reported = after_answer(replace(NEW, hour=10.0, alerted=True), THRESHOLDS, NOON, PLAIN, Answer.KNOWN)

    assert (guessing.alert, reported.alert) == (Alert.GUESSING, None)
    for state in (guessing.state, reported.state):
        assert allow(replace(state, hour=10.0), THRESHOLDS, NOON).alert is None


def test_only_the_same_answer_about_the_same_card_is_repeated() -> None:
    """A card that was unknown this morning and is known now shows something new, and the other way round."""
    bit = states.with_card(0, PLAIN.card)
    for answer, seen in (
        (Answer.KNOWN, replace(NEW, known=bit)),
        (Answer.UNKNOWN, replace(NEW, unknown=bit)),
    ):
        other = Answer.UNKNOWN if answer is Answer.KNOWN else Answer.KNOWN

        assert repeated(seen, THRESHOLDS, NOON, PLAIN, answer) == replace(seen, pace=119)
        assert repeated(seen, THRESHOLDS, NOON, PLAIN, other) is None


def test_past_the_days_allowance_turns_are_few() -> None:
    """One in ten minutes, and a known card gives its turn back."""
    over = replace(NEW, cells=(1_700,), alerted=True)
    spent = allow(over, THRESHOLDS, NOON)

    assert (spent.allowed, spent.state.day) == (True, 5)
    assert after_answer(spent.state, THRESHOLDS, NOON, PLAIN, Answer.KNOWN).state.day == 6
    seen = replace(spent.state, unknown=states.with_card(0, PLAIN.card))
    assert after_answer(seen, THRESHOLDS, NOON, PLAIN, Answer.UNKNOWN).state.day == 5
    assert not allow(replace(over, day=0.99), THRESHOLDS, NOON).allowed
    assert allow(replace(over, day=0.99), THRESHOLDS, NOON + 600).allowed


def test_unknown_answers_count_for_a_whole_day_and_then_no_longer() -> None:
    """Ten minutes more at most, and a clock that goes back forgets none."""
    full = replace(NEW, cells=(1_700,), day=0.0, alerted=True)

    def is_counted(after: float) -> bool:
        return not allow(
            replace(decayed(full, THRESHOLDS, NOON + after), day=0.0), THRESHOLDS, NOON + after
        ).allowed

    assert all(is_counted(after) for after in (-90_000, 0, 599, 600, 43_200, 86_400))
    assert not is_counted(86_400 + 600)


def test_many_known_cards_of_a_day_allow_more_unknown_ones() -> None:
    """Three and a half for each different one, of yesterday or of today: the better day, not the sum."""
    spent = replace(NEW, cells=(1_700,), day=0.0, alerted=True)

    assert not allow(replace(spent, known_yesterday=500), THRESHOLDS, NOON).allowed
    assert allow(replace(spent, known_yesterday=501), THRESHOLDS, NOON).allowed
    walk, draw = Walk(state=replace(spent, cells=(), known_yesterday=450)), draws(1)
    for _ in range(450):
        walk.check(issued(draw), Answer.KNOWN, 1)
    assert walk.state is not None
    assert not allow(replace(walk.state, cells=(1_700,), day=0.0), THRESHOLDS, walk.now).allowed


def test_an_alert_comes_while_something_is_left() -> None:
    """Once, at the first check with fewer than `alert_at`, of the hour or of the day."""
    for low in (replace(NEW, hour=15.9), replace(NEW, cells=(1_685,))):
        decision = allow(low, THRESHOLDS, NOON)
        assert (decision.allowed, decision.alert) == (True, Alert.MANY_UNKNOWN)
        assert allow(decision.state, THRESHOLDS, NOON).alert is None
    assert allow(replace(NEW, hour=16.0), THRESHOLDS, NOON).alert is None
    assert allow(replace(NEW, cells=(1_684,)), THRESHOLDS, NOON).alert is None


def test_an_alert_comes_where_most_cards_are_unknown() -> None:
    """Once, when nothing is left of what known cards vouch for; it causes no delay."""
    low = replace(NEW, share=1.9)
    decision = after_answer(low, THRESHOLDS, NOON, PLAIN, Answer.UNKNOWN)

    assert decision.alert is Alert.MANY_UNKNOWN
    assert after_answer(decision.state, THRESHOLDS, NOON, ODD, Answer.UNKNOWN).alert is None
    assert after_answer(replace(low, share=2.0), THRESHOLDS, NOON, PLAIN, Answer.UNKNOWN).alert is None
    assert allow(replace(decision.state, share=0.0), THRESHOLDS, NOON).allowed


def test_an_episode_ends_when_enough_is_there_again() -> None:
    """Half of the hour's, and as many of the day's and of what known cards vouch for."""
    alerted = replace(NEW, alerted=True, hour=44.9)

    assert decayed(alerted, THRESHOLDS, NOON).alerted
    assert not decayed(alerted, THRESHOLDS, NOON + 2).alerted
    assert decayed(replace(NEW, alerted=True, share=44.9), THRESHOLDS, NOON).alerted
    assert decayed(replace(NEW, alerted=True, cells=(1_656,)), THRESHOLDS, NOON).alerted
    assert not decayed(replace(NEW, alerted=True, cells=(1_655,)), THRESHOLDS, NOON).alerted


def test_known_cards_pay_and_calm_but_once() -> None:
    """Four more than it cost, and a little less evidence; the same card again only what it cost."""
    spent = replace(NEW, hour=50, share=10, cells=(7,), score=10)

    once = after_answer(spent, THRESHOLDS, NOON, PLAIN, Answer.KNOWN).state
    assert (once.hour, once.share, once.cells, once.score) == (55, 11.5, (6,), 9.875)
    assert once.known
    again = after_answer(once, THRESHOLDS, NOON, PLAIN, Answer.KNOWN).state
    assert again == replace(once, hour=56, cells=(5,))


def test_a_known_card_calms_by_twice_what_it_would_weigh() -> None:
    """An issuer with odd numbers has known ones too; while limited every known card calms by two."""
    odd = replace(NEW, score=10)
    beside = replace(NEW, score=10, blocks=("b2",), batches=("s1",))

    def after(state: GuessState, prints: Fingerprints) -> float:
        return after_answer(state, THRESHOLDS, NOON, prints, Answer.KNOWN).state.score

    assert after(odd, ODD) == 8
    assert after(beside, PLAIN) == 8
    assert after(beside, replace(PLAIN, blocks=())) == 9.5
    assert after(replace(odd, score=30, limited=True), PLAIN) == 28


@pytest.mark.parametrize("answer", [Answer.KNOWN, Answer.UNKNOWN])
def test_the_correction_of_a_slip_takes_its_evidence_back(answer: Answer) -> None:
    """Once, and only where the rest of the number is the same."""
    slip = replace(ODD, card="bbbb", pairs=("p1", "q2", "q3"))
    right = replace(PLAIN, pairs=("p1", "p2", "p3"))
    other = Fingerprints("cccc", ("o",), "o", plausible=True, pairs=("o1", "o2", "o3"))
    slipped = after_answer(replace(NEW, score=5), THRESHOLDS, NOON, slip, Answer.UNKNOWN).state
    assert slipped.score == 6

    corrected = after_answer(slipped, THRESHOLDS, NOON, right, answer).state
    assert corrected.score <= 5
    assert corrected.typo == ()
    assert after_answer(slipped, THRESHOLDS, NOON, other, Answer.KNOWN).state.score > 5


def test_unknown_cards_cost_but_once_and_weigh_by_their_form() -> None:
    """A plain one nothing, one of the same second a quarter, one beside another one, an odd one one."""
    spent = replace(NEW, hour=50, cells=(7,))
    first = after_answer(spent, THRESHOLDS, NOON, PLAIN, Answer.UNKNOWN).state
    assert (first.hour, first.cells, first.score) == (50, (7,), 0)
    assert (first.blocks, first.batches) == (("b1", "b2", "b3"), ("s1",))

    def after(prints: Fingerprints) -> GuessState:
        return after_answer(first, THRESHOLDS, NOON, prints, Answer.UNKNOWN).state

    assert (after(PLAIN).hour, after(PLAIN).cells, after(PLAIN).score) == (51, (6,), 0)
    assert after(Fingerprints("c0c0", ("d",), "s1", plausible=True)).score == 0.25
    assert after(Fingerprints("c0c0", ("d", "b2"), "s2", plausible=True)).score == 1
    assert after(Fingerprints("c0c0", ("d",), "s2", plausible=False)).score == 1
    assert after(Fingerprints("c0c0", ("d",), "s2", plausible=True)).score == 0


def test_a_new_unknown_card_costs_for_those_that_share_its_bit() -> None:
    """With half of the bits set, half of all new cards are taken for old ones: each other costs two."""
    spent = replace(NEW, hour=50, cells=(7,), unknown=(1 << states.BITS // 2) - 1)
    plain = replace(PLAIN, card="ffff")

    state = after_answer(spent, THRESHOLDS, NOON, plain, Answer.UNKNOWN).state
    assert (state.hour, state.cells, state.share) == (49, (8,), 50)
    again = after_answer(state, THRESHOLDS, NOON, plain, Answer.UNKNOWN).state
    assert (again.hour, again.cells, again.share) == (50, (7,), 50)


def test_no_answer_teaches_nothing() -> None:
    """A check without an answer is given back, and its number is not noted."""
    spent = replace(NEW, hour=50, day=3, cells=(7,), score=3)

    state = after_answer(spent, THRESHOLDS, NOON, ODD, Answer.NONE).state

    assert state == replace(spent, hour=51, day=4, cells=(6,))


def test_an_answer_in_the_next_ten_minutes_gives_back_what_was_taken_before() -> None:
    """The count of a day never falls below nothing."""
    later = after_answer(replace(NEW, cells=(3,)), THRESHOLDS, NOON + 600, PLAIN, Answer.KNOWN).state
    never = after_answer(NEW, THRESHOLDS, NOON, PLAIN, Answer.KNOWN).state

    assert (later.cells, never.cells) == ((2, 0), ())


def test_the_brake_goes_on_and_off_at_its_marks() -> None:
    """On at 32, off at 16, and never above 40, so that it can be worked off."""
    at_the_edge = replace(NEW, score=31)
    limited = after_answer(at_the_edge, THRESHOLDS, NOON, ODD, Answer.UNKNOWN)
    assert (limited.state.limited, limited.alert) == (True, Alert.GUESSING)
    assert not after_answer(replace(NEW, score=30.9), THRESHOLDS, NOON, ODD, Answer.UNKNOWN).state.limited

    high = replace(NEW, score=39.5, limited=True, alerted=True)
    assert after_answer(high, THRESHOLDS, NOON, ODD, Answer.UNKNOWN).state.score == 40
    assert after_answer(high, THRESHOLDS, NOON, ODD, Answer.UNKNOWN).alert is None

    for score, still in ((18.1, True), (18.0, False)):
        nearly = replace(NEW, score=score, limited=True, alerted=True)
        assert after_answer(nearly, THRESHOLDS, NOON, PLAIN, Answer.KNOWN).state.limited is still


def test_bad_input_input_counts_a_quarter_and_only_up_to_its_most() -> None:
    """Alone it never limits; a higher score does not change."""
    assert after_bad_input(NEW, THRESHOLDS, NOON).state.score == 0.25
    assert after_bad_input(replace(NEW, score=11.9), THRESHOLDS, NOON).state.score == 12.15
    assert after_bad_input(replace(NEW, score=12.0), THRESHOLDS, NOON).state.score == 12.0


def test_evidence_fades_by_six_an_hour() -> None:
    """It never falls below nothing."""
    assert decayed(replace(NEW, score=10), THRESHOLDS, NOON + 3_600).score == pytest.approx(4)
    assert decayed(replace(NEW, score=5), THRESHOLDS, NOON + 3_600).score == 0
    assert decayed(replace(NEW, score=5), THRESHOLDS, NOON - 3_600).score == 5


def test_prints_of_yesterday_are_forgotten() -> None:
    """At midnight UTC nothing of anybody's card is left but how many there were, for a day."""
    noted = replace(
        NEW, score=20, limited=True, known=1, unknown=2, blocks=("c",), batches=("d",), typo=("e",)
    )
    midnight = NOON - NOON % 86_400 + 86_400

    assert decayed(noted, THRESHOLDS, midnight - 1).known == 1
    fresh = decayed(noted, THRESHOLDS, midnight)
    assert (fresh.known, fresh.unknown, fresh.blocks, fresh.batches, fresh.typo) == (0, 0, (), (), ())
    assert fresh.known_yesterday == pytest.approx(1, abs=0.01)
    assert decayed(fresh, THRESHOLDS, midnight + 86_400).known_yesterday == 0
    assert decayed(noted, THRESHOLDS, midnight + 86_400).known_yesterday == 0


def test_no_more_is_kept_than_needed() -> None:
    """512 bytes each for all known and all unknown cards, what lies beside the newest 32, a day in cells."""
    walk, draw = Walk(), draws(1)
    for _ in range(200):
        walk.check(issued(draw), Answer.KNOWN)
        walk.check(issued(draw), Answer.UNKNOWN, 600)

    kept = walk.state
    assert kept is not None
    sizes = (len(kept.blocks), len(kept.batches), len(kept.cells))
    assert sizes == (BLOCKS_KEPT, BATCHES_KEPT, 145) == (128, 32, 145)
    full = (1 << states.BITS) - 1
    assert len(to_text(replace(kept, known=full, unknown=full))) < 6_000


def test_a_standing_is_read_as_it_was_written() -> None:
    """The one text form loses nothing."""
    state = replace(NEW, score=3.25, limited=True, known=0xFFFE, unknown=1, cells=(1.125, 2.0), blocks=("c",))

    assert from_text(to_text(state)) == state


@pytest.mark.parametrize(
    "text",
    ["", "7", "[]", "{}", "nonsense", '{"v":2}', '{"v":3}', to_text(NEW).replace("90", '"x"'),
     to_text(NEW).replace("90", "NaN"), to_text(NEW).replace('"alerted"', '"else"'),
     to_text(NEW).replace('"known":"0"', '"known":"-1"'), to_text(NEW).replace('"cells":[]', '"cells":[NaN]'),
     to_text(NEW).replace('"v":3', '"v":2')],
)  # fmt: skip
def test_what_was_not_written_by_us_is_nothing(text: str) -> None:
    """A state of another version starts from the beginning instead of failing."""
    assert from_text(text) is None


@pytest.mark.parametrize("field", ["known", "unknown"])
def test_a_sketch_with_more_bits_than_it_has_is_damaged(field: str) -> None:
    """It would count more cards than there can be."""
    damaged = replace(NEW, **{field: 1 << states.BITS})  # type: ignore[arg-type]  # one of the sketches

    assert from_text(to_text(damaged)) is None


@pytest.mark.parametrize("card", ["0000", "0fff", "ffff"])
def test_each_card_has_a_bit_that_is_kept(card: str) -> None:
    """A state with the first or the last bit of a sketch is read again as it was stored."""
    state = replace(NEW, known=states.with_card(0, card), unknown=states.with_card(0, card))

    assert state.known.bit_count() == 1
    assert from_text(to_text(state)) == state


def test_a_full_sketch_counts_what_one_free_bit_counts() -> None:
    """34 000 different cards in a day are more than a place has; the count does not fail there."""
    full = (1 << states.BITS) - 1

    assert states.count(full) == states.count(full >> 1) == pytest.approx(34_070, abs=1)
