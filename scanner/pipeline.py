"""The decoding pipeline: a table of steps, ordered by gain for their cost.

The gain of each step was measured on pictures that plain zxing-cpp does not read; `bench.read_pictures`
measures the whole. Only the worker process imports this.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

import zxingcpp

from scanner import decoders
from scanner import preprocessing as pre
from scanner.errors import NotAnEscCode
from scanner.image import MAX_UNSCALED
from scanner.payload import parse_payload
from scanner.views import ViewKind, Views

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from scanner.decoders import Symbol
    from scanner.image import Grey, Picture

    Decode = Callable[[Grey], list[Symbol]]
    Preprocess = Callable[[Grey], Grey | None]
    Clock = Callable[[], float]

_local: Decode = decoders.decode_zxing
_global: Decode = partial(decoders.decode_zxing, binarizer=zxingcpp.Binarizer.GlobalHistogram)
_matrix: Decode = partial(decoders.decode_zxing, formats=decoders.MATRIX)
_wallet_and_library: Decode = partial(decoders.decode_zxing, formats=decoders.WALLET_AND_LIBRARY)
_zbar: Decode = decoders.decode_zbar


@dataclass(frozen=True, slots=True)
class Step:
    """One attempt: decode a preprocessed view. It is skipped if the picture has no such view."""

    view: ViewKind
    decode: Decode
    preprocess: Preprocess


STEPS: tuple[Step, ...] = (
    Step(ViewKind.WHOLE, _local, pre.unchanged),  # enough for three of four pictures
    Step(ViewKind.WHOLE, _global, pre.unchanged),  # even light, thin quiet zones
    Step(ViewKind.OTHER_BACKGROUND, _local, pre.unchanged),  # transparent pictures only
    Step(ViewKind.WHOLE, _global, pre.halved),  # moiré, noise
    Step(ViewKind.WHOLE, _local, pre.halved),
    Step(ViewKind.FULL, _local, pre.unchanged),  # a small code in a large photo
    Step(ViewKind.FIRST_REGION, _global, pre.thresholded),  # shade, shine, bands, small symbols
    Step(ViewKind.FIRST_REGION, _local, pre.strongly_sharpened),  # out of focus
    Step(ViewKind.FIRST_REGION, _local, pre.unchanged),
    Step(ViewKind.FIRST_REGION, _matrix, pre.unchanged),  # other kinds of symbols
    Step(ViewKind.STRIPED, _wallet_and_library, pre.unchanged),
    Step(ViewKind.STRIPED, _wallet_and_library, pre.stretched_horizontally),
    Step(ViewKind.STRIPED, _wallet_and_library, pre.enlarged),
    Step(ViewKind.FIRST_REGION, _local, pre.on_light_background),  # no quiet zone on a dark background
    Step(ViewKind.FIRST_REGION, _local, pre.inverted_on_light_background),  # the same, inverted
    Step(ViewKind.SECOND_REGION, _local, pre.without_background),
    Step(ViewKind.FIRST_REGION, _global, pre.stretched_vertically),  # tilt
    Step(ViewKind.FIRST_REGION, _zbar, pre.thresholded),  # steep tilt, damage
    Step(ViewKind.WHOLE, _global, pre.brightened),  # dim screens
    Step(ViewKind.SECOND_REGION, _global, pre.thresholded),
    Step(ViewKind.SECOND_REGION, _local, pre.sharpened),
    Step(ViewKind.FIRST_REGION, _local, pre.without_background),  # glare
    Step(ViewKind.FIRST_REGION, _global, pre.stretched_horizontally),
    Step(ViewKind.WHOLE, _local, pre.closed_gaps),  # styled codes on screenshots
    Step(ViewKind.WHOLE, _local, pre.closed_wide_gaps),
    Step(ViewKind.SECOND_REGION, _local, pre.on_light_background),
    Step(ViewKind.FIRST_REGION, _global, pre.strongly_blurred),  # dots, grain
    Step(ViewKind.WHOLE, _local, pre.widely_thresholded),
    Step(ViewKind.WHOLE, _local, pre.narrowed),
    Step(ViewKind.SECOND_REGION, _zbar, pre.thresholded),
    Step(ViewKind.WHOLE, _local, pre.sharpened),
    Step(ViewKind.RECTIFIED, _local, pre.unchanged),  # bent cards, rolled paper
    Step(ViewKind.FIRST_REGION, _zbar, pre.coarsely_equalised),
    Step(ViewKind.FIRST_REGION, _zbar, pre.inverted),  # steep tilt in dark mode
    Step(ViewKind.WHOLE, _local, pre.equalised),
    Step(ViewKind.WHOLE, _global, pre.blurred),
    Step(ViewKind.WHOLE, _local, pre.despeckled),
    Step(ViewKind.WHOLE, _zbar, pre.limited_size),  # tilt, if the region was wrong
    Step(ViewKind.CHANNEL, _local, pre.unchanged),  # two colours of the same brightness
)

PLAIN_STEPS = STEPS[:2]  # without preprocessing: their texts are never uncertain
# No step starts after this much processor time. With loading this makes 200 ms at p95 for ordinary frames,
# and 800 ms for the largest photo.
BUDGET_S = 0.18
FULL_BUDGET_S = 0.5
MIN_NUMBER_LENGTH = 32  # characters
WALL_S = 1.4  # nor after this much time; the pool kills a worker after 2 s


class Budget:
    """Processor time for the steps of one picture; wall-clock time is the outer limit only.

    A busy machine takes longer and reads the same.
    """

    def __init__(self, seconds: float, wall_s: float, processor: Clock, wall: Clock) -> None:
        self._processor, self._wall = processor, wall
        self._processor_until, self._wall_until = processor() + seconds, wall() + wall_s

    def is_spent(self) -> bool:
        """Whether no further step may start."""
        return self._processor() >= self._processor_until or self._wall() >= self._wall_until


class Found:
    """The texts of one picture so far, and whether an ESC number is among them."""

    def __init__(self) -> None:
        self._texts: dict[str, bool] = {}

    def add(self, texts: Iterable[str]) -> None:
        """Add the texts of one step, best first."""
        self._texts.update((text, _holds_number(text)) for text in texts if text not in self._texts)

    @property
    def has_number(self) -> bool:
        """Whether one of the texts holds an ESC number, which ends the search."""
        return any(self._texts.values())

    @property
    def texts(self) -> list[str]:
        """All texts, in the order in which they were read."""
        return list(self._texts)


def read(
    picture: Picture,
    processor: Clock = time.process_time,
    wall: Clock = time.monotonic,
    wall_s: float = WALL_S,
) -> list[str]:
    """The texts of all symbols, best first; [] if no step reads any within the budget.

    The search ends with an ESC number, with the budget, or if the rest of the picture cannot contain a code.
    """
    longest = max(picture.header.width, picture.header.height)
    seconds = BUDGET_S if longest <= MAX_UNSCALED else FULL_BUDGET_S
    budget = Budget(seconds, wall_s, processor, wall)
    views, consensus, found = Views(picture), Consensus(), Found()
    for step in STEPS:
        view = views.get(step.view)
        for grey in () if view is None else _preprocessed(step, view.grey):
            symbols = consensus.confirm(decoders.readable(step.decode(grey)), is_plain=step in PLAIN_STEPS)
            found.add(symbol.text for symbol in symbols if symbol.text is not None)
            if found.has_number or budget.is_spent():
                return found.texts
            if symbols and view is not None and step.view is not ViewKind.RECTIFIED:
                views.mask(symbols, view, grey)
                if not views.may_contain_more:
                    return found.texts
    return found.texts


def _preprocessed(step: Step, grey: Grey) -> Iterable[Grey]:
    if step.view is ViewKind.RECTIFIED:
        return pre.dewarped(grey)
    prepared = step.preprocess(grey)
    return () if prepared is None else (prepared,)


def _holds_number(text: str) -> bool:
    if len(text) < MIN_NUMBER_LENGTH:
        return False
    try:
        parse_payload(text)
    except NotAnEscCode:
        return False
    return True


class Consensus:
    """Accepts the text of an uncertain symbol only if a second step reads the same text."""

    def __init__(self) -> None:
        self._read_once: set[str] = set()

    def confirm(self, symbols: Iterable[Symbol], *, is_plain: bool) -> list[Symbol]:
        """The symbols whose text is accepted. A step without preprocessing needs no confirmation."""
        readable = [symbol for symbol in symbols if symbol.text is not None]
        confirmed = [
            symbol
            for symbol in readable
            if is_plain or not symbol.is_uncertain or symbol.text in self._read_once
        ]
        self._read_once |= {symbol.text for symbol in readable if symbol.text is not None}
        return confirmed
