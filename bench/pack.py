"""What the offline pack costs: `python -m bench.pack`. All of it under gunicorn, for a device's token."""

from __future__ import annotations

import base64
import gzip
import json
import secrets
import tempfile
import time
import urllib.request
from datetime import UTC, date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from bench.support import milliseconds, server
from offline_cache import Lifetimes
from scanner.escn import Escn
from validator.build import offline_pack
from validator.checking.remembered import reason_of, to_entry
from validator.offline.pack_rows import ROUNDS, SALT_BYTES, body_of, derive_row_key, seal
from validator.offline.pack_store import PackStore, SealedRow
from validator.router.answers import CardStatus, KnownCard, UnknownCard
from validator.settings import Settings

SITE = "b3NcQk7RzWm9XfVt2LpYh6GdJs4KaN8u"
ROUTER = "http://127.0.0.1:9"
CARDS = 50_000
ISSUERS = 200
# One round is enough to fill a site quickly. CHECKED cards have the rounds of now: devices look them up.
FEW_ROUNDS = 1
CHECKED = 200
BRUSSELS = ZoneInfo("Europe/Brussels")
WINDOWS = Lifetimes(60, 604_800, 30, 86_400)


def number(place: int) -> str:
    """The card at this place."""
    return f"{place:08x}-826a-103d-bf76-001{place % ISSUERS:09d}"


def answer(place: int) -> KnownCard | UnknownCard:
    """Four of five cards are known, from two hundred institutions."""
    if place % 5 == 0:
        return UnknownCard()
    issuer = place % ISSUERS
    return KnownCard(
        CardStatus.ACTIVE,
        date(2027, 9, 30),
        issuer_pic=f"{900_000_000 + issuer}",
        issuer_name=f"Université de Saint-Valentin {issuer}",
        academic_level="MASTER",
    )


def environment(folder: str) -> dict[str, str]:
    """The settings of the site that is filled."""
    return {"ESCV_DATA_DIR": folder, "ESCV_SECRET_KEY": SITE, "ESCV_ROUTER_URL": ROUTER}


def fill(folder: str) -> None:
    """A site that has seen fifty thousand cards this week; the first CHECKED can be looked up."""
    store = offline_pack(Settings.from_env(environment(folder))).store
    now = datetime.now(UTC)
    salt = store.salt(now.timestamp())
    for place in range(CARDS):
        said = answer(place)
        reason = reason_of(said, now.date())
        body = body_of(said, reason, to_entry("k", said, now, BRUSSELS), WINDOWS)
        rounds = ROUNDS if place < CHECKED else FEW_ROUNDS
        row = derive_row_key(Escn.parse(number(place)).value, salt.salt, rounds)
        store.put(SealedRow(salt.id, row.id, seal(row, bytes(body))), None, now.timestamp())
    _salt_of_last_week(store, now.timestamp())
    store.close()


def _salt_of_last_week(store: PackStore, now: float) -> None:
    """Devices try both salts, so the one of last week is there too."""
    store.salt(now - 7 * 86_400)


def guess() -> None:
    """The cost of one guess for an attacker with a copy of the pack, on one core."""
    salt, times = secrets.token_bytes(SALT_BYTES), []
    for place in range(300):
        start = time.process_time()
        derive_row_key(number(place), salt)
        times.append(time.process_time() - start)
    fastest = 1000 * min(times)
    print(f"one guess, {ROUNDS} rounds: {milliseconds(times)}, fastest {fastest:.2f} ms of a core")


def fetch(url: str, token: str, cursor: str) -> bytes:
    """One page, as it comes over the wire to a browser."""
    asked = urllib.request.Request(  # noqa: S310 - loopback http
        f"{url}/api/v1/offline-pack?format=2&since={cursor}",
        headers={"Authorization": f"Bearer {token}", "Accept-Encoding": "gzip"},
    )
    with urllib.request.urlopen(asked, timeout=30) as answered:  # noqa: S310
        return bytes(answered.read())


def plain(page: bytes) -> bytes:
    """The page as it was before it was compressed."""
    return gzip.decompress(page) if page.startswith(b"\x1f\x8b") else page


def rows(page: dict[str, dict[str, str]]) -> int:
    """How many rows it has."""
    return sum(len(base64.b64decode(text)) for text in page["sealed"].values()) // int(str(page["row_bytes"]))


def sync(url: str, token: str) -> tuple[list[bytes], list[float], str]:
    """All pages from nothing: their bytes, their times, the last cursor."""
    pages, times, cursor, more = [], [], "", True
    while more:
        start = time.perf_counter()
        page = fetch(url, token, cursor)
        times.append(time.perf_counter() - start)
        pages.append(page)
        body = json.loads(plain(page))
        cursor, more = body["cursor"], body["more"]
    return pages, times, cursor


def main() -> None:
    """A guess, a first sync, then syncs at which nothing is new."""
    guess()
    with tempfile.TemporaryDirectory() as folder:
        fill(folder)
        print(f"pack.sqlite: {Path(folder, 'pack.sqlite').stat().st_size / 1e6:.1f} MB")
        with server(ROUTER, **environment(folder)) as (url, token, _, _):
            for _ in range(3):
                pages, times, cursor = sync(url, token)
                count = sum(rows(json.loads(plain(page))) for page in pages)
                wire, whole = sum(map(len, pages)) / 1e6, sum(len(plain(page)) for page in pages) / 1e6
                print(f"{count} cards: {len(pages)} pages in {sum(times):.2f} s, {milliseconds(times)}")
                print(f"  {wire:.2f} MB over the wire (gzip), {whole:.2f} MB without compression")
            idle = []
            for _ in range(200):
                start = time.perf_counter()
                page = fetch(url, token, cursor)
                idle.append(time.perf_counter() - start)
            print(f"nothing new: {len(page)} bytes, {milliseconds(idle)}")


if __name__ == "__main__":
    main()
