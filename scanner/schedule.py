"""The order in which a picture is read: a table of steps, cheapest gain first.

The gain of each was measured on pictures that plain zxing-cpp misses; `bench.read_pictures` measures the
whole. Only the decode child imports this.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from enum import Enum
from functools import cached_property, partial
from typing import TYPE_CHECKING

import zxingcpp

from scanner import decoders, unbending
from scanner import preparation as prepare
from scanner.image import FIRST_LOOK_SLACK
from scanner.regions import cut, likely_regions

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from scanner.decoders import Symbol
    from scanner.image import Grey, Picture

    Engine = Callable[[Grey], list[Symbol]]
    Prepare = Callable[[Grey], Grey]
    Clock = Callable[[], float]

_local: Engine = decoders.zxing
_global: Engine = partial(decoders.zxing, binarizer=zxingcpp.Binarizer.GlobalHistogram)
_zbar: Engine = decoders.zbar


class Look(Enum):
    """Which part of a picture a step works on."""

    WHOLE = "the whole at working size"
    FULL = "the whole at full size, where that is larger"
    FIRST = "the likeliest place of a code, cut from full size"
    SECOND = "the second likeliest"
    UNBENT = "a symbol found but not read, flattened"


@dataclass(frozen=True, slots=True)
class Step:
    """One try: an engine over a prepared part."""

    look: Look
    engine: Engine
    prepare: Prepare


STEPS: tuple[Step, ...] = (
    Step(Look.WHOLE, _local, prepare.as_it_is),  # three of four pictures end here
    Step(Look.WHOLE, _global, prepare.as_it_is),  # even light, thin quiet zones
    Step(Look.WHOLE, _global, prepare.halved),  # moiré, noise
    Step(Look.WHOLE, _local, prepare.halved),
    Step(Look.FULL, _local, prepare.as_it_is),  # a small code in a large photo
    Step(
        Look.FIRST, _global, prepare.thresholded
    ),  # shade, shine, bands, and small symbols: crops are enlarged
    Step(Look.FIRST, _local, prepare.strongly_sharpened),  # out of focus
    Step(Look.FIRST, _local, prepare.as_it_is),
    Step(Look.SECOND, _local, prepare.without_background),
    Step(Look.FIRST, _global, prepare.taller),  # tilt
    Step(Look.FIRST, _zbar, prepare.thresholded),  # steep tilt, damage
    Step(Look.WHOLE, _global, prepare.brightened),  # dim screens
    Step(Look.SECOND, _global, prepare.thresholded),
    Step(Look.SECOND, _local, prepare.sharpened),
    Step(Look.FIRST, _local, prepare.without_background),  # glare
    Step(Look.FIRST, _global, prepare.wider),
    Step(Look.FIRST, _global, prepare.smoothed),  # dots, grain
    Step(Look.WHOLE, _local, prepare.thresholded_widely),
    Step(Look.WHOLE, _local, prepare.narrowed),
    Step(Look.SECOND, _zbar, prepare.thresholded),
    Step(Look.UNBENT, _local, prepare.as_it_is),  # bent cards, rolled paper
    Step(Look.FIRST, _zbar, prepare.evened_coarsely),
    Step(Look.FIRST, _zbar, prepare.inverted),  # steep tilt in dark mode
    Step(Look.WHOLE, _local, prepare.sharpened),
    Step(Look.WHOLE, _local, prepare.evened),
    Step(Look.WHOLE, _global, prepare.blurred),
    Step(Look.WHOLE, _local, prepare.despeckled),
    Step(Look.WHOLE, _zbar, prepare.bounded),  # tilt where the place was guessed wrongly
)

PLAIN_STEPS = STEPS[:2]  # the picture as it is: what is read there is no chance of ours
# No step begins after this: 200 ms at p95 for ordinary frames, 800 ms for the largest photo, with loading.
BUDGET_S = 0.17
FULL_BUDGET_S = 0.5


class Parts:
    """The parts of one picture, each made when a step first asks for it."""

    def __init__(self, picture: Picture) -> None:
        self._picture = picture

    def of(self, look: Look) -> Grey | None:
        """The pixels for that look, if there are any."""
        match look:
            case Look.WHOLE:
                return self._picture.first
            case Look.FULL:
                return self._picture.full
            case Look.FIRST | Look.SECOND:
                place = 0 if look is Look.FIRST else 1
                return self._crops[place] if place < len(self._crops) else None
        return self._flat

    @cached_property
    def _crops(self) -> list[Grey]:
        first, full = self._picture.first, self._picture.full
        source = first if full is None else full
        scale = source.shape[1] / first.shape[1]
        return [cut(source, region, scale) for region in likely_regions(first)]

    @cached_property
    def _flat(self) -> Grey | None:
        for part in (*self._crops[:1], self._picture.first):
            for binarizer in (zxingcpp.Binarizer.LocalAverage, zxingcpp.Binarizer.GlobalHistogram):
                unread = [
                    symbol for symbol in decoders.zxing(part, binarizer, found=True) if symbol.text is None
                ]
                largest = max(unread, key=lambda symbol: symbol.area, default=None)
                if largest is not None and largest.area >= unbending.LEAST_AREA:
                    return unbending.flattened(part, largest.corners)
        return None


def read(picture: Picture, clock: Clock = time.perf_counter) -> list[str]:
    """The texts of all symbols, best first; [] where no step reads any within the budget."""
    start, parts, doubts = clock(), Parts(picture), Doubts()
    longest = max(picture.header.width, picture.header.height)
    until = start + (BUDGET_S if longest <= FIRST_LOOK_SLACK else FULL_BUDGET_S)
    for step in STEPS:
        part = parts.of(step.look)
        for grey in () if part is None else _prepared(step, part):
            texts = doubts.settled(decoders.readable(step.engine(grey)), is_plain=step in PLAIN_STEPS)
            if texts:
                return texts
            if clock() >= until:
                return []
    return []


def _prepared(step: Step, part: Grey) -> Iterable[Grey]:
    return unbending.unbent(part) if step.look is Look.UNBENT else (step.prepare(part),)


class Doubts:
    """Two tries that agree are worth more than one: what may be a chance is believed when read again."""

    def __init__(self) -> None:
        self._once: set[str] = set()

    def settled(self, symbols: Iterable[Symbol], *, is_plain: bool) -> list[str]:
        """The texts to believe, each once; all of them where the picture was read as it is."""
        texts = {symbol.text: symbol.doubtful for symbol in symbols if symbol.text is not None}
        believed = [
            text for text, doubtful in texts.items() if is_plain or not doubtful or text in self._once
        ]
        self._once |= texts.keys()
        return believed
