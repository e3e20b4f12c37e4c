"""Pictures of a card, spoilt in every way: bits, cuts, lies in the header, chunks out of order."""

from __future__ import annotations

import io
import random
import struct
import zlib
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

import cv2
import numpy as np
import segno

from tests.support.cards import ANNA
from tests.support.raw_pictures import PNG_SIGNATURE, chunk

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from random import Random

LYING_SIZES = (0, 1, 2, 255, 256, 0x7FFF, 0x8000, 0xFFFF, 30_000, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF)


@dataclass(frozen=True, slots=True)
class Mutant:
    """One spoilt picture, and how it came about: enough to make it again."""

    number: int
    seed: str
    kind: str
    data: bytes

    def __str__(self) -> str:
        return f"mutant {self.number}: {self.seed}, {self.kind}, {len(self.data)} bytes"


@cache
def seeds() -> dict[str, bytes]:
    """Anna's card as every sort of picture that is read, small enough to be spoilt thousands of times."""
    drawn = io.BytesIO()
    segno.make(f"https://esc.gg/{ANNA}", micro=False, error="m").save(drawn, kind="png", scale=4, border=4)
    grey = cv2.imdecode(np.frombuffer(drawn.getvalue(), np.uint8), cv2.IMREAD_GRAYSCALE)
    assert grey is not None
    colour = cv2.cvtColor(grey, cv2.COLOR_GRAY2BGR)
    clear = cv2.cvtColor(grey, cv2.COLOR_GRAY2BGRA)
    forms = {
        "jpeg": (".jpg", colour, [cv2.IMWRITE_JPEG_QUALITY, 80]),
        "progressive jpeg": (".jpg", colour, [cv2.IMWRITE_JPEG_PROGRESSIVE, 1]),
        "jpeg with restarts": (".jpg", grey, [cv2.IMWRITE_JPEG_RST_INTERVAL, 4]),
        "png": (".png", grey, []),
        "png with alpha": (".png", clear, []),
        "webp": (".webp", colour, [cv2.IMWRITE_WEBP_QUALITY, 80]),
        "lossless webp": (".webp", clear, [cv2.IMWRITE_WEBP_QUALITY, 101]),
    }
    made = {name: cv2.imencode(*form)[1].tobytes() for name, form in forms.items()}
    return made | {"png of one bit": drawn.getvalue()}


def mutants(seed: int, count: int) -> Iterator[Mutant]:
    """This number of pictures; formats and mutations rotate; the same seed gives the same pictures."""
    pictures, ways = list(seeds().items()), list(WAYS.items())
    for number in range(count):
        name, data = pictures[number % len(pictures)]
        kind, spoil = ways[number // len(pictures) % len(ways)]
        yield Mutant(number, name, kind, spoil(data, random.Random(f"{seed} {number}")))  # noqa: S311 - from a seed


def flip(data: bytes, luck: Random) -> bytes:
    """Some bits anywhere, from one to a hundred."""
    spoilt = bytearray(data)
    for _ in range(luck.choice((1, 1, 2, 5, 20, 100))):
        spoilt[luck.randrange(len(spoilt))] ^= 1 << luck.randrange(8)
    return bytes(spoilt)


def flip_head(data: bytes, luck: Random) -> bytes:
    """Some bytes among the first hundred, where sizes and tables stand."""
    spoilt = bytearray(data)
    for _ in range(luck.randint(1, 4)):
        spoilt[luck.randrange(min(100, len(spoilt)))] = luck.choice(
            (0, 1, 0x7F, 0x80, 0xFF, luck.randrange(256))
        )
    return bytes(spoilt)


def cut(data: bytes, luck: Random) -> bytes:
    """Only its beginning."""
    return data[: luck.randrange(len(data))]


def hole(data: bytes, luck: Random) -> bytes:
    """A piece is missing, or nothing but zeros or noise."""
    begin = luck.randrange(len(data))
    end = min(len(data), begin + luck.choice((1, 7, 64, 500)))
    filling = luck.choice((b"", bytes(end - begin), luck.randbytes(end - begin)))
    return data[:begin] + filling + data[end:]


def twice(data: bytes, luck: Random) -> bytes:
    """A piece of it again somewhere else."""
    begin, at = luck.randrange(len(data)), luck.randrange(len(data))
    piece = data[begin : begin + luck.choice((4, 100, 2000))]
    return data[:at] + piece * luck.choice((1, 2, 50)) + data[at:]


def spliced(data: bytes, luck: Random) -> bytes:
    """The beginning of this picture and the end of another sort."""
    other = luck.choice(list(seeds().values()))
    return data[: luck.randrange(len(data))] + other[luck.randrange(len(other)) :]


def lie(data: bytes, luck: Random) -> bytes:
    """Another size than it has, with a checksum that is right."""
    wide, high = (luck.choice((*LYING_SIZES, luck.randrange(1 << 32))) for _ in range(2))
    if data.startswith(PNG_SIGNATURE):
        rest = luck.choice((data[24:29], bytes(luck.randrange(256) for _ in range(5))))
        return PNG_SIGNATURE + chunk(b"IHDR", struct.pack("!II", wide, high) + rest) + data[33:]
    spoilt = bytearray(data)
    if data.startswith(b"RIFF"):
        struct.pack_into("<I", spoilt, luck.choice((4, 16, 21, 24, 26)), wide)
        return bytes(spoilt)
    frame = next(data.find(bytes([0xFF, kind])) for kind in (0xC0, 0xC2) if bytes([0xFF, kind]) in data)
    struct.pack_into("!HH", spoilt, frame + 5, high & 0xFFFF, wide & 0xFFFF)
    return bytes(spoilt)


def shuffled(data: bytes, luck: Random) -> bytes:
    """Its chunks in another order, some twice, some gone, some with a wrong length."""
    head, pieces = _pieces(data)
    pieces = [piece for piece in pieces for _ in range(luck.choice((0, 1, 1, 1, 2)))]
    luck.shuffle(pieces)
    if pieces and luck.random() < 0.5:
        place = luck.randrange(len(pieces))
        pieces[place] = struct.pack("!I", luck.choice(LYING_SIZES)) + pieces[place][4:]
    return head + b"".join(pieces)


def swollen(data: bytes, luck: Random) -> bytes:
    """Many chunks that say nothing, or one whose packed content unpacks to megabytes."""
    if not data.startswith(PNG_SIGNATURE):
        filling = b"\xff\xfe\x00\x10" + luck.randbytes(14)
        return data[:2] + filling * luck.choice((100, 5_000)) + data[2:]
    extra = luck.choice(
        (
            chunk(b"tEXt", b"x" * 100) * 3_000,
            chunk(b"zTXt", b"a\0\0" + zlib.compress(bytes(20_000_000))),
            chunk(b"iCCP", b"a\0\0" + zlib.compress(bytes(20_000_000))),
            chunk(b"PLTE", luck.randbytes(luck.choice((3, 765, 768, 771)))),
        )
    )
    return data[:33] + extra + data[33:]


def _pieces(data: bytes) -> tuple[bytes, list[bytes]]:
    """The head and the chunks of a picture, cut where its own lengths say."""
    if data.startswith(PNG_SIGNATURE):
        return data[:8], list(_cut_at(data, 8, lambda at: 12 + int.from_bytes(data[at : at + 4], "big")))
    if data.startswith(b"RIFF"):
        sized = lambda at: 8 + int.from_bytes(data[at + 4 : at + 8], "little") + 1  # noqa: E731
        return data[:12], list(_cut_at(data, 12, sized))
    return data[:2], list(_cut_at(data, 2, lambda at: 2 + int.from_bytes(data[at + 2 : at + 4], "big")))


def _cut_at(data: bytes, begin: int, size: Callable[[int], int]) -> Iterator[bytes]:
    while begin < len(data):
        end = begin + size(begin)
        yield data[begin:end]
        begin = end


WAYS: dict[str, Callable[[bytes, Random], bytes]] = {
    "bits": flip,
    "head": flip_head,
    "cut": cut,
    "hole": hole,
    "twice": twice,
    "spliced": spliced,
    "lie": lie,
    "shuffled": shuffled,
    "swollen": swollen,
}
