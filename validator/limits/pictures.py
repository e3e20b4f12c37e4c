"""How many pictures a caller may have read: a budget that dear pictures use up faster."""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from validator.token_bucket import TokenBucket

if TYPE_CHECKING:
    from collections.abc import Callable

    from scanner.pool import Reading
    from validator.accounts.identity import Caller
    from validator.limits.shared import Shared

VERSION = 1
BUCKET = TokenBucket(size=120, per_s=10.0)


@dataclass(frozen=True, slots=True)
class PictureFigures:
    """The budget in pictures, and what one costs. Eight tills on one account send 8 a second at most."""

    bucket: TokenBucket = BUCKET
    # Ordinary frames take 0.2 s of a processor, the largest photo 0.8 s; what is beyond this costs more.
    free_s: float = 0.5
    # A picture of 2 s costs as much as 55 ordinary ones: three at once, then eleven a minute.
    per_s: float = 36.0
    # One that ended its process costs a new process as well.
    failed_s: float = 2.0


FIGURES = PictureFigures()


@dataclass(frozen=True, slots=True)
class Level:
    """What is left of a caller's budget as of `at` (epoch seconds); below 0 after dear pictures."""

    at: float
    left: float


def to_text(level: Level) -> str:
    """The form that is kept."""
    return json.dumps({"v": VERSION, "at": level.at, "left": level.left})


def from_text(text: str) -> Level | None:
    """What was kept; None where it is of another version or no level at all: then one starts anew."""
    try:
        kept = json.loads(text)
        level = Level(kept["at"], kept["left"])
        return level if kept["v"] == VERSION and math.isfinite(level.at + level.left) else None
    except (ValueError, TypeError, KeyError):
        return None


def rested(level: Level | None, figures: PictureFigures, now: float) -> Level:
    """The level at this time; of somebody who was never seen it is full."""
    if level is None:
        return Level(now, figures.bucket.size)
    return Level(now, figures.bucket.refilled(level.left, now - level.at))


def admit(level: Level | None, figures: PictureFigures, now: float) -> tuple[Level, bool]:
    """Whether one more picture may be read; a yes counts as the picture, before it is decoded."""
    calm = rested(level, figures, now)
    if calm.left < 1:
        return calm, False
    return Level(now, calm.left - 1), True


def extra_cost(figures: PictureFigures, reading: Reading) -> float:
    """What a picture costs beyond the one that it cost at first; below 0 where a code was found quickly."""
    is_failed = reading.refusal is not None and reading.refusal.code == "reader_failed"
    seconds = max(reading.seconds, figures.failed_s) if is_failed else reading.seconds
    beyond = max(0.0, seconds - figures.free_s) * figures.per_s
    return -1.0 if reading.texts and not beyond else beyond


def charged(level: Level | None, figures: PictureFigures, now: float, tokens: float) -> Level:
    """The level after this cost; a debt is never larger than a full budget."""
    calm = rested(level, figures, now)
    return Level(now, max(-figures.bucket.size, figures.bucket.given_back(calm.left, -tokens)))


@dataclass(frozen=True, slots=True)
class PictureLimit:
    """The budgets of all callers. Thread-safe; never raises. `clock` gives epoch seconds."""

    shared: Shared
    clock: Callable[[], float]
    figures: PictureFigures = FIGURES

    def admits(self, caller: Caller) -> bool:
        """Whether a picture of this caller may be read now; a yes counts as the picture."""
        now = self.clock()

        def step(kept: str | None) -> tuple[str, bool]:
            level, is_admitted = admit(from_text(kept) if kept else None, self.figures, now)
            return to_text(level), is_admitted

        return self.shared.change(_key(caller), step, now)

    def note(self, caller: Caller, reading: Reading) -> None:
        """Charge what a picture cost beyond its first token, or give that back."""
        now, tokens = self.clock(), extra_cost(self.figures, reading)

        def step(kept: str | None) -> tuple[str, None]:
            return to_text(charged(from_text(kept) if kept else None, self.figures, now, tokens)), None

        if tokens:
            self.shared.change(_key(caller), step, now)


def _key(caller: Caller) -> str:
    return f"pictures:{caller.account}"
