"""Format and size of a picture, read from its first bytes without decoding it.

A picture of 100 KB may claim 30 000 × 30 000 pixels, or a thousand scans of fewer pixels. Such a picture is
refused here, before it costs anything.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from scanner.errors import ImageRefused

MAX_BYTES = 12 * 1024 * 1024  # pages scale larger photos down before they upload them
MAX_PIXELS_JPEG = 110_000_000  # phones have up to 108; decoded at 1/2 to 1/8 of the size
MAX_PIXELS_OTHER = 25_000_000  # decoded at full size: 25 MB in grey, 100 MB with transparency


class ImageFormat(StrEnum):
    """The supported picture formats."""

    JPEG = "jpeg"
    PNG = "png"
    WEBP = "webp"


@dataclass(frozen=True, slots=True)
class Header:
    """Format and claimed size. `alpha`: pixels may be transparent."""

    format: ImageFormat
    width: int
    height: int
    alpha: bool = False

    @property
    def pixels(self) -> int:
        """The claimed number of pixels."""
        return self.width * self.height


def read_header(data: bytes) -> Header:
    """Format and size of a picture that may be decoded; raises ImageRefused for any other."""
    if not data:
        raise ImageRefused("image_unreadable")
    if len(data) > MAX_BYTES:
        raise ImageRefused("image_too_large")
    header = _parse(data)
    if header.width < 1 or header.height < 1:
        raise ImageRefused("image_unreadable")
    if header.pixels > (MAX_PIXELS_JPEG if header.format is ImageFormat.JPEG else MAX_PIXELS_OTHER):
        raise ImageRefused("image_too_large")
    return header


def limit_decoding_cost(data: bytes, header: Header) -> bytes:
    """The picture without parts that cost a decoder more than its pixels do; raises ImageRefused.

    Runs in the worker process, because it scans the whole picture.
    """
    if header.format is ImageFormat.JPEG:
        _check_scans(data, header.pixels)
    return _essential_chunks(data) if header.format is ImageFormat.PNG else data


def _parse(data: bytes) -> Header:
    try:
        if data.startswith(b"\xff\xd8\xff"):
            return _jpeg(data)
        if data.startswith(b"\x89PNG\r\n\x1a\n"):
            return _png(data)
        if data.startswith(b"RIFF") and data[8:12] == b"WEBP":
            return _webp(data)
    except IndexError:  # the header is cut off
        raise ImageRefused("image_unreadable") from None
    # HEIC, AVIF, GIF, BMP, TIFF, PDF and others. Phones convert HEIC to JPEG when a page requests a picture.
    raise ImageRefused("unsupported_image")


def _uint_be(data: bytes, at: int, size: int) -> int:
    if at + size > len(data):
        raise IndexError
    return int.from_bytes(data[at : at + size], "big")


def _uint_le(data: bytes, at: int, size: int) -> int:
    if at + size > len(data):
        raise IndexError
    return int.from_bytes(data[at : at + size], "little")


_MARKER_BYTE = 0xFF  # starts every marker; may be repeated as filling
_MAX_MARKERS = 4096  # real pictures have some hundred; 12 MB of fill bytes would take seconds
_FRAME_MARKERS = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}  # SOF0 to SOF15 (ITU-T T.81, table B.1)
_SUPPORTED_FRAMES = frozenset({0xC0, 0xC1, 0xC2})  # baseline, extended, progressive: cameras write no others
_MARKERS_WITHOUT_LENGTH = frozenset({0x01, *range(0xD0, 0xD9)})  # TEM, RST0 to RST7, SOI: no length follows
_END_OF_IMAGE, _SCAN = 0xD9, 0xDA
_END_MARKERS = frozenset({_END_OF_IMAGE, _SCAN})  # the frame header must come before
# Each scan costs a pass over the whole picture, even if it has few bytes. Encoders write 1 to about 10.
MAX_SCANS = 100
MAX_SCANNED_PIXELS = 500_000_000  # about 0.5 s; phones write one scan, so their largest photos are accepted
_SCAN_BYTES = b"\xff\xda"
_NOT_MARKERS = frozenset({0x00, _MARKER_BYTE, *range(0xD0, 0xD8)})  # stuffing, filling, restarts
_MAX_MARKER_BYTES = 100_000  # about one byte in 256 of picture data equals the marker byte


def _jpeg(data: bytes) -> Header:
    at = 2
    for _ in range(_MAX_MARKERS):
        marker = _uint_be(data, at + 1, 1)
        if _uint_be(data, at, 1) != _MARKER_BYTE or marker in _END_MARKERS:
            break
        if marker == _MARKER_BYTE:
            at += 1
        elif marker in _FRAME_MARKERS:
            if marker not in _SUPPORTED_FRAMES:
                raise ImageRefused("unsupported_image")
            return Header(ImageFormat.JPEG, _uint_be(data, at + 7, 2), _uint_be(data, at + 5, 2))
        else:
            at += 2 if marker in _MARKERS_WITHOUT_LENGTH else 2 + _uint_be(data, at + 2, 2)
    raise ImageRefused("image_unreadable")


def _check_scans(data: bytes, pixels: int) -> None:
    """Refuse a JPEG with more scans than a camera writes, or with too many for its size."""
    limit = min(MAX_SCANS, MAX_SCANNED_PIXELS // pixels)
    # Counting these two bytes is fast and never too low: segments may contain them, too.
    if data.count(_SCAN_BYTES) <= limit:
        return
    if data.count(_MARKER_BYTE) > _MAX_MARKER_BYTES:
        raise ImageRefused("image_unreadable")
    if _count_scans(data) > limit:
        raise ImageRefused("image_too_large")


def _count_scans(data: bytes) -> int:
    """The number of scans, counted as a decoder does: segments are skipped by their length."""
    scans, at = 0, 2
    while 0 <= (at := data.find(_MARKER_BYTE, at)) < len(data) - 1:
        marker = data[at + 1]
        if marker == _END_OF_IMAGE:
            break
        scans += marker == _SCAN
        if marker in _NOT_MARKERS:
            at += 1
        else:
            at += 2 if marker in _MARKERS_WITHOUT_LENGTH else 2 + int.from_bytes(data[at + 2 : at + 4], "big")
    return scans


_PNG_WITH_ALPHA = frozenset({4, 6})  # colour types grey + alpha and colour + alpha
_PNG_CHANNELS = {2: 3, 4: 2, 6: 4}  # of the colour types with more than one
_MAX_CHUNKS_BEFORE_DATA = 64  # the transparency chunk comes before the first data chunk
_ESSENTIAL_CHUNKS = frozenset({b"IHDR", b"PLTE", b"tRNS", b"IDAT", b"IEND"})
_MAX_CHUNKS = 16_384  # 12 MB in the usual pieces of 8 KB make 1500
MAX_UNPACKED_BYTES = 80_000_000  # about 0.9 s; interlaced pictures take twice as long


def _png(data: bytes) -> Header:
    if data[12:16] != b"IHDR":
        raise ImageRefused("image_unreadable")
    width, height, colour = _uint_be(data, 16, 4), _uint_be(data, 20, 4), _uint_be(data, 25, 1)
    bits, interlaced = _uint_be(data, 24, 1) * _PNG_CHANNELS.get(colour, 1), _uint_be(data, 28, 1)
    if width * height * bits * (2 if interlaced else 1) > 8 * MAX_UNPACKED_BYTES:
        raise ImageRefused("image_too_large")
    return Header(ImageFormat.PNG, width, height, colour in _PNG_WITH_ALPHA or _has_transparency_chunk(data))


def _has_transparency_chunk(data: bytes) -> bool:
    at = 33
    for _ in range(_MAX_CHUNKS_BEFORE_DATA):
        name = data[at + 4 : at + 8]
        if name in {b"tRNS", b"IDAT", b""}:
            return name == b"tRNS"
        at += 12 + _uint_be(data, at, 4)
    return False


def _essential_chunks(data: bytes) -> bytes:
    """The same PNG without comments, profiles and further frames, which can unpack to gigabytes."""
    kept, at = [data[:8]], 8
    for _ in range(_MAX_CHUNKS):
        name, end = data[at + 4 : at + 8], at + 12 + int.from_bytes(data[at : at + 4], "big")
        if name in _ESSENTIAL_CHUNKS:
            kept.append(data[at:end])
        if name == b"IEND" or end >= len(data):
            return b"".join(kept)
        at = end
    raise ImageRefused("image_unreadable")


_WEBP_ANIMATION, _WEBP_ALPHA = 0x02, 0x10


def _webp(data: bytes) -> Header:
    match data[12:16]:
        case b"VP8X":
            flags = _uint_le(data, 20, 1)
            if flags & _WEBP_ANIMATION:  # a decoder allocates two canvases before the first frame
                raise ImageRefused("unsupported_image")
            alpha = bool(flags & _WEBP_ALPHA)
            return Header(ImageFormat.WEBP, _uint_le(data, 24, 3) + 1, _uint_le(data, 27, 3) + 1, alpha)
        case b"VP8L":
            bits = _uint_le(data, 21, 4)
            return Header(
                ImageFormat.WEBP, (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1, bool(bits >> 28 & 1)
            )
        case b"VP8 ":
            return Header(ImageFormat.WEBP, _uint_le(data, 26, 2) & 0x3FFF, _uint_le(data, 28, 2) & 0x3FFF)
    raise ImageRefused("image_unreadable")
