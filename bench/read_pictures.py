"""How many pictures are read, how fast, and how many wrongly: our scanner beside plain zxing-cpp.

`python -m bench.read_pictures [FOLDER…]`: the drawn set, and pictures with their texts beside them.
"""

from __future__ import annotations

import sys
import time
from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from bench.support import milliseconds
from scanner import ImageRefused, read_image
from scanner.decoders import decode_zxing
from scanner.image import open_picture
from tests.support.drawing import drawn_set

if TYPE_CHECKING:
    from collections.abc import Iterator

SEED = 20261123
EACH = 20
Sample = tuple[str, str, bytes]  # kind, text, picture


@dataclass
class Tally:
    """The results of one reader for one kind of picture."""

    pictures: int = 0
    read: int = 0
    wrong: int = 0
    seconds: list[float] = field(default_factory=list)
    seconds_read: list[float] = field(default_factory=list)

    def count(self, text: str, texts: list[str], took: float) -> None:
        """Add one picture."""
        is_read = text in texts
        self.pictures += 1
        self.read += is_read
        self.wrong += bool(texts) and not is_read
        self.seconds.append(took)
        if is_read:
            self.seconds_read.append(took)


def drawn() -> Iterator[Sample]:
    """The drawn set: 1280×720 pixels, one fault each, from a seed."""
    for sample in drawn_set(SEED, EACH):
        yield sample.kind, sample.text, sample.jpeg


def below(folder: Path) -> Iterator[Sample]:
    """The pictures of a folder that have a text file of the same name beside them."""
    for path in sorted(folder.rglob("*")):
        text = path.with_suffix(".txt")
        if path.suffix in {".png", ".jpg", ".jpeg", ".webp"} and text.exists():
            yield path.parent.name, text.read_bytes().decode("utf-8", "replace").strip(), path.read_bytes()


def ours(data: bytes) -> list[str]:
    """What the scanner reads, through its worker process."""
    try:
        return [text.strip() for text in read_image(data)]
    except ImageRefused:
        return []


def plain(data: bytes) -> list[str]:
    """What zxing-cpp reads in this process, including loading."""
    try:
        return [symbol.text.strip() for symbol in decode_zxing(open_picture(data).working) if symbol.text]
    except ImageRefused:
        return []


def measure(name: str, samples: Iterator[Sample]) -> None:
    """Print a row for each kind, and the totals."""
    tallies: dict[str, tuple[Tally, Tally]] = defaultdict(lambda: (Tally(), Tally()))
    whole = Tally(), Tally()
    for kind, text, data in samples:
        for place, reader in enumerate((ours, plain)):
            began = time.perf_counter()
            texts = reader(data)
            took = time.perf_counter() - began
            for tally in (tallies[kind][place], whole[place]):
                tally.count(text, texts, took)
    print(f"\n{name}: {whole[0].pictures} pictures")
    for kind, both in tallies.items():
        shares = [f"{tally.read / tally.pictures:6.1%}" for tally in both]
        print(f"  {kind:20} {shares[0]}   plain {shares[1]}")
    for who, tally in zip(("ours", "plain zxing-cpp"), whole, strict=True):
        print(f"  {who:16} {tally.read / tally.pictures:6.1%}, wrong {tally.wrong}")
        print(f"    all   {milliseconds(tally.seconds)}")
        print(f"    read  {milliseconds(tally.seconds_read)}")


def main() -> None:
    """Print the figures of the drawn set, and of the folder named on the command line."""
    read_image(next(drawn())[2])
    measure("drawn", drawn())
    for folder in sys.argv[1:]:
        measure("photographs", below(Path(folder)))


if __name__ == "__main__":
    main()
