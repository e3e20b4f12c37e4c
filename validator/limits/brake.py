"""The decisions: may this caller go on, and what does this answer tell about them. Pure; time is passed in.

A brake slows, never blocks, and known cards release it. It needs evidence of the numbers' form: the share of
unknown cards alone never brakes, as half of honest cards are unknown.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING

from validator.limits import sketch
from validator.limits.figures import CELL_S, CELLS, DAY_S
from validator.limits.standing import BATCHES_KEPT, BLOCKS_KEPT, Standing

if TYPE_CHECKING:
    from validator.limits.figures import Figures
    from validator.limits.prints import Prints

_CELLS_A_DAY = DAY_S // CELL_S


class Alert(StrEnum):
    """What a manager is told about a caller."""

    GUESSING = "guessing"  # numbers look made up or counted through
    MANY_UNKNOWN = "many_unknown"  # a larger share of unknown cards than a queue brings


class Answer(StrEnum):
    """What became of a check, as far as limits care."""

    KNOWN = "known"  # the Router has this card, valid or not
    UNKNOWN = "unknown"
    NONE = "none"  # nobody could tell


@dataclass(frozen=True, slots=True)
class Decision:
    """The standing afterwards, whether the check may be made, and whom to alert of what."""

    standing: Standing
    admits: bool = True
    alert: Alert | None = None


def newcomer(figures: Figures, now: float) -> Standing:
    """How somebody stands who was never seen, or not for a day."""
    return Standing(
        at=now,
        pace=figures.pace.size,
        slow=figures.slow.size,
        hour=figures.hour.size,
        day=figures.day.size,
        share=figures.share.size,
        cell=int(now // CELL_S),
    )


def rested(standing: Standing, figures: Figures, now: float) -> Standing:
    """The standing at this time: buckets refill, evidence fades, prints of another day are forgotten."""
    seconds = max(0.0, now - standing.at)
    calm = replace(
        standing,
        at=now,
        pace=figures.pace.refilled(standing.pace, seconds),
        slow=figures.slow.refilled(standing.slow, seconds),
        hour=figures.hour.refilled(standing.hour, seconds),
        day=figures.day.refilled(standing.day, seconds),
        share=figures.share.refilled(standing.share, seconds),
        score=max(0.0, standing.score - seconds * figures.fades_per_s),
    )
    return _released(_moved_on(calm, int(now // CELL_S)), figures)


def admit(standing: Standing, figures: Figures, now: float) -> Decision:
    """Whether one more check may be made; a yes counts as an unknown card until `learned` tells better."""
    calm = rested(standing, figures, now)
    left = _left_today(calm, figures)
    has_turn = left >= 1 or calm.day >= 1
    if min(calm.hour, calm.pace) < 1 or not has_turn or (calm.braked and calm.slow < 1):
        return Decision(calm, admits=False)
    spent = replace(calm, pace=calm.pace - 1, hour=calm.hour - 1, cells=_more(calm.cells, 1))
    if left < 1:
        spent = replace(spent, day=calm.day - 1)
    if calm.braked:
        spent = replace(spent, slow=calm.slow - 1)
    if min(left, calm.hour) >= figures.tells_at or calm.told:
        return Decision(spent)
    # Told before anybody is held back: where no card is registered, somebody should know why.
    return Decision(replace(spent, told=True), alert=Alert.MANY_UNKNOWN)


def learned(standing: Standing, figures: Figures, now: float, prints: Prints, answer: Answer) -> Decision:
    """What this answer to an admitted check tells about the caller."""
    calm = rested(standing, figures, now)
    if answer is Answer.KNOWN:
        return _known(_paid(calm, figures, turns=1), figures, prints)
    if answer is Answer.NONE:
        return Decision(_paid(calm, figures, turns=1))
    bits = sketch.with_card(calm.unknown, prints.card)
    if bits == calm.unknown:
        # Nothing new was learnt from it: it costs nothing but a turn, as it may be another with the same bit.
        return Decision(_paid(calm, figures, turns=0))
    return _unknown(calm, figures, prints, bits)


def malformed(standing: Standing, figures: Figures, now: float) -> Decision:
    """What it tells that a caller brought no number: little, and no more than `malformed_most` in all."""
    calm = rested(standing, figures, now)
    if calm.score >= figures.malformed_most:
        return Decision(calm)
    return _weighed(calm, figures, figures.malformed)


def _known(paid: Standing, figures: Figures, prints: Prints) -> Decision:
    """A known card pays and calms once a day, however often it is shown."""
    bits = sketch.with_card(paid.known, prints.card)
    corrected, weight = _corrected(paid, figures, prints)
    if bits == paid.known:
        return _weighed(corrected, figures, weight)
    cards = sketch.weight(paid.known)
    noted = replace(
        corrected,
        known=bits,
        hour=figures.hour.given_back(paid.hour, cards * figures.known_pays),
        share=figures.share.given_back(paid.share, cards * figures.known_vouches),
    )
    least = figures.known_braked if paid.braked else figures.known
    calms = max(least, figures.known_odd * _evidence(paid, figures, prints))
    return _weighed(noted, figures, weight - cards * calms)


def _unknown(calm: Standing, figures: Figures, prints: Prints, bits: int) -> Decision:
    """An unknown card costs once a day, and for those that are taken for it."""
    cards = sketch.weight(calm.unknown)
    corrected, weight = _corrected(calm, figures, prints)
    weight = weight or _evidence(calm, figures, prints)
    noted = replace(
        corrected,
        hour=max(0.0, calm.hour - (cards - 1)),
        share=max(0.0, calm.share - cards),
        cells=_more(calm.cells, cards - 1),
        unknown=bits,
        blocks=(*calm.blocks, *prints.blocks)[-BLOCKS_KEPT:],
        batches=(*calm.batches, prints.batch)[-BATCHES_KEPT:],
        slip=corrected.slip if prints.plausible else prints.pairs,
    )
    decision = _weighed(noted, figures, weight)
    if decision.alert or decision.standing.told or noted.share >= 1:
        return decision
    return Decision(replace(decision.standing, told=True), alert=Alert.MANY_UNKNOWN)


def _corrected(standing: Standing, figures: Figures, prints: Prints) -> tuple[Standing, float]:
    """Without the last odd number where this one corrects it, and what that takes away from the evidence."""
    if not prints.plausible or set(prints.pairs).isdisjoint(standing.slip):
        return standing, 0.0
    return replace(standing, slip=()), -figures.implausible


def _evidence(before: Standing, figures: Figures, prints: Prints) -> float:
    """How much an unknown number looks guessed."""
    if not prints.plausible:
        return figures.implausible
    if not set(prints.blocks).isdisjoint(before.blocks):
        return figures.near
    return figures.batch if prints.batch in before.batches else 0.0


def _weighed(standing: Standing, figures: Figures, weight: float) -> Decision:
    score = min(figures.most, max(0.0, standing.score + weight))
    braked = standing.braked or score >= figures.brakes_at
    alert = Alert.GUESSING if braked and not standing.braked else None
    moved = replace(standing, score=score, braked=braked, told=standing.told or braked)
    return Decision(_released(moved, figures), alert=alert)


def _paid(standing: Standing, figures: Figures, turns: int) -> Standing:
    """With what `admit` took for an unknown card given back, and so many turns past the day's allowance."""
    return replace(
        standing,
        hour=figures.hour.given_back(standing.hour, 1),
        day=figures.day.given_back(standing.day, turns),
        cells=_one_less(standing.cells),
    )


def _left_today(standing: Standing, figures: Figures) -> float:
    """How many more unknown answers the last 24 hours allow."""
    # The better of two days, not their sum: the same cards before and after midnight count once.
    cards = max(sketch.different(standing.known), standing.known_before)
    allowed = max(figures.unknown_a_day, figures.unknown_for_known * cards)
    return allowed - sum(standing.cells)


def _moved_on(standing: Standing, cell: int) -> Standing:
    """The standing in this cell of time; a clock that went back moves nothing."""
    passed = cell - standing.cell
    if passed <= 0:
        return standing
    cells = (*standing.cells, *[0] * min(passed, CELLS))[-CELLS:]
    moved = replace(standing, cell=cell, cells=cells if any(cells) else ())
    days = cell // _CELLS_A_DAY - standing.cell // _CELLS_A_DAY
    if not days:
        return moved
    before = sketch.different(standing.known) if days == 1 else 0.0
    return replace(moved, known=0, known_before=before, unknown=0, blocks=(), batches=(), slip=())


def _more(cells: tuple[float, ...], cards: float) -> tuple[float, ...]:
    return (*cells[:-1], round(cells[-1] + cards, 3)) if cells else (round(cards, 3),)


def _one_less(cells: tuple[float, ...]) -> tuple[float, ...]:
    """One less in the newest cell that has one: the check may have begun in an earlier one."""
    for place in range(len(cells) - 1, -1, -1):
        if cells[place] >= 1:
            return (*cells[:place], round(cells[place] - 1, 3), *cells[place + 1 :])
    return cells


def _released(standing: Standing, figures: Figures) -> Standing:
    """Without the brake where the evidence is gone, and ready to alert anew where all is well again."""
    if standing.score > figures.releases_at:
        return standing
    is_calm = min(standing.hour, standing.share, _left_today(standing, figures)) >= figures.calm_at
    return replace(standing, braked=False, told=standing.told and not is_calm)
