"""The figures of the limits, each with its reason. Honest work is what a canteen does at its peak."""

from __future__ import annotations

from dataclasses import dataclass

from validator.token_bucket import TokenBucket

DAY_S = 86_400
# A day's unknown answers are counted in cells of ten minutes: two lunches a day apart overlap in one cell.
CELL_S = 600
CELLS = DAY_S // CELL_S + 1

# Eight tills on one account are 3.2 checks a second at the peak of lunch (users.md §7.1, §8.11); a batch has
# up to 100 inputs, and must pass whole beside them.
PACE = TokenBucket(size=120, per_s=4.0)
# While braked: six a minute, so that an honest person goes on working.
SLOW = TokenBucket(size=3, per_s=0.1)
# Unknown numbers use these up, each different known card of the day pays `known_pays` more: with one known
# card in four nobody waits. Without any, 450 are left for the first hour.
HOUR = TokenBucket(size=90, per_s=0.1)
# Once the day's allowance is used up: one in ten minutes. A known card gives its turn back.
DAY = TokenBucket(size=6, per_s=6 / 3_600)
# Used up by unknown numbers like HOUR, but each known card pays for `known_vouches` only: where more than
# 60 % of many cards are unknown, managers are told. Nobody waits for it.
SHARE = TokenBucket(size=52, per_s=0.1)


@dataclass(frozen=True, slots=True)
class Figures:
    """What a caller may do, and what makes one look like a script. All counts are for one caller."""

    pace: TokenBucket = PACE
    slow: TokenBucket = SLOW
    hour: TokenBucket = HOUR
    day: TokenBucket = DAY
    share: TokenBucket = SHARE
    known_pays: float = 4.0
    known_vouches: float = 1.5
    # Unknown answers in 24 hours, whatever else is shown; and for each different known card of the day where
    # that is more. 500 known cards in rotation gain nothing, and a place where three of four cards are
    # unknown is not held back.
    unknown_a_day: float = 1_700.0
    unknown_for_known: float = 3.4
    # A manager is told when so few are left, and anew only after so many are there again.
    tells_at: float = 16.0
    calm_at: float = 45.0

    # Evidence of guessing. An unknown card weighs nothing by itself: half of honest cards are unknown.
    implausible: float = 1.0  # no generator known makes such a number, or not at such a time
    near: float = 1.0  # beside another unknown one in a way that a script counts and a queue does not
    # Minted within the same second as another unknown one: a class whose cards were made together does that
    # too, but the Router's generator makes at most 100 at once.
    batch: float = 0.25
    # Refused codes cost the Router nothing and come with the menu cards and library cards that people show:
    # by themselves they never brake.
    malformed: float = 0.25
    malformed_most: float = 12.0
    # A known card takes away twice what it would weigh if it were unknown: an issuer with odd numbers has
    # known ones, too. One of the ordinary form takes away little: 500 of them take away 63 in all. It takes
    # away more while braked, when managers have been told.
    known_odd: float = 2.0
    known: float = 0.125
    known_braked: float = 2.0
    # Evidence also fades: six an hour, so that a day's mistypings do not add up.
    fades_per_s: float = 6 / 3_600
    brakes_at: float = 32.0
    releases_at: float = 16.0
    most: float = 40.0
