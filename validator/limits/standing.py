"""How a caller stands: a frozen value, and its one text form that stores keep."""

from __future__ import annotations

import json
import math
from dataclasses import asdict, dataclass

from validator.limits import sketch

# 2: sketches of the day's cards, and how many were unknown when.
VERSION = 2
BATCHES_KEPT = 32
BLOCKS_KEPT = 4 * BATCHES_KEPT
_LISTS = ("cells", "blocks", "batches", "slip")
_SKETCHES = ("known", "unknown")
_NUMBERS = ("at", "pace", "slow", "hour", "day", "share", "score", "cell", "known_before")


@dataclass(frozen=True, slots=True)
class Standing:
    """Levels of the buckets and the evidence `score` as of `at` (epoch seconds), and prints of cards.

    `told` is whether somebody was alerted in this episode. `known` and `unknown` are sketches of the day's
    cards; `cells` are the unknown ones of each ten minutes up to number `cell`, the newest last.
    """

    at: float
    pace: float
    slow: float
    hour: float
    day: float
    share: float
    cell: int
    score: float = 0.0
    braked: bool = False
    told: bool = False
    cells: tuple[float, ...] = ()
    known: int = 0
    known_before: float = 0.0
    unknown: int = 0
    blocks: tuple[str, ...] = ()
    batches: tuple[str, ...] = ()
    slip: tuple[str, ...] = ()


def to_text(standing: Standing) -> str:
    """The form that is kept."""
    kept = asdict(standing) | {"v": VERSION}
    kept |= {name: sketch.to_text(kept[name]) for name in _SKETCHES}
    return json.dumps(kept, separators=(",", ":"))


def from_text(text: str) -> Standing | None:
    """What was kept; None where it is of another version or no standing at all: then one starts anew."""
    try:
        kept = json.loads(text)
        if kept.pop("v") != VERSION:
            return None
        kept |= {name: tuple(kept[name]) for name in _LISTS}
        kept |= {name: sketch.from_text(kept[name]) for name in _SKETCHES}
        standing = Standing(**kept)
        numbers = (*(kept[name] for name in _NUMBERS), *standing.cells)
        return standing if all(math.isfinite(number) for number in numbers) else None
    except (ValueError, TypeError, KeyError, AttributeError):
        return None
