"""Bytes in, a bounded grey picture out, or a refusal. Only the decode child imports this: OpenCV lives there.

The first look is at about 1600 to 2000 pixels, where the decoders are quick; the full size is made only when
it is asked for.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from scanner.header import Form, Header, bounded, read_header
from scanner.opencv import cv2
from scanner.refused import ImageRefused

if TYPE_CHECKING:
    from cv2.typing import MatLike

    Grey: TypeAlias = MatLike

OPAQUE = 255
PLANE, GREY_ALPHA, COLOUR_ALPHA = 2, 2, 4  # dimensions of a grey picture; channels of those with alpha
FIRST_LOOK = (
    1600  # pixels on the longest side where a picture must be scaled; trust.md §2.3 has the costs of more
)
FIRST_LOOK_SLACK = 2048  # up to here no scaling: it would cost more than it saves
MOST_COLOUR_PIXELS = (
    5_000_000  # decoded whole a second time where the form cannot be decoded at a smaller size
)
FULL_LOOK_PIXELS = 17_000_000  # a 12-megapixel photo whole, one of 64 at half, one of 108 at a quarter
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
    """One picture, decoded lazily: `first` for the quick look, `full` where that one was scaled down."""

    data: bytes
    header: Header

    @cached_property
    def first(self) -> Grey:
        """The whole picture in grey at working size; raises ImageRefused where it cannot be decoded."""
        longest = max(self.header.width, self.header.height)
        return _bounded(self._grey(_reduction(longest)))

    @cached_property
    def full(self) -> Grey | None:
        """The picture at full size, or None where `first` is that already."""
        if max(self.header.width, self.header.height) <= FIRST_LOOK_SLACK:
            return None
        reduction = next(n for n in (1, 2, 4) if self.header.pixels <= FULL_LOOK_PIXELS * n * n)
        return self._grey(reduction)

    def _grey(self, reduction: int) -> Grey:
        # Only JPEG scales by its own coefficients; others are decoded whole, and once.
        if self.header.form is not Form.JPEG:
            return self._whole
        return _decoded(self.data, _REDUCED.get(reduction, cv2.IMREAD_GRAYSCALE))

    @cached_property
    def other_ground(self) -> Grey | None:
        """A transparent picture at working size on the ground that `first` is not on; None of others."""
        if not self.header.alpha or self._grounds[1] is None:
            return None
        return _bounded(self._grounds[1])

    @cached_property
    def colour(self) -> MatLike | None:
        """The picture at working size in three channels; None where that would be costly."""
        if self.header.form is Form.JPEG:
            reduction = _reduction(max(self.header.width, self.header.height))
        elif self.header.pixels <= MOST_COLOUR_PIXELS:
            reduction = 1
        else:
            return None
        return _bounded(_decoded(self.data, _REDUCED_COLOUR.get(reduction, cv2.IMREAD_COLOR)))

    @cached_property
    def _whole(self) -> Grey:
        return self._grounds[0] if self.header.alpha else _decoded(self.data, cv2.IMREAD_GRAYSCALE)

    @cached_property
    def _grounds(self) -> tuple[Grey, Grey | None]:
        return _on_grounds(_decoded(self.data, cv2.IMREAD_UNCHANGED))


def open_picture(data: bytes) -> Picture:
    """Check format, size and what decoding costs before it begins; raises ImageRefused."""
    header = read_header(data)
    return Picture(bounded(data, header), header)


def _reduction(longest: int) -> int:
    return next((n for n in (8, 4, 2) if longest >= n * 0.85 * FIRST_LOOK), 1)


def _bounded(grey: Grey) -> Grey:
    longest = max(grey.shape[:2])
    if longest <= FIRST_LOOK_SLACK:
        return grey
    scale = FIRST_LOOK / longest
    return cv2.resize(grey, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)


def _decoded(data: bytes, flags: int) -> Grey:
    try:
        pixels = cv2.imdecode(np.frombuffer(data, np.uint8), flags)
    except (cv2.error, MemoryError):
        pixels = None
    if pixels is None or pixels.size == 0:
        raise ImageRefused("image_unreadable")
    return pixels


def _on_grounds(pixels: MatLike) -> tuple[Grey, Grey | None]:
    """Lay transparent pixels on white, or on black where what is drawn is light; second on the other of them.

    The Router draws black or white modules on nothing at all (protocol.md §2.2): a wrong ground hides them,
    and what else is drawn may outweigh them. The second is None where nothing is transparent.
    """
    channels = pixels.shape[-1] if pixels.ndim > PLANE else 1
    if channels not in {GREY_ALPHA, COLOUR_ALPHA}:  # the chunk that promised transparency held none
        return _eight_bits(pixels if channels == 1 else cv2.cvtColor(pixels, cv2.COLOR_BGR2GRAY)), None
    alpha = _eight_bits(pixels[:, :, -1])
    drawn = _eight_bits(
        cv2.cvtColor(pixels, cv2.COLOR_BGRA2GRAY) if channels == COLOUR_ALPHA else pixels[:, :, 0]
    )
    if int(alpha.min()) == OPAQUE:
        return drawn, None
    weight = max(1.0, float(alpha.sum(dtype=np.uint64)))
    light = float(cv2.multiply(drawn, alpha, dtype=cv2.CV_32F).sum(dtype=np.float64)) / weight
    on_black = cv2.multiply(drawn, alpha, scale=1 / 255)
    on_white = cv2.add(on_black, cv2.bitwise_not(alpha))
    return (on_white, on_black) if light < OPAQUE / 2 else (on_black, on_white)


def _eight_bits(pixels: MatLike) -> Grey:
    if pixels.dtype == np.uint8:
        return np.ascontiguousarray(pixels, np.uint8)
    return cv2.convertScaleAbs(pixels, alpha=1 / 257)
