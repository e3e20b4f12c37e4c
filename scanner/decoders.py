"""The two decoders: grey pixels in, symbols out. Only the worker process imports this.

Both check the error correction of a symbol before they return its text.
"""

from __future__ import annotations

import ctypes
from dataclasses import dataclass
from typing import TYPE_CHECKING

import zxingcpp

try:
    from pyzbar import pyzbar
except ImportError:  # libzbar is not installed
    pyzbar = None


if TYPE_CHECKING:
    from collections.abc import Sequence

    from scanner.image import Grey

HAS_ZBAR = pyzbar is not None
# zbar converts texts with the C library, which loads each character set from a file at its first use and may
# unload it later. Sets that stay open are usable after the sandbox has closed the file system.
_CHARACTER_SETS = ("SJIS", "BIG5", *(f"ISO8859-{part}" for part in range(1, 17)))

MIN_TRUSTED_LENGTH = 24
MIN_UNUSED_CORRECTION = 0.5  # share of the error correction that was not needed
QR_ONLY = zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.QRCode)
# Wallet passes use the first two. DataMatrix costs more than all others together: only crops are searched.
WALLET = (zxingcpp.BarcodeFormat.Aztec, zxingcpp.BarcodeFormat.PDF417)
MATRIX = zxingcpp.BarcodeFormats([*WALLET, zxingcpp.BarcodeFormat.DataMatrix])
WALLET_AND_LIBRARY = zxingcpp.BarcodeFormats(
    [*WALLET, zxingcpp.BarcodeFormat.Code39, zxingcpp.BarcodeFormat.Code128]
)
LINEAR_SYMBOLOGIES = ("]A", "]C")  # Code 39 and Code 128
MIN_LINEAR_LENGTH = 6  # characters; Code 39 has no check digit, and other stripes look like shorter codes

Corners = tuple[tuple[float, float], ...]


@dataclass(frozen=True, slots=True)
class Symbol:
    """A symbol. `text` is None if it was found but not read; `is_uncertain`: it may be a false reading."""

    text: str | None
    corners: Corners
    is_uncertain: bool = False

    @property
    def area(self) -> float:
        """Twice the area in pixels, by the shoelace formula."""
        following = self.corners[1:] + self.corners[:1]
        return abs(sum(ax * by - bx * ay for (ax, ay), (bx, by) in zip(self.corners, following, strict=True)))


def preload_character_sets() -> None:
    """Load the character sets that zbar uses for the lifetime of this process; only glibc needs this."""
    iconv_open = getattr(ctypes.CDLL(None), "iconv_open", None)
    if iconv_open is not None:
        iconv_open.restype = ctypes.c_void_p
        for name in _CHARACTER_SETS:
            iconv_open(b"UTF-8", name.encode())


def decode_zxing(
    grey: Grey,
    binarizer: zxingcpp.Binarizer = zxingcpp.Binarizer.LocalAverage,
    *,
    formats: zxingcpp.BarcodeFormats = QR_ONLY,
    include_unread: bool = False,
) -> list[Symbol]:
    """The symbols that zxing-cpp reads, inverted ones, too; with `include_unread` also those it finds only.

    The text of a linear code is replaced by its symbology identifier, so that it is never taken for a number.
    """
    results = zxingcpp.read_barcodes(
        grey,
        formats=formats,
        binarizer=binarizer,
        text_mode=zxingcpp.TextMode.Plain,
        return_errors=include_unread,
    )
    return [_of_zxing(result) for result in results]


def _of_zxing(result: zxingcpp.Barcode) -> Symbol:
    at = result.position
    corners = tuple(
        (float(p.x), float(p.y)) for p in (at.top_left, at.top_right, at.bottom_right, at.bottom_left)
    )
    if not result.valid:
        return Symbol(None, corners)
    if result.symbology_identifier.startswith(LINEAR_SYMBOLOGIES):
        is_long = len(result.text) >= MIN_LINEAR_LENGTH
        return Symbol(result.symbology_identifier if is_long else None, corners)
    # Unused error correction, 0 to 1: how sure zxing-cpp is.
    unused = result.extra.get("UEC", 0.0) if isinstance(result.extra, dict) else 0.0
    # A stacked code with few check words gives a long wrong text if its rows are hardly resolved.
    is_stacked = result.format == zxingcpp.BarcodeFormat.PDF417
    return Symbol(result.text, corners, is_stacked or _is_uncertain(result.text, unused))


def decode_zbar(grey: Grey) -> list[Symbol]:
    """The symbols that zbar reads, dark on light only; none if libzbar is missing."""
    if pyzbar is None:
        return []
    rows, columns = grey.shape
    results = pyzbar.decode((grey.tobytes(), columns, rows), symbols=[pyzbar.ZBarSymbol.QRCODE])
    return [_of_zbar(result) for result in results]


def _of_zbar(result: pyzbar.Decoded) -> Symbol:
    text = _ascii_text(result.data)
    corners = tuple((float(p.x), float(p.y)) for p in result.polygon)
    return Symbol(text, corners, text is not None and _is_uncertain(text))


def _ascii_text(data: bytes) -> str | None:
    """The text if it is ASCII, as every ESC code is. zbar guesses other encodings, often wrongly."""
    return data.decode("ascii") if data.isascii() else None


def _is_uncertain(text: str, unused_correction: float = 0.0) -> bool:
    """Whether the text is so short, and was corrected so much, that it may be a false reading.

    The smallest symbols have about 10 bytes of correction: a damaged part of a larger symbol passes as one
    once in some thousand attempts. A text as long as an ESC number has too much correction for that.
    """
    return len(text) < MIN_TRUSTED_LENGTH and unused_correction < MIN_UNUSED_CORRECTION


def readable(symbols: Sequence[Symbol]) -> list[Symbol]:
    """The symbols with a text, largest first: the presented card is nearer than a poster behind it."""
    return sorted((symbol for symbol in symbols if symbol.text is not None), key=lambda symbol: -symbol.area)
