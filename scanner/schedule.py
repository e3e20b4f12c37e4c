"""The order in which a picture is read: a table of steps, cheapest gain first.

The gain of each was measured on pictures that plain zxing-cpp misses; `bench.read_pictures` measures the
whole. Only the decode child imports this.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

import zxingcpp

from scanner import decoders, unbending
from scanner import preparation as prepare
from scanner.image import FIRST_LOOK_SLACK
from scanner.parts import Look, Parts
from scanner.payload import parse_payload
from scanner.refused import NotAnEscCode

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from scanner.decoders import Symbol
    from scanner.image import Grey, Picture

    Engine = Callable[[Grey], list[Symbol]]
    Prepare = Callable[[Grey], Grey | None]
    Clock = Callable[[], float]

_local: Engine = decoders.zxing
_global: Engine = partial(decoders.zxing, binarizer=zxingcpp.Binarizer.GlobalHistogram)
_matrix: Engine = partial(decoders.zxing, formats=decoders.MATRIX)
_wallet_and_library: Engine = partial(decoders.zxing, formats=decoders.WALLET_AND_LIBRARY)
_zbar: Engine = decoders.zbar


@dataclass(frozen=True, slots=True)
class Step:
    """One try: an engine over a prepared part; it is left out where there is nothing to prepare."""

    look: Look
    engine: Engine
    prepare: Prepare


STEPS: tuple[Step, ...] = (
    Step(Look.WHOLE, _local, prepare.as_it_is),  # three of four pictures end here
    Step(Look.WHOLE, _global, prepare.as_it_is),  # even light, thin quiet zones
    Step(Look.OTHER_GROUND, _local, prepare.as_it_is),  # transparent pictures only
    Step(Look.WHOLE, _global, prepare.halved),  # moiré, noise
    Step(Look.WHOLE, _local, prepare.halved),
    Step(Look.FULL, _local, prepare.as_it_is),  # a small code in a large photo
    Step(
        Look.FIRST, _global, prepare.thresholded
    ),  # shade, shine, bands, and small symbols: crops are enlarged
    Step(Look.FIRST, _local, prepare.strongly_sharpened),  # out of focus
    Step(Look.FIRST, _local, prepare.as_it_is),
    Step(Look.FIRST, _matrix, prepare.as_it_is),  # other kinds of symbols
    Step(Look.STRIPES, _wallet_and_library, prepare.as_it_is),
    Step(Look.STRIPES, _wallet_and_library, prepare.wider),
    Step(Look.STRIPES, _wallet_and_library, prepare.enlarged),
    Step(Look.FIRST, _local, prepare.on_light_ground),  # no quiet zone on a dark ground
    Step(Look.FIRST, _local, prepare.inverted_on_light_ground),  # none on a light one, inverted
    Step(Look.SECOND, _local, prepare.without_background),
    Step(Look.FIRST, _global, prepare.taller),  # tilt
    Step(Look.FIRST, _zbar, prepare.thresholded),  # steep tilt, damage
    Step(Look.WHOLE, _global, prepare.brightened),  # dim screens
    Step(Look.SECOND, _global, prepare.thresholded),
    Step(Look.SECOND, _local, prepare.sharpened),
    Step(Look.FIRST, _local, prepare.without_background),  # glare
    Step(Look.FIRST, _global, prepare.wider),
    Step(Look.WHOLE, _local, prepare.run_together),  # styled codes on screenshots
    Step(Look.WHOLE, _local, prepare.run_together_widely),
    Step(Look.SECOND, _local, prepare.on_light_ground),
    Step(Look.FIRST, _global, prepare.smoothed),  # dots, grain
    Step(Look.WHOLE, _local, prepare.thresholded_widely),
    Step(Look.WHOLE, _local, prepare.narrowed),
    Step(Look.SECOND, _zbar, prepare.thresholded),
    Step(Look.WHOLE, _local, prepare.sharpened),
    Step(Look.UNBENT, _local, prepare.as_it_is),  # bent cards, rolled paper
    Step(Look.FIRST, _zbar, prepare.evened_coarsely),
    Step(Look.FIRST, _zbar, prepare.inverted),  # steep tilt in dark mode
    Step(Look.WHOLE, _local, prepare.evened),
    Step(Look.WHOLE, _global, prepare.blurred),
    Step(Look.WHOLE, _local, prepare.despeckled),
    Step(Look.WHOLE, _zbar, prepare.bounded),  # tilt where the place was guessed wrongly
    Step(Look.CHANNEL, _local, prepare.as_it_is),  # two colours of one brightness
)

PLAIN_STEPS = STEPS[:2]  # the picture as it is: what is read there is no chance of ours
# No step begins after this much processor time: 200 ms at p95 for ordinary frames, 800 ms for the largest
# photo, with loading.
BUDGET_S = 0.18
FULL_BUDGET_S = 0.5
SHORTEST_NUMBER = 32  # characters
WALL_S = 1.4  # nor after this much time, below the 2 s after which the pool ends a child


class Budget:
    """Processor time for the steps of one picture; the clock on the wall is the outer limit only.

    A busy machine takes longer and reads the same.
    """

    def __init__(self, seconds: float, wall_s: float, processor: Clock, wall: Clock) -> None:
        self._processor, self._wall = processor, wall
        self._processor_until, self._wall_until = processor() + seconds, wall() + wall_s

    def is_spent(self) -> bool:
        """Whether no further step may begin."""
        return self._processor() >= self._processor_until or self._wall() >= self._wall_until


class Found:
    """The texts of one picture so far, and whether an ESC number is among them."""

    def __init__(self) -> None:
        self._texts: dict[str, bool] = {}

    def add(self, texts: Iterable[str]) -> None:
        """Take the texts of one step into account, best first."""
        self._texts.update((text, _is_card(text)) for text in texts if text not in self._texts)

    @property
    def has_card(self) -> bool:
        """Whether the search is over: of other codes there may be any number beside the card's."""
        return any(self._texts.values())

    @property
    def texts(self) -> list[str]:
        """All of them, in the order in which they were read."""
        return list(self._texts)


def read(
    picture: Picture,
    processor: Clock = time.process_time,
    wall: Clock = time.monotonic,
    wall_s: float = WALL_S,
) -> list[str]:
    """The texts of all symbols, best first; [] where no step reads any within the budget.

    The search ends with an ESC number, with the budget, or where nothing else in the picture stands out.
    """
    longest = max(picture.header.width, picture.header.height)
    seconds = BUDGET_S if longest <= FIRST_LOOK_SLACK else FULL_BUDGET_S
    budget = Budget(seconds, wall_s, processor, wall)
    parts, doubts, found = Parts(picture), Doubts(), Found()
    for step in STEPS:
        part = parts.of(step.look)
        for grey in () if part is None else _prepared(step, part.grey):
            symbols = doubts.settled(decoders.readable(step.engine(grey)), is_plain=step in PLAIN_STEPS)
            found.add(symbol.text for symbol in symbols if symbol.text is not None)
            if found.has_card or budget.is_spent():
                return found.texts
            if symbols and part is not None and step.look is not Look.UNBENT:
                parts.take_out(symbols, part, grey)
                if not parts.may_hold_more:
                    return found.texts
    return found.texts


def _prepared(step: Step, part: Grey) -> Iterable[Grey]:
    if step.look is Look.UNBENT:
        return unbending.unbent(part)
    prepared = step.prepare(part)
    return () if prepared is None else (prepared,)


def _is_card(text: str) -> bool:
    if len(text) < SHORTEST_NUMBER:
        return False
    try:
        parse_payload(text)
    except NotAnEscCode:
        return False
    return True


class Doubts:
    """Two tries that agree are worth more than one: what may be a chance is believed when read again."""

    def __init__(self) -> None:
        self._once: set[str] = set()

    def settled(self, symbols: Iterable[Symbol], *, is_plain: bool) -> list[Symbol]:
        """The symbols with a text to believe; all of them where the picture was read as it is."""
        readable = [symbol for symbol in symbols if symbol.text is not None]
        believed = [
            symbol for symbol in readable if is_plain or not symbol.doubtful or symbol.text in self._once
        ]
        self._once |= {symbol.text for symbol in readable if symbol.text is not None}
        return believed
