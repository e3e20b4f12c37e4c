"""The decisions: may this caller go on, and what does this answer tell about them. Pure; time is passed in.

A brake slows, never blocks, and known cards release it. It needs evidence of the numbers' form: the share of
unknown cards alone never brakes, as half of honest cards are unknown.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING

from validator.limits.figures import DAY_S
from validator.limits.standing import BLOCKS_KEPT, KNOWN_KEPT, UNKNOWN_KEPT, Standing

if TYPE_CHECKING:
    from validator.limits.figures import Figures
    from validator.limits.prints import Prints


class Alert(StrEnum):
    """What a manager is told about a caller."""

    GUESSING = "guessing"  # numbers look made up or counted through
    MANY_UNKNOWN = "many_unknown"  # more unknown cards in a row than a queue brings


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
        score=max(0.0, standing.score - seconds * figures.fades_per_s),
    )
    if now // DAY_S != standing.at // DAY_S:
        calm = replace(calm, known=(), unknown=(), blocks=(), batches=())
    return _released(calm, figures)


def admit(standing: Standing, figures: Figures, now: float) -> Decision:
    """Whether one more check may be made; a yes counts as the check."""
    calm = rested(standing, figures, now)
    left = min(calm.hour, calm.day)
    if min(left, calm.pace) < 1 or (calm.braked and calm.slow < 1):
        return Decision(calm, admits=False)
    spent = replace(calm, pace=calm.pace - 1, hour=calm.hour - 1, day=calm.day - 1)
    if calm.braked:
        spent = replace(spent, slow=calm.slow - 1)
    if left >= figures.tells_at or calm.told:
        return Decision(spent)
    # Told before anybody is held back: where no card is registered, somebody should know why.
    return Decision(replace(spent, told=True), alert=Alert.MANY_UNKNOWN)


def learned(standing: Standing, figures: Figures, now: float, prints: Prints, answer: Answer) -> Decision:
    """What this answer to an admitted check tells about the caller."""
    calm = rested(standing, figures, now)
    repeated = prints.card in (calm.known if answer is Answer.KNOWN else calm.unknown)
    if answer is Answer.NONE or repeated:
        # Nothing new was learnt from it: it costs nothing.
        return Decision(_paid(calm, figures, 1))
    if answer is Answer.KNOWN:
        paid = _paid(calm, figures, 1 + figures.known_pays)
        known = (*calm.known, prints.card)[-KNOWN_KEPT:]
        return _weighed(replace(paid, known=known), figures, figures.known)
    noted = replace(
        calm,
        unknown=(*calm.unknown, prints.card)[-UNKNOWN_KEPT:],
        blocks=(*calm.blocks, *prints.blocks)[-BLOCKS_KEPT:],
        batches=(*calm.batches, prints.batch)[-UNKNOWN_KEPT:],
    )
    return _weighed(noted, figures, _evidence(calm, figures, prints))


def malformed(standing: Standing, figures: Figures, now: float) -> Decision:
    """What it tells that a caller brought no number: little, and no more than `malformed_most` in all."""
    calm = rested(standing, figures, now)
    if calm.score >= figures.malformed_most:
        return Decision(calm)
    return _weighed(calm, figures, figures.malformed)


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
    alert = Alert.GUESSING if braked and not standing.told else None
    moved = replace(standing, score=score, braked=braked, told=standing.told or braked)
    return Decision(_released(moved, figures), alert=alert)


def _paid(standing: Standing, figures: Figures, tokens: float) -> Standing:
    hour, day = figures.hour, figures.day
    return replace(
        standing, hour=hour.given_back(standing.hour, tokens), day=day.given_back(standing.day, tokens)
    )


def _released(standing: Standing, figures: Figures) -> Standing:
    """Without the brake where the evidence is gone, and ready to alert anew where all is well again."""
    if standing.score > figures.releases_at:
        return standing
    calm_again = min(standing.hour, standing.day) >= figures.calm_at
    return replace(standing, braked=False, told=standing.told and not calm_again)
