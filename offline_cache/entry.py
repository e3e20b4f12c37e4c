"""One remembered answer."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Entry:
    """An answer about one card. All instants are epoch seconds.

    `key` stands for the card and tells nothing about it; `body` is opaque and never shown by `repr`;
    `checked_at` is when the answer was asked for; `ends_at` is when the card itself ends, None if never.
    """

    key: str
    valid: bool
    body: str = field(repr=False)
    checked_at: float
    ends_at: float | None = None
