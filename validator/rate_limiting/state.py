"""What is stored about one caller: a frozen value, and its text form.

Different cards of a day are counted in a sketch (linear counting, Whang 1990): each card sets one of `BITS`
bits, so a card that is shown again changes nothing. One card in 4 096 shares a bit with another.
"""

from __future__ import annotations

import json
import math
from dataclasses import dataclass, fields

# 3: other names of the fields.
VERSION = 3
BITS = 4_096
_MAX_WEIGHT = 8.0
BATCHES_KEPT = 32
BLOCKS_KEPT = 4 * BATCHES_KEPT
_LISTS = ("cells", "blocks", "batches", "typo")
_SKETCHES = ("known", "unknown")
_NUMBERS = ("at", "pace", "slow", "hour", "day", "share", "score", "cell", "known_yesterday")


@dataclass(frozen=True, slots=True)
class GuessState:
    """Token buckets and the evidence `score` at `at` (epoch seconds), and fingerprints of cards.

    `alerted`: managers had an alert in this episode. `known`, `unknown`: sketches of the day's cards.
    `cells`: the unknown answers of each ten minutes up to cell number `cell`, the newest last.
    """

    at: float
    pace: float
    slow: float
    hour: float
    day: float
    share: float
    cell: int
    score: float = 0.0
    limited: bool = False
    alerted: bool = False
    cells: tuple[float, ...] = ()
    known: int = 0
    known_yesterday: float = 0.0
    unknown: int = 0
    blocks: tuple[str, ...] = ()
    batches: tuple[str, ...] = ()
    typo: tuple[str, ...] = ()


_FIELDS = tuple(field.name for field in fields(GuessState))


def to_text(state: GuessState) -> str:
    """The text that is stored."""
    stored = {name: getattr(state, name) for name in _FIELDS} | {"v": VERSION}
    stored |= {name: f"{stored[name]:x}" for name in _SKETCHES}
    return json.dumps(stored, separators=(",", ":"))


def from_text(text: str) -> GuessState | None:
    """The state in a stored text; None for another version or a damaged text."""
    try:
        stored = json.loads(text)
        if stored.pop("v") != VERSION:
            return None
        stored |= {name: tuple(stored[name]) for name in _LISTS}
        stored |= {name: int(stored[name], 16) for name in _SKETCHES}
        state = GuessState(**stored)
        numbers = (*(stored[name] for name in _NUMBERS), *state.cells)
        is_sound = all(map(math.isfinite, numbers)) and min(state.known, state.unknown) >= 0
    except (ValueError, TypeError, KeyError, AttributeError):
        return None
    return state if is_sound and max(state.known, state.unknown) < 1 << BITS else None


def with_card(bits: int, card: str) -> int:
    """The sketch with this card's bit set; `card` is a hexadecimal fingerprint."""
    return bits | 1 << int(card, 16) % BITS


def count(bits: int) -> float:
    """How many different cards set these bits, within 2 % for 500 to 10 000 cards."""
    return BITS * math.log(BITS / max(1, BITS - bits.bit_count()))


def weight(bits: int) -> float:
    """How many different cards a newly set bit stands for, since cards that share a bit are seen as one."""
    return min(_MAX_WEIGHT, BITS / max(1, BITS - bits.bit_count()))
