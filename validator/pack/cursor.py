"""How far a device has come: opaque to it, sealed by us, and worth nothing in another order of rows."""

from __future__ import annotations

import hashlib
import hmac
import re
from dataclasses import dataclass

# 18 digits: SQLite's numbers end at 19.
_NUMBER = "(0|[1-9][0-9]{0,17})"
_WRITTEN = re.compile(
    rf"([0-9a-f]{{16}}-[0-9a-f]{{16}})\.{_NUMBER}(?:\.{_NUMBER}\.{_NUMBER}\.([0-9a-f]{{32}}))?\.([0-9a-f]{{16}})",
    re.ASCII,
)


@dataclass(frozen=True, slots=True)
class Place:
    """In the middle of a sync of the rows up to the number `upto`: those to `salt`, `id` have arrived."""

    upto: int
    salt: int
    id: bytes


@dataclass(frozen=True, slots=True)
class Cursor:
    """The number `seq` in the order that `order` names, and the place in a sync that goes on."""

    order: str
    seq: int
    place: Place | None = None

    def written(self, key: bytes) -> str:
        """The cursor as a device keeps it. Sealed, so that nobody gets the whole pack as a small change."""
        text = f"{self.order}.{self.seq}"
        if self.place is not None:
            text += f".{self.place.upto}.{self.place.salt}.{self.place.id.hex()}"
        return f"{text}.{_mac(key, text)}"


def order(generation: str, origin: str) -> str:
    """The name of an order of rows: another file, beginning or origin is another order."""
    return f"{generation}-{hashlib.sha256(origin.encode()).hexdigest()[:16]}"


def read_cursor(text: str, key: bytes) -> Cursor | None:
    """The cursor behind this text; None for anything that `written` did not write under this key."""
    found = _WRITTEN.fullmatch(text)
    if found is None or not hmac.compare_digest(_mac(key, text.rpartition(".")[0]), found[6]):
        return None
    place = Place(int(found[3]), int(found[4]), bytes.fromhex(found[5])) if found[3] else None
    return Cursor(found[1], int(found[2]), place)


def _mac(key: bytes, text: str) -> str:
    return hmac.digest(key, text.encode(), hashlib.sha256)[:8].hex()
