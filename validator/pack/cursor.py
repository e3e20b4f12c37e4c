"""How far a device has come: opaque to it, and worth nothing after the file or the key was made anew."""

from __future__ import annotations

import re
from dataclasses import dataclass

# 18 digits: SQLite's numbers end at 19.
_WRITTEN = re.compile(r"([0-9a-f]{16}-[0-9a-f]{16})\.(0|[1-9][0-9]{0,17})", re.ASCII)


@dataclass(frozen=True, slots=True)
class Cursor:
    """The number `seq` in the order that `order` names."""

    order: str
    seq: int

    def __str__(self) -> str:
        return f"{self.order}.{self.seq}"


def order(generation: str, key_id: str) -> str:
    """The name of an order of rows: rows of another file or under another key are another order."""
    return f"{generation}-{key_id}"


def read_cursor(text: str) -> Cursor | None:
    """The cursor behind this text; None for anything that `str(Cursor)` did not write."""
    found = _WRITTEN.fullmatch(text)
    return Cursor(found[1], int(found[2])) if found else None
