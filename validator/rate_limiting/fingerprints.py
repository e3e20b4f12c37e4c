"""Keyed fingerprints of a number: enough to see repeats within a day, too short to identify a card.

Of a card's two bytes a sketch keeps twelve bits (state.py), so nobody is identified even with the key.

Official generators write milliseconds × 10 000 plus a small counter, from an origin that is off by a factor
of 10 000, and draw a new clock sequence for each number (protocol.md §1.1-1.3). Others write true version 1.
"""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import UUID

if TYPE_CHECKING:
    from scanner.escn import Escn

CARD_BYTES = 2
BLOCK_BYTES = 3
TICKS_PER_S = 10_000_000
OFFICIAL_ORIGIN = 12_219_292_800_000
TRUE_ORIGIN = 122_192_928_000_000_000
TICKS_PER_MS = 10_000
# Samples end in 0, 2, 15 and 24 (protocol.md §1.3); no generator makes a thousand in one millisecond.
MAX_PER_MS = 1_000
# The first cards are of 2015-2017; a clock may be a day ahead.
FIRST_S = 1_356_998_400  # 2013-01-01
AHEAD_S = 86_400
# A script that counts up changes a few low bits: 16 clock sequences, or 0.4 ms of time.
_SEQUENCE_BITS = 4
_TIME_BITS = 12
_SECOND_BITS = 23


@dataclass(frozen=True, slots=True)
class Fingerprints:
    """What may be kept of one number for a day.

    `blocks`: small ranges of numbers that scripts count through. `batch`: issuer and second of the number.
    `plausible`: a generator can have made the number. `pairs`: two of its three parts (time, sequence,
    node); a number with a typo in one part shares a pair with the right number.
    """

    card: str
    blocks: tuple[str, ...]
    batch: str
    plausible: bool
    pairs: tuple[str, ...] = ()


def fingerprint(key: bytes, escn: Escn, now: float) -> Fingerprints:
    """The fingerprints of this number at this time (epoch seconds)."""
    parts = parts_of(escn, now)
    return Fingerprints(
        card=_hash(key, parts.card, CARD_BYTES),
        blocks=tuple(_hash(key, block, BLOCK_BYTES) for block in parts.blocks),
        batch=_hash(key, parts.batch, BLOCK_BYTES),
        plausible=parts.plausible,
        pairs=tuple(_hash(key, pair, BLOCK_BYTES) for pair in parts.pairs),
    )


def parts_of(escn: Escn, now: float) -> Fingerprints:
    """The same as plain texts, which are hashed before they are stored."""
    number = UUID(escn.value)
    time, sequence, node = number.time, number.clock_seq, number.node
    is_official = (time - OFFICIAL_ORIGIN) % TICKS_PER_MS < MAX_PER_MS and _in_use(time, OFFICIAL_ORIGIN, now)
    blocks = (
        f"time {time} node {node} sequence {sequence >> _SEQUENCE_BITS}",
        f"time {time >> _TIME_BITS} node {node} sequence {sequence}",
        f"time {time} sequence {sequence}",
        # Drawn for each number: in two numbers of one issuer it is equal by chance or by a script.
        *([f"node {node} sequence {sequence}"] if is_official else []),
    )
    return Fingerprints(
        card=escn.value,
        blocks=blocks,
        batch=f"second {time >> _SECOND_BITS} node {node}",
        plausible=not escn.unusual and (is_official or _in_use(time, TRUE_ORIGIN, now)),
        pairs=(
            f"pair sequence {sequence} node {node}",
            f"pair time {time} node {node}",
            f"pair time {time} sequence {sequence}",
        ),
    )


def _in_use(time: int, origin: int, now: float) -> bool:
    return FIRST_S * TICKS_PER_S <= time - origin <= (now + AHEAD_S) * TICKS_PER_S


def _hash(key: bytes, text: str, size: int) -> str:
    return hmac.digest(key, text.encode(), hashlib.sha256)[:size].hex()
