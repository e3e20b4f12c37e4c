"""Keyed prints of numbers: enough to see a repeat within a day, too short to tell one card from another.

Of a card's two bytes a sketch keeps twelve bits (sketch.py), so that it names nobody even to who has the key.
"""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass
from typing import TYPE_CHECKING

from validator.limits.shape import shape_of

if TYPE_CHECKING:
    from scanner.escn import Escn

CARD_BYTES = 2
BLOCK_BYTES = 3


@dataclass(frozen=True, slots=True)
class Prints:
    """What may be kept of one number for a day."""

    card: str
    blocks: tuple[str, ...]
    batch: str
    plausible: bool
    # A number with one digit mistyped has one of these in common with the right one.
    pairs: tuple[str, ...] = ()


def prints_of(key: bytes, escn: Escn, now: float) -> Prints:
    """The prints of this number at this time (epoch seconds)."""
    shape = shape_of(escn, now)
    return Prints(
        card=_print(key, escn.value, CARD_BYTES),
        blocks=tuple(_print(key, block, BLOCK_BYTES) for block in shape.blocks),
        batch=_print(key, shape.batch, BLOCK_BYTES),
        plausible=shape.plausible,
        pairs=tuple(_print(key, pair, BLOCK_BYTES) for pair in shape.pairs),
    )


def _print(key: bytes, text: str, size: int) -> str:
    return hmac.digest(key, text.encode(), hashlib.sha256)[:size].hex()
