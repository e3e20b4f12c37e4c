"""How a caller stands: a frozen value, and its one text form that stores keep."""

from __future__ import annotations

import json
import math
from dataclasses import asdict, dataclass

from validator.limits import sketch

# 2: the day's unknown answers and a sketch of the day's known cards.
VERSION = 2
UNKNOWN_KEPT = 32
BLOCKS_KEPT = 4 * UNKNOWN_KEPT
_LISTS = ("cells", "unknown", "blocks", "batches", "slip")
_NUMBERS = ("at", "pace", "slow", "hour", "day", "share", "score", "cell", "known_before")


@dataclass(frozen=True, slots=True)
class Standing:
    """Levels of the buckets and the evidence `score` as of `at` (epoch seconds), and prints of cards.

    `told` is whether somebody was alerted in this episode. `cells` are the unknown answers of each ten
    minutes up to number `cell`. Newest prints and cells come last.
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
    cells: tuple[int, ...] = ()
    known: int = 0
    known_before: float = 0.0
    unknown: tuple[str, ...] = ()
    blocks: tuple[str, ...] = ()
    batches: tuple[str, ...] = ()
    slip: tuple[str, ...] = ()


def to_text(standing: Standing) -> str:
    """The form that is kept."""
    kept = asdict(standing) | {"v": VERSION, "known": sketch.to_text(standing.known)}
    return json.dumps(kept, separators=(",", ":"))


def from_text(text: str) -> Standing | None:
    """What was kept; None where it is of another version or no standing at all: then one starts anew."""
    try:
        kept = json.loads(text)
        if kept.pop("v") != VERSION:
            return None
        kept |= {name: tuple(kept[name]) for name in _LISTS}
        kept["known"] = sketch.from_text(kept["known"])
        standing = Standing(**kept)
        numbers = (*(kept[name] for name in _NUMBERS), *standing.cells)
        return standing if all(math.isfinite(number) for number in numbers) else None
    except (ValueError, TypeError, KeyError, AttributeError):
        return None
