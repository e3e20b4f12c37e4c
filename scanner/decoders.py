"""The engines, each behind one function: grey pixels in, symbols out. Only the decode child imports this.

Both check a symbol by its own error correction before they give a text.
"""

from __future__ import annotations

import ctypes
from dataclasses import dataclass
from typing import TYPE_CHECKING

import zxingcpp

try:
    from pyzbar import pyzbar
except ImportError:  # the system's libzbar is missing
    pyzbar = None


if TYPE_CHECKING:
    from collections.abc import Sequence

    from scanner.image import Grey

HAS_ZBAR = pyzbar is not None
# zbar converts character sets by the C library, which loads each as a file when it is first needed and may
# unload it afterwards. Opened here and never closed, they are at hand when no file can be opened any more.
_CHARACTER_SETS = ("SJIS", "BIG5", *(f"ISO8859-{part}" for part in range(1, 17)))

SURE_LENGTH = 24
SURE_CORRECTION = 0.5  # the share of the correction that was not needed
QR_ONLY = zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.QRCode)
# Wallet passes use the first two; DataMatrix costs more than all others together and is for crops.
WALLET = (zxingcpp.BarcodeFormat.Aztec, zxingcpp.BarcodeFormat.PDF417)
MATRIX = zxingcpp.BarcodeFormats([*WALLET, zxingcpp.BarcodeFormat.DataMatrix])
WALLET_AND_LIBRARY = zxingcpp.BarcodeFormats(
    [*WALLET, zxingcpp.BarcodeFormat.Code39, zxingcpp.BarcodeFormat.Code128]
)
LINEAR = ("]A", "]C")  # how the symbology identifiers of Code 39 and Code 128 begin
SHORTEST_LINEAR = 6  # characters; Code 39 has no check digit, and stripes of other things look like less

Corners = tuple[tuple[float, float], ...]


@dataclass(frozen=True, slots=True)
class Symbol:
    """One symbol: its text, None where it was found but not read, its corners, whether it may be a chance."""

    text: str | None
    corners: Corners
    doubtful: bool = False

    @property
    def area(self) -> float:
        """Twice the area in pixels, by the shoelace formula."""
        following = self.corners[1:] + self.corners[:1]
        return abs(sum(ax * by - bx * ay for (ax, ay), (bx, by) in zip(self.corners, following, strict=True)))


def keep_character_sets() -> None:
    """Load what zbar converts texts by, for as long as this process lives; other C libraries need none."""
    opening = getattr(ctypes.CDLL(None), "iconv_open", None)
    if opening is not None:
        opening.restype = ctypes.c_void_p
        for name in _CHARACTER_SETS:
            opening(b"UTF-8", name.encode())


def zxing(
    grey: Grey,
    binarizer: zxingcpp.Binarizer = zxingcpp.Binarizer.LocalAverage,
    *,
    formats: zxingcpp.BarcodeFormats = QR_ONLY,
    found: bool = False,
) -> list[Symbol]:
    """What zxing-cpp reads, light on dark too; with `found` also the symbols that it could not read.

    Of a linear code the symbology identifier stands for its text: it is named, and never taken for a number.
    """
    results = zxingcpp.read_barcodes(
        grey,
        formats=formats,
        binarizer=binarizer,
        text_mode=zxingcpp.TextMode.Plain,
        return_errors=found,
    )
    return [_of_zxing(result) for result in results]


def _of_zxing(result: zxingcpp.Barcode) -> Symbol:
    at = result.position
    corners = tuple(
        (float(p.x), float(p.y)) for p in (at.top_left, at.top_right, at.bottom_right, at.bottom_left)
    )
    if not result.valid:
        return Symbol(None, corners)
    if result.symbology_identifier.startswith(LINEAR):
        is_long = len(result.text) >= SHORTEST_LINEAR
        return Symbol(result.symbology_identifier if is_long else None, corners)
    # Unused error correction, 0 to 1: zxing-cpp's own word for how sure it is.
    unused = result.extra.get("UEC", 0.0) if isinstance(result.extra, dict) else 0.0
    # A stacked code with few check words comes out long and wrong where its rows are hardly resolved.
    is_stacked = result.format == zxingcpp.BarcodeFormat.PDF417
    return Symbol(result.text, corners, is_stacked or _is_doubtful(result.text, unused))


def zbar(grey: Grey) -> list[Symbol]:
    """What zbar reads, dark on light only; nothing where its library is missing."""
    if pyzbar is None:
        return []
    rows, columns = grey.shape
    results = pyzbar.decode((grey.tobytes(), columns, rows), symbols=[pyzbar.ZBarSymbol.QRCODE])
    return [_of_zbar(result) for result in results]


def _of_zbar(result: pyzbar.Decoded) -> Symbol:
    text = _text(result.data)
    corners = tuple((float(p.x), float(p.y)) for p in result.polygon)
    return Symbol(text, corners, text is not None and _is_doubtful(text))


def _text(data: bytes) -> str | None:
    """What zbar says, where it is ASCII, as every ESC code is: of other bytes it guesses, wrongly."""
    return data.decode("ascii") if data.isascii() else None


def _is_doubtful(text: str, unused_correction: float = 0.0) -> bool:
    """Whether so few bytes were corrected so much that chance may have made them.

    The smallest symbols have some 10 bytes of correction: spoilt pieces of larger ones come out "right" once
    in some thousand tries. A text as long as an ESC number has too much correction for that.
    """
    return len(text) < SURE_LENGTH and unused_correction < SURE_CORRECTION


def readable(symbols: Sequence[Symbol]) -> list[Symbol]:
    """Those with a text, the largest first: the card held up is nearer than the poster behind it."""
    return sorted((symbol for symbol in symbols if symbol.text is not None), key=lambda symbol: -symbol.area)
