"""The views of one picture that the steps decode, each made at its first use.

Symbols that were read are masked, so that later steps find others. Only the worker process imports this.
"""

from __future__ import annotations

from enum import Enum
from functools import cached_property
from typing import TYPE_CHECKING

import zxingcpp

from scanner.decoders import decode_zxing
from scanner.image import cv2
from scanner.preprocessing import MIN_RECTIFIED_AREA, rectified
from scanner.regions import View, candidate_regions, crop_region, is_striped, mask_symbol, saliency

if TYPE_CHECKING:
    from collections.abc import Iterable

    from scanner.decoders import Corners, Symbol
    from scanner.image import Grey, Picture

MIN_SPACE = 48  # pixels at working size: 1.6 for each module of the smallest card's code
BUSY_SALIENCY = 1.8  # of the most blurred cards that a step can read
NOISE_SALIENCY = 0.3  # of noise alone
BUSY_SHARE = 0.3  # of the whole picture's saliency: enough in the dark, where all saliency is low
MIN_CHANNEL_GAIN = 1.2  # saliency of a code in a channel to that in grey


class ViewKind(Enum):
    """Which view of a picture a step decodes."""

    WHOLE = "the whole picture at working size"
    FULL = "the whole picture at full size, if that is larger"
    FIRST_REGION = "the most probable place of a code, cropped from full size"
    SECOND_REGION = "the second most probable place"
    RECTIFIED = "a symbol that was found but not read, without perspective"
    OTHER_BACKGROUND = "a transparent picture on the background that was not chosen"
    STRIPED = "the whole picture, if a part is striped, as linear and stacked codes are"
    CHANNEL = "the colour channel in which a code is clearest, if it is clearer than in grey"


class Views:
    """The views of one picture, without the symbols that were read."""

    def __init__(self, picture: Picture) -> None:
        self._picture = picture
        self._outlines: list[Corners] = []
        self._views: dict[ViewKind, View | None] = {}

    def get(self, kind: ViewKind) -> View | None:
        """The view of this kind; None if the picture has none."""
        if kind not in self._views:
            self._views[kind] = self._make(kind)
        return self._views[kind]

    def mask(self, symbols: Iterable[Symbol], view: View, prepared: Grey) -> None:
        """Mask these symbols in every view. `prepared` is the view as the step preprocessed it."""
        across = view.grey.shape[1] / prepared.shape[1] / view.scale
        down = view.grey.shape[0] / prepared.shape[0] / view.scale
        self._outlines += (
            tuple((view.left + x * across, view.top + y * down) for x, y in symbol.corners)
            for symbol in symbols
            if len(symbol.corners) > 2  # noqa: PLR2004 - fewer have no area
        )
        self._views.clear()
        self.__dict__.pop("_crops", None)

    @property
    def may_contain_more(self) -> bool:
        """Whether the unmasked rest may contain a code; always true for a photo with a larger full size."""
        if self._picture.full is not None:
            return True
        if not self._has_space():
            return False
        rest = saliency(self._whole.grey)
        return rest >= BUSY_SALIENCY or (
            rest > NOISE_SALIENCY and rest >= BUSY_SHARE * saliency(self._picture.working)
        )

    def _has_space(self) -> bool:
        """Whether another code fits beside the one that was read."""
        if len(self._outlines) != 1:
            return True
        rows, columns = self._picture.working.shape
        x, y = zip(*(corner for outline in self._outlines for corner in outline), strict=True)
        return bool(max(min(x), min(y), columns - max(x), rows - max(y)) >= MIN_SPACE)

    def _make(self, kind: ViewKind) -> View | None:
        picture = self._picture
        match kind:
            case ViewKind.WHOLE:
                return self._masked(picture.working)
            case ViewKind.FULL:
                return self._masked(picture.full)
            case ViewKind.OTHER_BACKGROUND:
                return self._masked(picture.other_background)
            case ViewKind.FIRST_REGION | ViewKind.SECOND_REGION:
                return next(iter(self._crops[0 if kind is ViewKind.FIRST_REGION else 1 :]), None)
            case ViewKind.STRIPED:
                return self._whole if is_striped(self._whole.grey) else None
        return self._best_channel() if kind is ViewKind.CHANNEL else self._rectified()

    @property
    def _whole(self) -> View:
        view = self.get(ViewKind.WHOLE)
        assert view is not None  # noqa: S101 - every picture has this view
        return view

    @cached_property
    def _crops(self) -> list[View]:
        whole = self._whole
        source = self.get(ViewKind.FULL) or whole
        return [crop_region(source.grey, region, source.scale) for region in candidate_regions(whole.grey)]

    def _masked(self, grey: Grey | None) -> View | None:
        if grey is None:
            return None
        scale = grey.shape[1] / self._picture.working.shape[1]
        if self._outlines:
            grey = grey.copy()
            for outline in self._outlines:
                mask_symbol(grey, tuple((x * scale, y * scale) for x, y in outline))
        return View(grey, scale=scale)

    def _best_channel(self) -> View | None:
        colour = self._picture.colour
        if colour is None:
            return None
        best = max(cv2.split(colour), key=saliency)
        is_clearer = saliency(best) > MIN_CHANNEL_GAIN * saliency(self._picture.working)
        return self._masked(best) if is_clearer else None

    def _rectified(self) -> View | None:
        for view in (*self._crops[:1], self._whole):
            for binarizer in (zxingcpp.Binarizer.LocalAverage, zxingcpp.Binarizer.GlobalHistogram):
                symbols = decode_zxing(view.grey, binarizer, include_unread=True)
                unread = [symbol for symbol in symbols if symbol.text is None]
                largest = max(unread, key=lambda symbol: symbol.area, default=None)
                if largest is not None and largest.area >= MIN_RECTIFIED_AREA:
                    return View(rectified(view.grey, largest.corners))
        return None
