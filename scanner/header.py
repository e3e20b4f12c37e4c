"""What sort of picture this is and how many pixels it claims, read from its first bytes: nothing is decoded.

A picture of 100 KB may claim 30 000 × 30 000 pixels, or a thousand passes over fewer; it is refused here,
before it costs anything.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from scanner.refused import ImageRefused

MOST_BYTES = 12 * 1024 * 1024  # pages make larger photos smaller before they send them
MOST_PIXELS_JPEG = 110_000_000  # phones have up to 108; decoded at a half to an eighth, so memory stays small
MOST_PIXELS_OTHER = 25_000_000  # decoded whole: grey 25 MB, with transparency 100 MB


class Form(StrEnum):
    """The picture formats that are read."""

    JPEG = "jpeg"
    PNG = "png"
    WEBP = "webp"


@dataclass(frozen=True, slots=True)
class Header:
    """What the first bytes say; `alpha` where pixels may be transparent."""

    form: Form
    width: int
    height: int
    alpha: bool = False

    @property
    def pixels(self) -> int:
        """The number of pixels claimed."""
        return self.width * self.height


def read_header(data: bytes) -> Header:
    """Format and size of a picture that may be decoded; raises ImageRefused for every other."""
    if not data:
        raise ImageRefused("image_unreadable")
    if len(data) > MOST_BYTES:
        raise ImageRefused("image_too_large")
    header = _recognise(data)
    if header.width < 1 or header.height < 1:
        raise ImageRefused("image_unreadable")
    if header.pixels > (MOST_PIXELS_JPEG if header.form is Form.JPEG else MOST_PIXELS_OTHER):
        raise ImageRefused("image_too_large")
    return header


def bounded(data: bytes, header: Header) -> bytes:
    """The picture without what would cost a decoder more than its pixels do; raises ImageRefused.

    For the decode child: a picture of megabytes is looked through.
    """
    if header.form is Form.JPEG:
        _bound_scans(data, header.pixels)
    return _png_pixels(data) if header.form is Form.PNG else data


def _recognise(data: bytes) -> Header:
    try:
        if data.startswith(b"\xff\xd8\xff"):
            return _jpeg(data)
        if data.startswith(b"\x89PNG\r\n\x1a\n"):
            return _png(data)
        if data.startswith(b"RIFF") and data[8:12] == b"WEBP":
            return _webp(data)
    except IndexError:  # the header ends in the middle
        raise ImageRefused("image_unreadable") from None
    # HEIC, AVIF, GIF, BMP, TIFF, PDF and all else. Phones turn HEIC into JPEG when a page asks for a picture.
    raise ImageRefused("unsupported_image")


def _big(data: bytes, at: int, size: int) -> int:
    if at + size > len(data):
        raise IndexError
    return int.from_bytes(data[at : at + size], "big")


def _little(data: bytes, at: int, size: int) -> int:
    if at + size > len(data):
        raise IndexError
    return int.from_bytes(data[at : at + size], "little")


_MARK = 0xFF  # begins every marker; may be repeated to fill
_MOST_MARKERS = 4096  # real pictures have some hundreds; 12 MB of fill bytes would take seconds
_FRAME_MARKERS = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}  # SOF0 to SOF15 (ITU-T T.81, table B.1)
_READ_FRAMES = frozenset({0xC0, 0xC1, 0xC2})  # baseline, extended, progressive: no camera writes another
_BARE_MARKERS = frozenset({0x01, *range(0xD0, 0xD9)})  # TEM, RST0 to RST7, SOI: no length follows
_END_OF_IMAGE, _SCAN = 0xD9, 0xDA
_END_MARKERS = frozenset({_END_OF_IMAGE, _SCAN})  # the frame header would have come before
# Each scan is a pass over the whole picture, and may be some bytes long. Encoders write 1 or about 10.
MOST_SCANS = 100
MOST_SCANNED_PIXELS = 500_000_000  # about 0.5 s; phones write one pass, so the largest photos pass
_START_OF_SCAN = b"\xff\xda"
_NO_MARKERS = frozenset({0x00, _MARK, *range(0xD0, 0xD8)})  # stuffing, filling, restarts
_MOST_MARKS = 100_000  # one byte in 256 of a picture's own is the one that begins a marker


def _jpeg(data: bytes) -> Header:
    at = 2
    for _ in range(_MOST_MARKERS):
        marker = _big(data, at + 1, 1)
        if _big(data, at, 1) != _MARK or marker in _END_MARKERS:
            break
        if marker == _MARK:
            at += 1
        elif marker in _FRAME_MARKERS:
            if marker not in _READ_FRAMES:
                raise ImageRefused("unsupported_image")
            return Header(Form.JPEG, _big(data, at + 7, 2), _big(data, at + 5, 2))
        else:
            at += 2 if marker in _BARE_MARKERS else 2 + _big(data, at + 2, 2)
    raise ImageRefused("image_unreadable")


def _bound_scans(data: bytes, pixels: int) -> None:
    """Refuse a JPEG of more scans than a camera writes, or of too many for its size."""
    most = min(MOST_SCANS, MOST_SCANNED_PIXELS // pixels)
    # Counting these two bytes is quick and never too low; segments and what follows the end hold some too.
    if data.count(_START_OF_SCAN) <= most:
        return
    if data.count(_MARK) > _MOST_MARKS:
        raise ImageRefused("image_unreadable")
    if _scans(data) > most:
        raise ImageRefused("image_too_large")


def _scans(data: bytes) -> int:
    """How many scans there are, counted as a decoder meets them: segments are skipped by their length."""
    scans, at = 0, 2
    while 0 <= (at := data.find(_MARK, at)) < len(data) - 1:
        marker = data[at + 1]
        if marker == _END_OF_IMAGE:
            break
        scans += marker == _SCAN
        if marker in _NO_MARKERS:
            at += 1
        else:
            at += 2 if marker in _BARE_MARKERS else 2 + int.from_bytes(data[at + 2 : at + 4], "big")
    return scans


_PNG_WITH_ALPHA = frozenset({4, 6})  # colour types grey + alpha and colour + alpha
_PNG_CHANNELS = {2: 3, 4: 2, 6: 4}  # of the colour types with more than one
_PNG_CHUNKS_LOOKED_AT = 64  # the transparency chunk stands before the first data chunk
_PNG_CHUNKS_KEPT = frozenset({b"IHDR", b"PLTE", b"tRNS", b"IDAT", b"IEND"})
_MOST_PNG_CHUNKS = 16_384  # of 12 MB in the usual pieces of 8 KB there are 1500
MOST_UNPACKED_BYTES = 80_000_000  # about 0.9 s; interlaced ones take twice as long


def _png(data: bytes) -> Header:
    if data[12:16] != b"IHDR":
        raise ImageRefused("image_unreadable")
    width, height, colour = _big(data, 16, 4), _big(data, 20, 4), _big(data, 25, 1)
    bits, interlaced = _big(data, 24, 1) * _PNG_CHANNELS.get(colour, 1), _big(data, 28, 1)
    if width * height * bits * (2 if interlaced else 1) > 8 * MOST_UNPACKED_BYTES:
        raise ImageRefused("image_too_large")
    return Header(Form.PNG, width, height, colour in _PNG_WITH_ALPHA or _has_transparency_chunk(data))


def _has_transparency_chunk(data: bytes) -> bool:
    at = 33
    for _ in range(_PNG_CHUNKS_LOOKED_AT):
        name = data[at + 4 : at + 8]
        if name in {b"tRNS", b"IDAT", b""}:
            return name == b"tRNS"
        at += 12 + _big(data, at, 4)
    return False


def _png_pixels(data: bytes) -> bytes:
    """The same PNG without remarks, profiles and further frames, which unpack to gigabytes in a decoder."""
    kept, at = [data[:8]], 8
    for _ in range(_MOST_PNG_CHUNKS):
        name, end = data[at + 4 : at + 8], at + 12 + int.from_bytes(data[at : at + 4], "big")
        if name in _PNG_CHUNKS_KEPT:
            kept.append(data[at:end])
        if name == b"IEND" or end >= len(data):
            return b"".join(kept)
        at = end
    raise ImageRefused("image_unreadable")


_WEBP_ANIMATION, _WEBP_ALPHA = 0x02, 0x10


def _webp(data: bytes) -> Header:
    match data[12:16]:
        case b"VP8X":
            flags = _little(data, 20, 1)
            if flags & _WEBP_ANIMATION:  # a whole canvas for each of two frames before the first is shown
                raise ImageRefused("unsupported_image")
            alpha = bool(flags & _WEBP_ALPHA)
            return Header(Form.WEBP, _little(data, 24, 3) + 1, _little(data, 27, 3) + 1, alpha)
        case b"VP8L":
            bits = _little(data, 21, 4)
            return Header(Form.WEBP, (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1, bool(bits >> 28 & 1))
        case b"VP8 ":
            return Header(Form.WEBP, _little(data, 26, 2) & 0x3FFF, _little(data, 28, 2) & 0x3FFF)
    raise ImageRefused("image_unreadable")
