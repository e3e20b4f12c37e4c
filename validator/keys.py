"""All keys that are derived from the site's secret, and the two ways in which they are used."""

from __future__ import annotations

import hashlib
import hmac
from base64 import urlsafe_b64encode
from enum import Enum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from scanner.escn import Escn

# 128 bits: no two cards of the register share a hash.
_CARD_HASH_BYTES = 16


class Purpose(Enum):
    """What a derived key is for. The label is part of the key: a changed label loses all that was stored."""

    CARD_HASHES = b"esc-validator remembered answers, shape 1"
    AUDIT_LOG = b"esc-validator check log, shape 1"
    FINGERPRINTS = b"esc-validator limits, shape 1"
    REDIS_NAMES = b"esc-validator redis keys, shape 1"
    PACK_CURSORS = b"esc-validator pack cursor, shape 1"
    DEFERRED_CHECKS = b"esc-validator late checks of "
    DEVICE_COOKIES = b"esc-validator names known here"
    SIGN_IN_FAILURES = b"esc-validator tallies of failed sign-ins"
    SECOND_FACTORS = b"esc-validator second factors"


def derive(secret: str, purpose: Purpose, subject: str = "") -> bytes:
    """The 32-byte key of this purpose; `subject` names the account where each account has its own key."""
    return hmac.digest(secret.encode(), purpose.value + subject.encode(), hashlib.sha256)


def card_hash(key: bytes, escn: Escn) -> str:
    """The keyed hash that stands for a card: an unkeyed hash could be reversed within hours of computing."""
    return hmac.digest(key, escn.value.encode(), hashlib.sha256)[:_CARD_HASH_BYTES].hex()


def base64url(data: bytes) -> str:
    """Base64 for addresses (RFC 4648, section 5), without padding."""
    return urlsafe_b64encode(data).rstrip(b"=").decode()
