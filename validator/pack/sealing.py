"""From a card's number to its row: an id to find it by, and the key that seals what it says.

Whoever has a row and guesses numbers pays for each guess with all the rounds: id and key come from one
output, so that neither is cheaper than the other. `static/js/memory/row.js` does the same.
"""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass, field

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from validator.pack.body import BODY_BYTES

# 10 ms and more of a desktop core with SHA instructions, by the fastest implementation that was measured
# (docs/performance.md).
ROUNDS = 40_000
SALT_BYTES = 16
ID_BYTES = 16
_KEY_BYTES, _NONCE_BYTES, _TAG_BYTES = 32, 12, 16
SEALED_BYTES = _NONCE_BYTES + BODY_BYTES + _TAG_BYTES
ROW_BYTES = ID_BYTES + SEALED_BYTES
_LABEL = b"esc-validator pack row, shape 1"


@dataclass(frozen=True, slots=True)
class RowKey:
    """What stands for one card under one salt: the row's id, and the key of its body."""

    id: bytes
    key: bytes = field(repr=False)


def derive(number: str, salt: bytes, rounds: int = ROUNDS) -> RowKey:
    """The id and key of this number's row; takes milliseconds, during which other threads run."""
    root = hashlib.pbkdf2_hmac("sha256", number.encode(), salt, rounds)
    both = HKDF(SHA256(), ID_BYTES + _KEY_BYTES, salt=None, info=_LABEL).derive(root)
    return RowKey(both[:ID_BYTES], both[ID_BYTES:])


def seal(row: RowKey, body: bytes, nonce: bytes | None = None) -> bytes:
    """The body under the row's key. The nonce is random: a row may be sealed again with another body."""
    nonce = secrets.token_bytes(_NONCE_BYTES) if nonce is None else nonce
    return nonce + AESGCM(row.key).encrypt(nonce, body, row.id)


def unseal(row: RowKey, sealed: bytes) -> bytes | None:
    """The body; None where it was sealed for another row or changed since."""
    if len(sealed) != SEALED_BYTES:
        return None
    try:
        return AESGCM(row.key).decrypt(sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], row.id)
    except InvalidTag:
        return None
