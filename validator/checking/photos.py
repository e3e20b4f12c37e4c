"""From a photo that a caller sends to the card's number on it, within the caller's share of the reading."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from scanner.errors import ImageRefused
from scanner.payload import choose

if TYPE_CHECKING:
    from scanner.payload import Payload
    from scanner.pool import DecodePool
    from validator.accounts.identity import Caller
    from validator.checking.checker import Limits


@dataclass(frozen=True, slots=True)
class Photos:
    """Reads photos: one at a time for each caller, and no more than the limits admit. Thread-safe."""

    reader: DecodePool
    limits: Limits

    def read(self, caller: Caller, data: bytes) -> Payload:
        """The number in this photo; raises Refused: `reader_busy` where the caller's share is used up."""
        if not self.limits.admits_picture(caller):
            raise ImageRefused("reader_busy")
        reading = self.reader.read(data, caller.account)
        self.limits.picture_read(caller, reading)
        if reading.refusal is not None:
            raise reading.refusal
        return choose(reading.texts)
