"""What the offline pack costs: `python -m bench.pack`. All of it under gunicorn, for a device's token."""

from __future__ import annotations

import gzip
import json
import tempfile
import time
import urllib.request
from datetime import UTC, date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from bench.support import milliseconds, server
from offline_cache import SqliteStore
from scanner.escn import Escn
from validator.pack.keys import card_hash, pack_key
from validator.remembered import to_entry
from validator.router.answers import CardStatus, KnownCard, UnknownCard
from validator.verification import card_key, site_key

SITE = "b3NcQk7RzWm9XfVt2LpYh6GdJs4KaN8u"
CARDS = 50_000
ISSUERS = 200
BRUSSELS = ZoneInfo("Europe/Brussels")


def answer(number: int) -> KnownCard | UnknownCard:
    """Four of five cards are known, from two hundred institutions."""
    if number % 5 == 0:
        return UnknownCard()
    issuer = number % ISSUERS
    return KnownCard(
        CardStatus.ACTIVE,
        date(2027, 9, 30),
        issued_at=date(2024, 9, 1),
        issuer_pic=f"{900_000_000 + issuer}",
        issuer_name=f"Université de Saint-Valentin {issuer}",
        academic_level="MASTER",
        card_type="SMART_PASSIVE",
    )


def fill(path: Path) -> None:
    """A site that has seen fifty thousand cards today."""
    store = SqliteStore(path)
    ours, theirs, now = site_key(SITE), pack_key(SITE), datetime.now(UTC)
    for number in range(CARDS):
        escn = Escn.parse(f"{number:08x}-826a-103d-bf76-001{number % ISSUERS:09d}")
        key, alias = card_key(ours, escn), card_hash(theirs, escn)
        store.put(to_entry(key, answer(number), now, BRUSSELS, alias), now.timestamp())
    store.close()


def fetch(url: str, token: str, cursor: str) -> bytes:
    """One page."""
    asked = urllib.request.Request(  # noqa: S310 - loopback http
        f"{url}/api/v1/offline-pack?since={cursor}", headers={"Authorization": f"Bearer {token}"}
    )
    with urllib.request.urlopen(asked, timeout=30) as answered:  # noqa: S310
        return bytes(answered.read())


def sync(url: str, token: str) -> tuple[list[bytes], list[float], str]:
    """All pages from nothing: their bytes, their times, the last cursor."""
    pages, times, cursor, more = [], [], "", True
    while more:
        start = time.perf_counter()
        page = fetch(url, token, cursor)
        times.append(time.perf_counter() - start)
        pages.append(page)
        told = json.loads(page)
        cursor, more = told["cursor"], told["more"]
    return pages, times, cursor


def main() -> None:
    """A first sync, then syncs at which nothing is new."""
    with tempfile.TemporaryDirectory() as folder:
        fill(Path(folder) / "answers.sqlite")
        changes = {"ESCV_DATA_DIR": folder, "ESCV_SECRET_KEY": SITE}
        with server("http://127.0.0.1:9", **changes) as (url, token, _, _):
            for _ in range(3):
                pages, times, cursor = sync(url, token)
                plain = sum(len(page) for page in pages)
                packed = sum(len(gzip.compress(page, 5)) for page in pages)
                rows = sum(len(json.loads(page)["rows"]) for page in pages)
                print(f"{rows} cards: {len(pages)} pages in {sum(times):.2f} s, {milliseconds(times)}")
                print(f"  {plain / 1e6:.2f} MB plain, {packed / 1e6:.2f} MB gzip (level 5)")
            idle = []
            for _ in range(200):
                start = time.perf_counter()
                page = fetch(url, token, cursor)
                idle.append(time.perf_counter() - start)
            print(f"nothing new: {len(page)} bytes, {milliseconds(idle)}")


if __name__ == "__main__":
    main()
