"""A site's pack in a file of its own, with clocks to turn and rows that are written when a test says so."""

from __future__ import annotations

from base64 import b64decode
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from offline_cache import Lifetimes
from scanner.escn import Escn
from tests.support.cache_doubles import ManualBackground
from validator.checking.remembered import reason_of, to_entry
from validator.offline.pack import OfflinePack, PackPage
from validator.offline.pack_rows import ID_BYTES, ROW_BYTES, Body, derive_row_key, read_body, unseal
from validator.offline.pack_store import PackStore
from validator.offline.pack_writer import PackWriter
from validator.router.answers import CardStatus, KnownCard, UnknownCard

if TYPE_CHECKING:
    from pathlib import Path

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC).timestamp()
DAY_S = 86_400
WINDOWS = Lifetimes(fresh_s=60, stale_s=7 * DAY_S, fresh_not_valid_s=30, stale_not_valid_s=DAY_S)
BRUSSELS = ZoneInfo("Europe/Brussels")
ACTIVE = KnownCard(CardStatus.ACTIVE, date(2027, 9, 30), issuer_pic="000000001", issuer_name="Université")
ROUTER = "https://router.example:443"


def number(card: int) -> str:
    """The number of this card."""
    return f"{card:08x}-826a-103d-bf76-001000000001"


@dataclass
class PackProcess:
    """One process with its pack; `page` rows a page, `max_cards` cards."""

    path: Path
    origin: str = ROUTER
    max_cards: int = 1_000
    page_rows: int = 3
    now: float = NOON
    seconds: float = 0.0
    later: ManualBackground = field(default_factory=ManualBackground)
    slept: list[float] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.store = PackStore(self.path, self.origin, 7 * DAY_S)
        clock, monotonic = (lambda: self.now), (lambda: self.seconds)
        self.writer = PackWriter(self.store, WINDOWS, clock, monotonic, self.later, self.slept.append)
        at = lambda: datetime.fromtimestamp(self.now, UTC)  # noqa: E731 - a clock
        self.pack = OfflinePack(
            self.store, self.writer, b"a key", self.max_cards, 7 * DAY_S, at, self.page_rows
        )

    def add_answers(self, *cards: int, answer: KnownCard | UnknownCard = ACTIVE, ago: float = 0) -> None:
        """The Router said this of these cards, so many seconds ago; the rows wait to be written."""
        asked_at = datetime.fromtimestamp(self.now - ago, UTC)
        for card in cards:
            entry = to_entry(f"key of {card}", answer, asked_at, BRUSSELS)
            self.writer.add(Escn.parse(number(card)), answer, reason_of(answer, asked_at.date()), entry)

    def write_rows(self, *cards: int, answer: KnownCard | UnknownCard = ACTIVE, ago: float = 0) -> None:
        """The same, and their rows are written."""
        self.add_answers(*cards, answer=answer, ago=ago)
        self.later.run()

    def sync(self, cursor: str = "") -> tuple[list[PackPage], str]:
        """All pages from here on, and the last cursor."""
        pages = [self.pack.changes_since(cursor)]
        while pages[-1].more:
            pages.append(self.pack.changes_since(pages[-1].cursor))
        return pages, pages[-1].cursor

    def bodies_of(self, card: int, *pages: PackPage) -> list[Body]:
        """What the rows of this card say on these pages, found and opened as a device does."""
        found = []
        for page in pages:
            for salt in page.salts:
                key = derive_row_key(number(card), salt.salt, salt.rounds)
                sealed = rows(page, salt.id).get(key.id)
                body = read_body(unseal(key, sealed) or b"") if sealed else None
                found += [body] if body else []
        return found


def rows(page: PackPage, salt: int) -> dict[bytes, bytes]:
    """The sealed bodies of this page under this salt, by their ids."""
    data = b64decode(page.sealed.get(str(salt), ""))
    each = [data[at : at + ROW_BYTES] for at in range(0, len(data), ROW_BYTES)]
    return {row[:ID_BYTES]: row[ID_BYTES:] for row in each}


def size(*pages: PackPage) -> int:
    """How many rows these pages have."""
    return sum(len(b64decode(text)) // ROW_BYTES for page in pages for text in page.sealed.values())
