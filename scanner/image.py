"""Bytes in, a grey picture of limited size out, or a refusal. Only the worker process imports this.

The working size is about 1600 to 2000 pixels, where the decoders are fast. The full size is decoded on
demand. The other modules of the worker import OpenCV from here, where it is configured.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from scanner.errors import ImageRefused
from scanner.header import MAX_PIXELS_JPEG, Header, ImageFormat, limit_decoding_cost, read_header

# OpenCV reads its own limit when it is imported. It also holds if a header lies about the size.
os.environ["OPENCV_IO_MAX_IMAGE_PIXELS"] = str(MAX_PIXELS_JPEG)

import cv2

cv2.setNumThreads(1)  # the other cores belong to other pictures and to the web server

if TYPE_CHECKING:
    from cv2.typing import MatLike

    Grey: TypeAlias = MatLike

__all__ = ["MAX_UNSCALED", "WORKING_SIZE", "Picture", "cv2", "open_picture"]

OPAQUE = 255
GREY_DIMENSIONS = 2  # of the pixel array of a grey picture
GREY_ALPHA, COLOUR_ALPHA = 2, 4  # channels
WORKING_SIZE = 1600  # pixels on the longest side after scaling (times: docs/performance.md)
MAX_UNSCALED = 2048  # scaling a smaller picture costs more than it saves
MAX_COLOUR_PIXELS = 5_000_000  # of PNG and WebP, which would be decoded at full size a second time
MAX_FULL_PIXELS = 17_000_000  # a photo of 12 megapixels at full size, of 64 at 1/2, of 108 at 1/4
_REDUCED = {
    2: cv2.IMREAD_REDUCED_GRAYSCALE_2,
    4: cv2.IMREAD_REDUCED_GRAYSCALE_4,
    8: cv2.IMREAD_REDUCED_GRAYSCALE_8,
}
_REDUCED_COLOUR = {
    2: cv2.IMREAD_REDUCED_COLOR_2,
    4: cv2.IMREAD_REDUCED_COLOR_4,
    8: cv2.IMREAD_REDUCED_COLOR_8,
}


@dataclass(frozen=True)
class Picture:
    """One picture, decoded on demand: at working size and, if that is scaled down, at full size."""

    data: bytes
    header: Header

    @cached_property
    def working(self) -> Grey:
        """The picture in grey at working size; raises ImageRefused if it cannot be decoded."""
        longest = max(self.header.width, self.header.height)
        return _to_working_size(self._decode_grey(_reduction_for(longest)))

    @cached_property
    def full(self) -> Grey | None:
        """The picture in grey at full size; None if `working` is not scaled down."""
        if max(self.header.width, self.header.height) <= MAX_UNSCALED:
            return None
        reduction = next(n for n in (1, 2, 4) if self.header.pixels <= MAX_FULL_PIXELS * n * n)
        return self._decode_grey(reduction)

    def _decode_grey(self, reduction: int) -> Grey:
        # Only JPEG can be decoded at a smaller size; other formats are decoded once, at full size.
        if self.header.format is not ImageFormat.JPEG:
            return self._full_grey
        return _decode(self.data, _REDUCED.get(reduction, cv2.IMREAD_GRAYSCALE))

    @cached_property
    def other_background(self) -> Grey | None:
        """A transparent picture at working size on the background that `working` does not use; else None."""
        if not self.header.alpha or self._composites[1] is None:
            return None
        return _to_working_size(self._composites[1])

    @cached_property
    def colour(self) -> MatLike | None:
        """The picture in colour at working size; None if decoding it would be expensive."""
        if self.header.format is ImageFormat.JPEG:
            reduction = _reduction_for(max(self.header.width, self.header.height))
        elif self.header.pixels <= MAX_COLOUR_PIXELS:
            reduction = 1
        else:
            return None
        return _to_working_size(_decode(self.data, _REDUCED_COLOUR.get(reduction, cv2.IMREAD_COLOR)))

    @cached_property
    def _full_grey(self) -> Grey:
        return self._composites[0] if self.header.alpha else _decode(self.data, cv2.IMREAD_GRAYSCALE)

    @cached_property
    def _composites(self) -> tuple[Grey, Grey | None]:
        return _composite(_decode(self.data, cv2.IMREAD_UNCHANGED))


def open_picture(data: bytes) -> Picture:
    """Check format, size and decoding cost before decoding; raises ImageRefused."""
    header = read_header(data)
    return Picture(limit_decoding_cost(data, header), header)


def _reduction_for(longest: int) -> int:
    return next((n for n in (8, 4, 2) if longest >= n * 0.85 * WORKING_SIZE), 1)


def _to_working_size(grey: Grey) -> Grey:
    longest = max(grey.shape[:2])
    if longest <= MAX_UNSCALED:
        return grey
    scale = WORKING_SIZE / longest
    return cv2.resize(grey, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)


def _decode(data: bytes, flags: int) -> Grey:
    try:
        pixels = cv2.imdecode(np.frombuffer(data, np.uint8), flags)
    except (cv2.error, MemoryError):
        pixels = None
    if pixels is None or pixels.size == 0:
        raise ImageRefused("image_unreadable")
    return pixels


def _composite(pixels: MatLike) -> tuple[Grey, Grey | None]:
    """Composite transparent pixels over white, or over black if the drawing is light; second, over the other.

    The Router draws black or white modules on a transparent background (protocol.md §2.2). The wrong
    background hides them, and other drawings may mislead the choice. The second is None if no pixel is
    transparent.
    """
    channels = pixels.shape[-1] if pixels.ndim > GREY_DIMENSIONS else 1
    if channels not in {GREY_ALPHA, COLOUR_ALPHA}:  # the file announced transparency, but has none
        return _to_eight_bits(pixels if channels == 1 else cv2.cvtColor(pixels, cv2.COLOR_BGR2GRAY)), None
    alpha = _to_eight_bits(pixels[:, :, -1])
    drawn = _to_eight_bits(
        cv2.cvtColor(pixels, cv2.COLOR_BGRA2GRAY) if channels == COLOUR_ALPHA else pixels[:, :, 0]
    )
    if int(alpha.min()) == OPAQUE:
        return drawn, None
    weight = max(1.0, float(alpha.sum(dtype=np.uint64)))
    light = float(cv2.multiply(drawn, alpha, dtype=cv2.CV_32F).sum(dtype=np.float64)) / weight
    on_black = cv2.multiply(drawn, alpha, scale=1 / 255)
    on_white = cv2.add(on_black, cv2.bitwise_not(alpha))
    return (on_white, on_black) if light < OPAQUE / 2 else (on_black, on_white)


def _to_eight_bits(pixels: MatLike) -> Grey:
    if pixels.dtype == np.uint8:
        return np.ascontiguousarray(pixels, np.uint8)
    return cv2.convertScaleAbs(pixels, alpha=1 / 257)
