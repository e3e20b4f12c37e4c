"""How a caller stands: a frozen value, and its one text form that stores keep."""

from __future__ import annotations

import json
import math
from dataclasses import asdict, dataclass

VERSION = 1
KNOWN_KEPT = 64
UNKNOWN_KEPT = 32
BLOCKS_KEPT = 4 * UNKNOWN_KEPT
_LISTS = ("known", "unknown", "blocks", "batches")
_NUMBERS = ("at", "pace", "slow", "hour", "day", "score")


@dataclass(frozen=True, slots=True)
class Standing:
    """Levels of the buckets and the evidence `score` as of `at` (epoch seconds), and prints of cards.

    `told` is whether somebody was alerted in this episode. Newest prints come last.
    """

    at: float
    pace: float
    slow: float
    hour: float
    day: float
    score: float = 0.0
    braked: bool = False
    told: bool = False
    known: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()
    blocks: tuple[str, ...] = ()
    batches: tuple[str, ...] = ()


def to_text(standing: Standing) -> str:
    """The form that is kept."""
    return json.dumps({"v": VERSION, **asdict(standing)}, separators=(",", ":"))


def from_text(text: str) -> Standing | None:
    """What was kept; None where it is of another version or no standing at all: then one starts anew."""
    try:
        kept = json.loads(text)
        if kept.pop("v") != VERSION:
            return None
        kept |= {name: tuple(kept[name]) for name in _LISTS}
        standing = Standing(**kept)
        return standing if all(math.isfinite(kept[name]) for name in _NUMBERS) else None
    except (ValueError, TypeError, KeyError, AttributeError):
        return None
