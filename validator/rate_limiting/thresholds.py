"""The figures of the guess rules, each with its reason. Honest work is what a canteen does at its peak."""

from __future__ import annotations

from dataclasses import dataclass

from validator.token_bucket import TokenBucket

DAY_S = 86_400
# A day's unknown answers are counted in cells of ten minutes: two lunches a day apart overlap in one cell.
CELL_S = 600
CELLS = DAY_S // CELL_S + 1


# Eight tills on one account make 3.2 checks a second at the peak of lunch (estimated). A batch
# has up to 100 inputs, and must pass whole beside them.
PACE = TokenBucket(size=120, per_s=4.0)
# While limited: six a minute, so that an honest person can continue to work.
SLOW = TokenBucket(size=3, per_s=0.1)
# Each unknown number takes one, each different known card of the day gives `known_pays`: with one known card
# in four there is no delay. Without any, there are 450 in the first hour.
HOUR = TokenBucket(size=90, per_s=0.1)
# After the day's allowance: one in ten minutes. A known card returns its token.
DAY = TokenBucket(size=6, per_s=6 / 3_600)
# Like HOUR, but a known card gives only `known_vouches`: managers get an alert where more than 60 % of many
# cards are unknown. It delays nobody.
SHARE = TokenBucket(size=52, per_s=0.1)


@dataclass(frozen=True, slots=True)
class Thresholds:
    """What one caller may do, and what counts as evidence of a script."""

    pace: TokenBucket = PACE
    slow: TokenBucket = SLOW
    hour: TokenBucket = HOUR
    day: TokenBucket = DAY
    share: TokenBucket = SHARE
    known_pays: float = 4.0
    known_vouches: float = 1.5
    # Unknown answers in 24 hours, and for each different known card of the day; the larger one counts. 500
    # known cards in rotation gain nothing, and a place where three of four cards are unknown has no delay.
    unknown_a_day: float = 1_700.0
    unknown_for_known: float = 3.4
    # An alert comes when fewer than `alert_at` are left, and the next one only after `calm_at` are left
    # again.
    alert_at: float = 16.0
    calm_at: float = 45.0
    # With more tokens left than this, the checks in progress cannot cross a threshold (guess_limiter.py).
    far: float = 40.0

    # Evidence of guessing. An unknown card alone is no evidence: half of honest cards are unknown.
    implausible: float = 1.0  # no known generator makes such a number, or not at such a time
    near: float = 1.0  # close to another unknown number, as a script counts and a queue does not
    # Made within the same second as another unknown number. So are the cards of a class that were made
    # together, but the Router's generator makes at most 100 at once.
    batch: float = 0.25
    # Refused codes cost the Router nothing, and people show library cards by mistake: alone they never limit.
    bad_input: float = 0.25
    bad_input_most: float = 12.0
    # A known card removes twice what it would weigh if it were unknown: an issuer with odd numbers has known
    # ones, too. One of the ordinary form removes little (500 of them: 63 in all), but more while the caller
    # is limited, since managers have had an alert.
    known_odd: float = 2.0
    known: float = 0.125
    known_limited: float = 2.0
    # Evidence fades by six an hour, so that a day's typos do not add up.
    fades_per_s: float = 6 / 3_600
    limits_at: float = 32.0
    releases_at: float = 16.0
    most: float = 40.0
