"""docs/limits.md has the figures of the code."""

from __future__ import annotations

import math
from pathlib import Path

import pytest

from validator.rate_limiting.thresholds import CELL_S, CELLS, DAY_S, Thresholds

FIGURES = Thresholds()
DOCUMENT = " ".join((Path(__file__).parents[2] / "docs/limits.md").read_text(encoding="utf-8").split())
WORDS: dict[float, str] = {0.125: "an eighth", 0.25: "a quarter", 2: "two", 6: "six", 10: "ten"}
TIMES: dict[float, str] = {2: "twice"}


def number(value: float) -> str:
    """1 700, not 1700."""
    return f"{value:,g}".replace(",", " ")


SENTENCES = f"""
{number(FIGURES.pace.per_s)} a second, {number(FIGURES.pace.size)} at once |
{number(FIGURES.hour.size)} at once, then {number(60 * FIGURES.hour.per_s)} a minute;
each different known card of the day pays for {number(FIGURES.known_pays)} more
{number(FIGURES.unknown_a_day)}, or {number(FIGURES.unknown_for_known)} for each different known card
then {number(3_600 * FIGURES.day.per_s)} an hour |
| while limited | {number(60 * FIGURES.slow.per_s)} a minute |
any {DAY_S // 3_600} hours, counted in cells of {WORDS[CELL_S // 60]} minutes.
were made in the same second as others, as a class's are: {WORDS[FIGURES.batch]},
Refused codes count {WORDS[FIGURES.bad_input]},
A known card takes away {TIMES[FIGURES.known_odd]} what it would weigh if it were unknown
a known card of the ordinary form {WORDS[FIGURES.known]},
so that 500 of them hide no more than {math.ceil(500 * FIGURES.known)} made-up numbers.
Time takes away {WORDS[round(3_600 * FIGURES.fades_per_s)]} an hour.
At {number(FIGURES.limits_at)} the caller is limited
While that lasts, each known card takes away {WORDS[FIGURES.known_limited]}.
It ends by itself at {number(FIGURES.releases_at)},
takes one from {number(FIGURES.share.size)} that fill up by {WORDS[60 * FIGURES.share.per_s]} a minute,
each different known card gives {number(FIGURES.known_vouches)}.
the caller is far ({number(FIGURES.far)} checks) from every threshold
"""


@pytest.mark.parametrize("sentence", SENTENCES.strip().splitlines())
def test_the_document_has_the_figures_of_the_code(sentence: str) -> None:
    """An operator who reads it plans with the limits that this version has."""
    assert sentence in DOCUMENT


def test_cells_cover_a_day_wherever_it_begins() -> None:
    """24 hours that begin within a cell touch one cell more than a day has."""
    assert CELLS * CELL_S == DAY_S + CELL_S
