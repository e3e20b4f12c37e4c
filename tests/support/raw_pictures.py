"""Pictures made byte by byte, valid and false ones, without a decoder."""

from __future__ import annotations

import struct
import zlib

PNG_SIGNATURE = b"\x89PNG\r\n\x1a\n"
GREY, COLOUR_AND_ALPHA = 0, 6


def chunk(name: bytes, body: bytes) -> bytes:
    """One chunk of a PNG with its checksum."""
    return struct.pack("!I", len(body)) + name + body + struct.pack("!I", zlib.crc32(name + body))


def png_start(width: int, height: int, colour: int = GREY, bits: int = 8, interlaced: int = 0) -> bytes:
    """The signature and header of a PNG that claims this size."""
    head = struct.pack("!IIBBBBB", width, height, bits, colour, 0, 0, interlaced)
    return PNG_SIGNATURE + chunk(b"IHDR", head)


def png(width: int, height: int, *, rows: int | None = None) -> bytes:
    """A white grey PNG; `rows` where fewer follow than the header claims."""
    lines = (b"\0" + b"\xff" * width) * (height if rows is None else rows)
    return png_start(width, height) + chunk(b"IDAT", zlib.compress(lines)) + chunk(b"IEND", b"")


def finders(side: int = 2000) -> bytes:
    """Nothing but the corner patterns of QR codes, one pixel a module: decoders try every three of them."""
    pattern = ("111111111", "100000001", "101111101", "101000101", "101000101", "101000101", "101111101")
    lines = [
        b"\0" + (bytes(255 * int(module) for module in line) * side)[:side]
        for line in (*pattern, "100000001", "111111111")
    ]
    body = zlib.compress(b"".join(lines * (side // 9 + 1))[: (side + 1) * side])
    return png_start(side, side) + chunk(b"IDAT", body) + chunk(b"IEND", b"")


def bomb(side: int = 30_000) -> bytes:
    """A whole PNG of one bit a pixel: about 110 KB that unpack to `side` × `side` pixels."""
    packer = zlib.compressobj(9)
    line = bytes(1 + (side + 7) // 8)
    body = b"".join(packer.compress(line) for _ in range(side)) + packer.flush()
    return png_start(side, side, bits=1) + chunk(b"IDAT", body) + chunk(b"IEND", b"")


def jpeg_start(width: int, height: int, *, before: bytes = b"", marker: int = 0xC0) -> bytes:
    """The beginning of a JPEG up to its frame header, with `before` in front of that."""
    frame = struct.pack("!BBHBHHB", 0xFF, marker, 11, 8, height, width, 1) + b"\x01\x11\x00"
    return b"\xff\xd8" + before + frame


SCAN = b"\xff\xda\x00\x08\x01\x01\x00\x01\x3f\x00\x55\xaa"
"""One pass over the whole of a JPEG, in 12 bytes."""
END_OF_JPEG = b"\xff\xd9"


def jpeg_of_scans(width: int, height: int, scans: int, *, between: bytes = b"") -> bytes:
    """A progressive JPEG with this number of scans; `between` follows the first scan."""
    first, rest = SCAN * min(1, scans), SCAN * max(0, scans - 1)
    return jpeg_start(width, height, marker=0xC2) + first + between + rest + END_OF_JPEG


def webp_start(kind: bytes, body: bytes) -> bytes:
    """The beginning of a WebP with one chunk of this kind."""
    return b"RIFF" + struct.pack("<I", len(body) + 12) + b"WEBP" + kind + struct.pack("<I", len(body)) + body


DOT = png(1, 1)
HEIC = b"\x00\x00\x00\x18ftypheic\x00\x00\x00\x00mif1heic"
GIF = b"GIF89a\x01\x00\x01\x00\x80\x00\x00"
PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\n"


def marked(mark: str) -> bytes:
    """A whole picture of one white pixel, with a word after its end that only `odd_child` reads."""
    return DOT + mark.encode()
