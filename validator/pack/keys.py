"""The key of the pack and the hashes under it; devices hold this key, so it opens nothing else."""

from __future__ import annotations

import hashlib
import hmac
from base64 import urlsafe_b64encode
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from scanner.escn import Escn

HASH_BYTES = 16


def pack_key(secret: str) -> bytes:
    """The 32 bytes under which devices find cards; another purpose of the secret never shares them."""
    return hmac.digest(secret.encode(), b"esc-validator pack key, shape 1", hashlib.sha256)


def key_id(key: bytes) -> str:
    """The key's name: who sees another one has another key and must drop what it has."""
    return hashlib.sha256(b"esc-validator pack key id" + key).digest()[:8].hex()


def card_hash(key: bytes, escn: Escn) -> str:
    """What stands for the card in the pack: 16 bytes of HMAC-SHA256 over its number, in base64url."""
    return base64url(hmac.digest(key, escn.value.encode(), hashlib.sha256)[:HASH_BYTES])


def base64url(data: bytes) -> str:
    """Base64 for addresses (RFC 4648, 5), without its padding."""
    return urlsafe_b64encode(data).rstrip(b"=").decode()
