"""The guess rules, as pure functions: who may check a card, and what an answer shows about the caller.

A limited caller is slowed, never blocked, and known cards end it. Only the form of the numbers is evidence,
not the share of unknown cards: half of honest cards are unknown.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING

from validator.rate_limiting.state import BATCHES_KEPT, BLOCKS_KEPT, GuessState, count, weight, with_card
from validator.rate_limiting.thresholds import CELL_S, CELLS, DAY_S

if TYPE_CHECKING:
    from validator.rate_limiting.fingerprints import Fingerprints
    from validator.rate_limiting.thresholds import Thresholds


class Alert(StrEnum):
    """An alert for managers about a caller."""

    GUESSING = "guessing"  # numbers look made up or counted through
    MANY_UNKNOWN = "many_unknown"  # a larger share of unknown cards than a queue has


class Answer(StrEnum):
    """The result of a check, as far as the rules need it."""

    KNOWN = "known"  # the Router has this card, valid or not
    UNKNOWN = "unknown"
    NONE = "none"  # no answer


@dataclass(frozen=True, slots=True)
class Decision:
    """The new state, whether the check (or its answer) is allowed, and an alert if there is one."""

    state: GuessState
    allowed: bool = True
    alert: Alert | None = None


def initial(thresholds: Thresholds, now: float) -> GuessState:
    """The state of a caller without any check in the last day."""
    return GuessState(
        at=now,
        pace=thresholds.pace.size,
        slow=thresholds.slow.size,
        hour=thresholds.hour.size,
        day=thresholds.day.size,
        share=thresholds.share.size,
        cell=int(now // CELL_S),
    )


def decayed(state: GuessState, thresholds: Thresholds, now: float) -> GuessState:
    """The state at this time: buckets refill, evidence fades, fingerprints of an earlier day are deleted."""
    seconds = max(0.0, now - state.at)
    # Named one by one: this runs several times a check, and a loop over names takes twice as long.
    calm = replace(
        state,
        at=now,
        pace=thresholds.pace.refilled(state.pace, seconds),
        slow=thresholds.slow.refilled(state.slow, seconds),
        hour=thresholds.hour.refilled(state.hour, seconds),
        day=thresholds.day.refilled(state.day, seconds),
        share=thresholds.share.refilled(state.share, seconds),
        score=max(0.0, state.score - seconds * thresholds.fades_per_s),
    )
    return _released(_in_cell(calm, int(now // CELL_S)), thresholds)


def allow(state: GuessState, thresholds: Thresholds, now: float) -> Decision:
    """Whether one more check is allowed; if so, it counts as an unknown card until `after_answer`."""
    calm = decayed(state, thresholds, now)
    left = _left_today(calm, thresholds)
    if min(calm.hour, calm.pace, max(left, calm.day)) < 1 or (calm.limited and calm.slow < 1):
        return Decision(calm, allowed=False)
    taken = replace(
        calm,
        pace=calm.pace - 1,
        hour=calm.hour - 1,
        day=calm.day if left >= 1 else calm.day - 1,
        slow=calm.slow - calm.limited,
        cells=_add(calm.cells, 1),
    )
    # The alert comes before any delay: where no card is registered, a manager should know why.
    is_low = min(left, calm.hour) < thresholds.alert_at
    return _with_alert(taken) if is_low else Decision(taken)


def after_answer(
    state: GuessState, thresholds: Thresholds, now: float, card: Fingerprints, answer: Answer
) -> Decision:
    """What the answer to an allowed check shows about the caller."""
    calm = decayed(state, thresholds, now)
    if answer is Answer.KNOWN:
        return _known(_returned(calm, thresholds, turns=1), thresholds, card)
    if answer is Answer.NONE:
        return Decision(_returned(calm, thresholds, turns=1))
    bits = with_card(calm.unknown, card.card)
    if bits == calm.unknown:
        # A repeat shows nothing new. It keeps its turn, as it may be another card with the same bit.
        return Decision(_returned(calm, thresholds, turns=0))
    return _unknown(calm, thresholds, card, bits)


def after_bad_input(state: GuessState, thresholds: Thresholds, now: float) -> Decision:
    """Evidence from input without a number: little, and at most `bad_input_most` in all."""
    calm = decayed(state, thresholds, now)
    if calm.score >= thresholds.bad_input_most:
        return Decision(calm)
    return _weighed(calm, thresholds, thresholds.bad_input)


def is_far(state: GuessState, thresholds: Thresholds, now: float, pending: int) -> bool:
    """Whether the caller is far from every threshold, with `pending` checks that are not in the state yet."""
    calm = decayed(state, thresholds, now)
    left = min(calm.pace, calm.hour, _left_today(calm, thresholds))
    return not calm.limited and left - pending > thresholds.far


def repeated(
    state: GuessState, thresholds: Thresholds, now: float, card: Fingerprints, answer: Answer
) -> GuessState | None:
    """The state after a check that shows nothing new about the caller; None if it shows something."""
    calm = decayed(state, thresholds, now)
    bits = calm.known if answer is Answer.KNOWN else calm.unknown
    is_new = answer is not Answer.NONE and with_card(bits, card.card) != bits
    shows_something = is_new or not set(card.pairs).isdisjoint(calm.typo)
    return None if shows_something else replace(calm, pace=calm.pace - 1)


def _known(returned: GuessState, thresholds: Thresholds, card: Fingerprints) -> Decision:
    """A known card pays and removes evidence once a day."""
    bits = with_card(returned.known, card.card)
    corrected, change = _corrected(returned, thresholds, card)
    if bits == returned.known:
        return _weighed(corrected, thresholds, change)
    cards = weight(returned.known)
    noted = replace(
        corrected,
        known=bits,
        hour=thresholds.hour.given_back(returned.hour, cards * thresholds.known_pays),
        share=thresholds.share.given_back(returned.share, cards * thresholds.known_vouches),
    )
    least = thresholds.known_limited if returned.limited else thresholds.known
    removed = max(least, thresholds.known_odd * _evidence(returned, thresholds, card))
    return _weighed(noted, thresholds, change - cards * removed)


def _unknown(calm: GuessState, thresholds: Thresholds, card: Fingerprints, bits: int) -> Decision:
    """An unknown card costs once a day, also for the cards that share its bit."""
    cards = weight(calm.unknown)
    corrected, change = _corrected(calm, thresholds, card)
    noted = replace(
        corrected,
        hour=max(0.0, calm.hour - (cards - 1)),
        share=max(0.0, calm.share - cards),
        cells=_add(calm.cells, cards - 1),
        unknown=bits,
        blocks=(*calm.blocks, *card.blocks)[-BLOCKS_KEPT:],
        batches=(*calm.batches, card.batch)[-BATCHES_KEPT:],
        typo=corrected.typo if card.plausible else card.pairs,
    )
    decision = _weighed(noted, thresholds, change or _evidence(calm, thresholds, card))
    return decision if decision.alert or noted.share >= 1 else _with_alert(decision.state)


def _corrected(state: GuessState, thresholds: Thresholds, card: Fingerprints) -> tuple[GuessState, float]:
    """Without the last odd number if this one corrects it, and the change of the evidence."""
    if not card.plausible or set(card.pairs).isdisjoint(state.typo):
        return state, 0.0
    return replace(state, typo=()), -thresholds.implausible


def _evidence(before: GuessState, thresholds: Thresholds, card: Fingerprints) -> float:
    """How strongly the form of a number suggests a guess."""
    if not card.plausible:
        return thresholds.implausible
    if not set(card.blocks).isdisjoint(before.blocks):
        return thresholds.near
    return thresholds.batch if card.batch in before.batches else 0.0


def _weighed(state: GuessState, thresholds: Thresholds, change: float) -> Decision:
    score = min(thresholds.most, max(0.0, state.score + change))
    limited = state.limited or score >= thresholds.limits_at
    alert = Alert.GUESSING if limited and not state.limited else None
    moved = replace(state, score=score, limited=limited, alerted=state.alerted or limited)
    return Decision(_released(moved, thresholds), alert=alert)


def _with_alert(state: GuessState) -> Decision:
    """With the alert about unknown cards, once an episode."""
    return Decision(replace(state, alerted=True), alert=None if state.alerted else Alert.MANY_UNKNOWN)


def _returned(state: GuessState, thresholds: Thresholds, turns: int) -> GuessState:
    """With the tokens that `allow` took for an unknown card given back, and `turns` of the day."""
    return replace(
        state,
        hour=thresholds.hour.given_back(state.hour, 1),
        day=thresholds.day.given_back(state.day, turns),
        cells=_subtract_one(state.cells),
    )


def _left_today(state: GuessState, thresholds: Thresholds) -> float:
    """How many more unknown answers the last 24 hours allow."""
    # The better of two days, not their sum: the same cards before and after midnight count once.
    cards = max(count(state.known), state.known_yesterday)
    return max(thresholds.unknown_a_day, thresholds.unknown_for_known * cards) - sum(state.cells)


def _in_cell(state: GuessState, cell: int) -> GuessState:
    """The state in this cell of time; a clock that was set back changes nothing."""
    passed = cell - state.cell
    if passed <= 0:
        return state
    cells = (*state.cells, *[0] * min(passed, CELLS))[-CELLS:]
    moved = replace(state, cell=cell, cells=cells if any(cells) else ())
    days = cell * CELL_S // DAY_S - state.cell * CELL_S // DAY_S
    if not days:
        return moved
    before = count(state.known) if days == 1 else 0.0
    return replace(moved, known=0, known_yesterday=before, unknown=0, blocks=(), batches=(), typo=())


def _add(cells: tuple[float, ...], cards: float) -> tuple[float, ...]:
    return (*cells[:-1], round(cells[-1] + cards, 3)) if cells else (round(cards, 3),)


def _subtract_one(cells: tuple[float, ...]) -> tuple[float, ...]:
    """One less in the newest cell that has one: the check may have begun in an earlier cell."""
    for place in range(len(cells) - 1, -1, -1):
        if cells[place] >= 1:
            return (*cells[:place], round(cells[place] - 1, 3), *cells[place + 1 :])
    return cells


def _released(state: GuessState, thresholds: Thresholds) -> GuessState:
    """Not limited once the evidence is gone, and ready for the next alert once enough tokens are left."""
    if not (state.limited or state.alerted) or state.score > thresholds.releases_at:
        return state
    is_calm = min(state.hour, state.share, _left_today(state, thresholds)) >= thresholds.calm_at
    return replace(state, limited=False, alerted=state.alerted and not is_calm)
