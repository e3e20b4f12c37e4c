"""One row of the pack: what it says about its card, its id and key, and its encryption. Pure.

Id and key are derived from the card number with many rounds and come from one output: each guess at a number
costs all rounds, and neither half is cheaper than the other. `static/js/memory/row.js` does the same.
"""

from __future__ import annotations

import hashlib
import re
import secrets
import struct
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import TYPE_CHECKING

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from offline_cache.policy import TOLERANCE_S, good_until
from validator.router.answers import UnknownCard
from validator.verdict import Reason

if TYPE_CHECKING:
    from offline_cache import Entry, Lifetimes
    from validator.router.answers import KnownCard

HOUR_S = 3_600
# Devices store these numbers: add at the end only.
REASONS = (Reason.ACTIVE, Reason.EXPIRED, Reason.INACTIVE, Reason.UNKNOWN_CARD)
LEVELS = (None, "BACHELOR", "MASTER", "DOCTORATE")
# Version, reason, level, length of the name; hour asked, end, last day, PIC; country (unused); name.
_LAYOUT = struct.Struct(">BBBBIIII2s50s")
BODY_BYTES = _LAYOUT.size
# 10 ms and more of a desktop core with SHA instructions, by the fastest implementation that was measured
# (docs/performance.md).
ROUNDS = 40_000
SALT_BYTES = 16
ID_BYTES = 16
_KEY_BYTES, _NONCE_BYTES, _TAG_BYTES = 32, 12, 16
SEALED_BYTES = _NONCE_BYTES + BODY_BYTES + _TAG_BYTES
ROW_BYTES = ID_BYTES + SEALED_BYTES
_LABEL = b"esc-validator pack row, shape 1"
_VERSION = 1
_NAME_BYTES = 50
_NONE = 0xFFFF_FFFF
_PIC = re.compile(r"[0-9]{9}", re.ASCII)
_EPOCH = date(1970, 1, 1)
_LAST_DAY = (date.max - _EPOCH).days


@dataclass(frozen=True, slots=True)
class Body:
    """One answer. `hour` counts hours since the epoch, `end` seconds; neither is rounded up."""

    reason: Reason
    hour: int
    end: int
    last_day: date | None = None
    issuer_pic: str | None = None
    issuer_name: str | None = None
    academic_level: str | None = None

    def __bytes__(self) -> bytes:
        """The body in its fixed number of bytes, to be encrypted."""
        name = _cut_name(self.issuer_name or "")
        return _LAYOUT.pack(
            _VERSION,
            REASONS.index(self.reason),
            LEVELS.index(self.academic_level) if self.academic_level in LEVELS else 0,
            len(name),
            self.hour,
            max(0, min(self.end, _NONE)),
            _day_number(self.last_day),
            _pic_number(self.issuer_pic or ""),
            b"",
            name,
        )


@dataclass(frozen=True, slots=True)
class RowKey:
    """The id of one card's row under one salt, and the key that encrypts its body."""

    id: bytes
    key: bytes = field(repr=False)


def body_of(answer: KnownCard | UnknownCard, reason: Reason, entry: Entry, windows: Lifetimes) -> Body:
    """The body for this answer. Its end counts from the full hour, so that it does not reveal the minute."""
    hour = int(entry.checked_at // HOUR_S)
    end = int(good_until(replace(entry, checked_at=float(hour * HOUR_S)), windows))
    if isinstance(answer, UnknownCard):
        return Body(reason, hour, end)
    issuer = (answer.issuer_pic, answer.issuer_name)
    return Body(reason, hour, end, answer.expires_at, *issuer, answer.academic_level)


def read_body(data: bytes) -> Body | None:
    """The body in these bytes; None for another version and for values that no body has."""
    if len(data) != BODY_BYTES:
        return None
    version, reason, level, length, hour, end, day, pic, _country, name = _LAYOUT.unpack(data)
    if version != _VERSION or reason >= len(REASONS) or level >= len(LEVELS) or length > _NAME_BYTES:
        return None
    if day != _NONE and day > _LAST_DAY:
        return None
    return Body(
        REASONS[reason],
        hour,
        end,
        None if day == _NONE else _EPOCH + timedelta(days=day),
        None if pic == _NONE else f"{pic:09d}",
        name[:length].decode(errors="replace") or None,
        LEVELS[level],
    )


def replaces(body: Body, stored: Body, now: float) -> bool:
    """Whether `body` replaces `stored`: the later hour wins; within one hour the one that is not valid.

    A body from the future wins only if both are. Same rule as offline_cache.policy and
    `static/js/memory/decide.js`.
    """
    is_future, stored_is_future = (each.hour * HOUR_S > now + TOLERANCE_S for each in (body, stored))
    if is_future is not stored_is_future:
        return stored_is_future
    if body.hour != stored.hour:
        return body.hour > stored.hour
    return body.reason is not Reason.ACTIVE and stored.reason is Reason.ACTIVE


def derive_row_key(number: str, salt: bytes, rounds: int = ROUNDS) -> RowKey:
    """The id and key of this number's row. Takes milliseconds; other threads run meanwhile."""
    root = hashlib.pbkdf2_hmac("sha256", number.encode(), salt, rounds)
    both = HKDF(SHA256(), ID_BYTES + _KEY_BYTES, salt=None, info=_LABEL).derive(root)
    return RowKey(both[:ID_BYTES], both[ID_BYTES:])


def seal(row: RowKey, body: bytes, nonce: bytes | None = None) -> bytes:
    """Encrypt the body. The nonce is random, because a row may be encrypted again with another body."""
    nonce = secrets.token_bytes(_NONCE_BYTES) if nonce is None else nonce
    return nonce + AESGCM(row.key).encrypt(nonce, body, row.id)


def unseal(row: RowKey, sealed: bytes) -> bytes | None:
    """Decrypt the body; None where it belongs to another row or was changed."""
    if len(sealed) != SEALED_BYTES:
        return None
    try:
        return AESGCM(row.key).decrypt(sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], row.id)
    except InvalidTag:
        return None


def _cut_name(name: str) -> bytes:
    """The name in at most _NAME_BYTES, cut between two characters and marked where it was cut."""
    whole = name.encode(errors="replace")
    if len(whole) <= _NAME_BYTES:
        return whole
    mark = "…".encode()
    return whole[: _NAME_BYTES - len(mark)].decode(errors="ignore").rstrip().encode() + mark


def _pic_number(pic: str) -> int:
    return int(pic) if _PIC.fullmatch(pic) else _NONE


def _day_number(day: date | None) -> int:
    return _NONE if day is None or day < _EPOCH else (day - _EPOCH).days
