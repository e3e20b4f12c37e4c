"""What a row of the pack says about its card, always in the same number of bytes. Pure."""

from __future__ import annotations

import re
import struct
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import TYPE_CHECKING

from offline_cache.policy import TOLERANCE_S, good_until
from validator.router.answers import UnknownCard
from validator.verdict import Reason

if TYPE_CHECKING:
    from offline_cache import Entry, Lifetimes
    from validator.router.answers import KnownCard

HOUR_S = 3_600
# Devices keep these numbers: add at the end only.
REASONS = (Reason.ACTIVE, Reason.EXPIRED, Reason.INACTIVE, Reason.UNKNOWN_CARD)
LEVELS = (None, "BACHELOR", "MASTER", "DOCTORATE")
# Version, reason, level, length of the name; hour asked, end, last day, PIC; country (none yet); name.
_SHAPE = struct.Struct(">BBBBIIII2s50s")
BODY_BYTES = _SHAPE.size
_VERSION = 1
_NAME_BYTES = 50
_NONE = 0xFFFF_FFFF
_PIC = re.compile(r"[0-9]{9}", re.ASCII)
_EPOCH = date(1970, 1, 1)
_LAST_DAY = (date.max - _EPOCH).days


@dataclass(frozen=True, slots=True)
class Body:
    """One answer. `hour` counts hours since the epoch, `end` seconds: neither is later than the truth."""

    reason: Reason
    hour: int
    end: int
    last_day: date | None = None
    issuer_pic: str | None = None
    issuer_name: str | None = None
    academic_level: str | None = None

    def __bytes__(self) -> bytes:
        """The body as it is sealed."""
        name = _short(self.issuer_name or "")
        return _SHAPE.pack(
            _VERSION,
            REASONS.index(self.reason),
            LEVELS.index(self.academic_level) if self.academic_level in LEVELS else 0,
            len(name),
            self.hour,
            max(0, min(self.end, _NONE)),
            _day(self.last_day),
            _pic(self.issuer_pic or ""),
            b"",
            name,
        )


def body_of(answer: KnownCard | UnknownCard, reason: Reason, entry: Entry, windows: Lifetimes) -> Body:
    """What a row says of this answer. Its end counts from the hour, so that it does not tell the minute."""
    hour = int(entry.checked_at // HOUR_S)
    end = int(good_until(replace(entry, checked_at=float(hour * HOUR_S)), windows))
    if isinstance(answer, UnknownCard):
        return Body(reason, hour, end)
    return Body(
        reason,
        hour,
        end,
        answer.expires_at,
        answer.issuer_pic,
        answer.issuer_name,
        answer.academic_level,
    )


def read_body(data: bytes) -> Body | None:
    """The body behind these bytes; None where they are of another version or say what no row says."""
    if len(data) != BODY_BYTES:
        return None
    version, reason, level, length, hour, end, day, pic, _country, name = _SHAPE.unpack(data)
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


def replaces(body: Body, kept: Body, now: float) -> bool:
    """Whether `body` counts rather than `kept`: the later hour, in one hour the one that is not valid.

    One of the future counts only where both are. As offline_cache.policy and `static/js/memory/decide.js`.
    """
    ahead, kept_ahead = (each.hour * HOUR_S > now + TOLERANCE_S for each in (body, kept))
    if ahead is not kept_ahead:
        return kept_ahead
    if body.hour != kept.hour:
        return body.hour > kept.hour
    return body.reason is not Reason.ACTIVE and kept.reason is Reason.ACTIVE


def _short(name: str) -> bytes:
    """The name in at most _NAME_BYTES, cut between two characters and marked where it is longer."""
    whole = name.encode(errors="replace")
    if len(whole) <= _NAME_BYTES:
        return whole
    mark = "…".encode()
    return whole[: _NAME_BYTES - len(mark)].decode(errors="ignore").rstrip().encode() + mark


def _pic(pic: str) -> int:
    return int(pic) if _PIC.fullmatch(pic) else _NONE


def _day(day: date | None) -> int:
    return _NONE if day is None or day < _EPOCH else (day - _EPOCH).days
