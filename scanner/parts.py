"""The parts of one picture that steps look at, each made when it is first asked for.

What was read is painted over: the steps after it find what is beside it. Only the decode child imports this.
"""

from __future__ import annotations

from enum import Enum
from functools import cached_property
from typing import TYPE_CHECKING

import zxingcpp

from scanner import decoders, unbending
from scanner.opencv import cv2
from scanner.regions import Part, cut, is_striped, likely_regions, paint_over, prominence

if TYPE_CHECKING:
    from collections.abc import Iterable

    from scanner.decoders import Corners, Symbol
    from scanner.image import Grey, Picture

LEAST_ROOM = 48  # pixels at working size: 1.6 a module of the smallest card's code
BUSY = 1.8  # prominence: the blurred cards that any step reads stand out as much
CALM = 0.3  # grain alone
BUSY_SHARE = 0.3  # of the whole picture's, which suffices in the dark: there everything stands out less
MORE_CONTRAST = 1.2  # how many times more than in grey a code must stand out in a channel


class Look(Enum):
    """Which part of a picture a step works on."""

    WHOLE = "the whole at working size"
    FULL = "the whole at full size, where that is larger"
    FIRST = "the likeliest place of a code, cut from full size"
    SECOND = "the second likeliest"
    UNBENT = "a symbol found but not read, flattened"
    OTHER_GROUND = "a transparent picture on the ground that was not chosen"
    STRIPES = "the whole where a part of it is striped, as linear and stacked codes are"
    CHANNEL = "the colour in which a code stands out most, where that is more than in grey"


class Parts:
    """The parts of one picture without the symbols that were read."""

    def __init__(self, picture: Picture) -> None:
        self._picture = picture
        self._outlines: list[Corners] = []
        self._parts: dict[Look, Part | None] = {}

    def of(self, look: Look) -> Part | None:
        """The pixels for that look, if there are any."""
        if look not in self._parts:
            self._parts[look] = self._make(look)
        return self._parts[look]

    def take_out(self, symbols: Iterable[Symbol], part: Part, seen: Grey) -> None:
        """Paint these symbols over in every part; `seen` is the part as the step prepared it."""
        across = part.grey.shape[1] / seen.shape[1] / part.scale
        down = part.grey.shape[0] / seen.shape[0] / part.scale
        self._outlines += (
            tuple((part.left + x * across, part.top + y * down) for x, y in symbol.corners)
            for symbol in symbols
            if len(symbol.corners) > 2  # noqa: PLR2004 - fewer have no inside
        )
        self._parts.clear()
        self.__dict__.pop("_crops", None)

    @property
    def may_hold_more(self) -> bool:
        """Whether anything beside what was read stands out; true of a photo that may hold small codes."""
        if self._picture.full is not None:
            return True
        if not self._has_room():
            return False
        rest = prominence(self._whole.grey)
        return rest >= BUSY or (rest > CALM and rest >= BUSY_SHARE * prominence(self._picture.first))

    def _has_room(self) -> bool:
        """Whether another code fits beside the one that was read."""
        if len(self._outlines) != 1:
            return True
        rows, columns = self._picture.first.shape
        x, y = zip(*(corner for outline in self._outlines for corner in outline), strict=True)
        return bool(max(min(x), min(y), columns - max(x), rows - max(y)) >= LEAST_ROOM)

    def _make(self, look: Look) -> Part | None:
        picture = self._picture
        match look:
            case Look.WHOLE:
                return self._without_read(picture.first)
            case Look.FULL:
                return self._without_read(picture.full)
            case Look.OTHER_GROUND:
                return self._without_read(picture.other_ground)
            case Look.FIRST | Look.SECOND:
                return next(iter(self._crops[0 if look is Look.FIRST else 1 :]), None)
            case Look.STRIPES:
                return self._whole if is_striped(self._whole.grey) else None
        return self._channel() if look is Look.CHANNEL else self._flat()

    @property
    def _whole(self) -> Part:
        part = self.of(Look.WHOLE)
        assert part is not None  # noqa: S101 - every picture has its whole
        return part

    @cached_property
    def _crops(self) -> list[Part]:
        whole = self._whole
        source = self.of(Look.FULL) or whole
        return [cut(source.grey, region, source.scale) for region in likely_regions(whole.grey)]

    def _without_read(self, grey: Grey | None) -> Part | None:
        if grey is None:
            return None
        scale = grey.shape[1] / self._picture.first.shape[1]
        if self._outlines:
            grey = grey.copy()
            for outline in self._outlines:
                paint_over(grey, tuple((x * scale, y * scale) for x, y in outline))
        return Part(grey, scale=scale)

    def _channel(self) -> Part | None:
        colour = self._picture.colour
        if colour is None:
            return None
        best = max(cv2.split(colour), key=prominence)
        return (
            self._without_read(best)
            if prominence(best) > MORE_CONTRAST * prominence(self._picture.first)
            else None
        )

    def _flat(self) -> Part | None:
        for part in (*self._crops[:1], self._whole):
            for binarizer in (zxingcpp.Binarizer.LocalAverage, zxingcpp.Binarizer.GlobalHistogram):
                unread = [
                    symbol
                    for symbol in decoders.zxing(part.grey, binarizer, found=True)
                    if symbol.text is None
                ]
                largest = max(unread, key=lambda symbol: symbol.area, default=None)
                if largest is not None and largest.area >= unbending.LEAST_AREA:
                    return Part(unbending.flattened(part.grey, largest.corners))
        return None
