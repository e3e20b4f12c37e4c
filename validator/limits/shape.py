"""What an ESC number tells of how it was made: whether a generator made it, and which numbers lie beside it.

Official generators write milliseconds × 10 000 and a small counter, from an origin that is off by a factor of
10 000, and draw the clock sequence anew for each number (protocol.md §1.1-1.3). Others write true version 1.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import UUID

if TYPE_CHECKING:
    from scanner.escn import Escn

TICKS_PER_S = 10_000_000
OFFICIAL_ORIGIN = 12_219_292_800_000
TRUE_ORIGIN = 122_192_928_000_000_000
TICKS_PER_MS = 10_000
# Samples end in 0, 2, 15 and 24 (protocol.md §1.3); a thousand in one millisecond is more than any makes.
MOST_IN_A_MS = 1_000
# The first cards are of 2015-2017; a clock may be a day ahead.
FIRST_S = 1_356_998_400  # 2013-01-01
AHEAD_S = 86_400
# A script that counts up changes a few low bits: 16 clock sequences, or 0.4 ms of time.
_SEQUENCE_BITS = 4
_TIME_BITS = 12
_SECOND_BITS = 23


@dataclass(frozen=True, slots=True)
class Shape:
    """`blocks` name small ranges of numbers that scripts count through, `batch` the second of its making.

    `pairs` name what is left of the number where its time, its sequence or its node is mistyped.
    Texts hold the number's parts: they are hashed before anybody keeps them.
    """

    plausible: bool
    blocks: tuple[str, ...]
    batch: str
    pairs: tuple[str, ...]


def shape_of(escn: Escn, now: float) -> Shape:
    """The shape of this number at this time (epoch seconds)."""
    number = UUID(escn.value)
    time, sequence, node = number.time, number.clock_seq, number.node
    official = _is_official(time, now)
    blocks = [
        f"time {time} node {node} sequence {sequence >> _SEQUENCE_BITS}",
        f"time {time >> _TIME_BITS} node {node} sequence {sequence}",
        f"time {time} sequence {sequence}",
    ]
    if official:
        # Redrawn for each number: two of one issuer with the same one are chance, a script's are not.
        blocks.append(f"node {node} sequence {sequence}")
    return Shape(
        plausible=not escn.unusual and (official or _in_use(time, TRUE_ORIGIN, now)),
        blocks=tuple(blocks),
        batch=f"second {time >> _SECOND_BITS} node {node}",
        pairs=(
            f"pair sequence {sequence} node {node}",
            f"pair time {time} node {node}",
            f"pair time {time} sequence {sequence}",
        ),
    )


def _is_official(time: int, now: float) -> bool:
    counter = (time - OFFICIAL_ORIGIN) % TICKS_PER_MS
    return counter < MOST_IN_A_MS and _in_use(time, OFFICIAL_ORIGIN, now)


def _in_use(time: int, origin: int, now: float) -> bool:
    return FIRST_S * TICKS_PER_S <= time - origin <= (now + AHEAD_S) * TICKS_PER_S
