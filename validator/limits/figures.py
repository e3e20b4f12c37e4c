"""The figures of the limits, each with its reason. Honest work is what a canteen does at its peak."""

from __future__ import annotations

from dataclasses import dataclass

from validator.limits.bucket import Bucket

DAY_S = 86_400


# Eight tills on one account are 3.2 checks a second at the peak of lunch (users.md §7.1, §8.11); a batch has
# up to 100 inputs, and must pass whole beside them.
PACE = Bucket(size=120, per_s=4.0)
# While braked: six a minute, so that an honest person goes on working.
SLOW = Bucket(size=3, per_s=0.1)
# New numbers that the Router does not know use these up, each known card pays for `known_pays` more: with one
# known card in nine nobody notices. Without any, 450 are left for the first hour and 1 876 for the first day.
HOUR = Bucket(size=90, per_s=0.1)
DAY = Bucket(size=1_300, per_s=0.4 / 60)


@dataclass(frozen=True, slots=True)
class Figures:
    """What a caller may do, and what makes one look like a script. All counts are for one caller."""

    pace: Bucket = PACE
    slow: Bucket = SLOW
    hour: Bucket = HOUR
    day: Bucket = DAY
    known_pays: float = 8.0
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
    known: float = -2.0
    # Evidence also fades: six an hour, so that a day's mistypings do not add up.
    fades_per_s: float = 6 / 3_600
    brakes_at: float = 32.0
    releases_at: float = 16.0
    most: float = 40.0
