"""What remembering costs: `python -m bench.cache`. Medians and 99th percentiles, in microseconds."""

from __future__ import annotations

import statistics
import tempfile
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING

from offline_cache import Entry, Failed, Fetched, Lifetimes, MemoryTier, OfflineCache, SqliteStore

if TYPE_CHECKING:
    from collections.abc import Callable

LIFETIMES = Lifetimes(fresh_s=60, stale_s=604_800, fresh_not_valid_s=30, stale_not_valid_s=86_400)
BODY = '{"status":"ACTIVE","expires_at":"2027-09-30","issuer_name":"Université de Saint-Valentin"}' * 2
ROUNDS = 5_000
ROWS = 100_000
THREADS = 64
CALL_S = 0.3


def measure(name: str, work: Callable[[int], object], rounds: int = ROUNDS) -> None:
    """Print how long one round takes."""
    times = []
    for number in range(rounds):
        start = time.perf_counter()
        work(number)
        times.append((time.perf_counter() - start) * 1e6)
    times.sort()
    print(f"{name:42} median {statistics.median(times):8.1f} µs   p99 {times[rounds * 99 // 100]:8.1f} µs")


def entry(key: str, checked_at: float) -> Entry:
    """An answer of ordinary size."""
    return Entry(
        key,
        valid=True,
        body=BODY,
        checked_at=checked_at,
        ends_at=checked_at + 1e7,
    )


def body(entry: Entry) -> str:
    """The value of an entry."""
    return entry.body


def tiers(folder: Path) -> None:
    """One scan after another, in one thread."""
    store = SqliteStore(folder / "answers.sqlite")
    cache = OfflineCache(MemoryTier(), store, LIFETIMES, time.time)

    def fetch() -> Fetched[str]:
        return Fetched(entry("anna", time.time()), "")

    cache.get_or_fetch("anna", fetch, body)
    memory = MemoryTier()
    memory.put(entry("anna", 1.0), 1.0, is_stored=True)
    measure("memory alone, get", lambda _: memory.get("anna"))
    measure("SQLite alone, get", lambda _: store.get("anna"))
    measure("SQLite alone, put of a new card", lambda n: store.put(entry(f"a{n}", time.time()), time.time()))
    measure("get_or_fetch, fresh (memory and SQLite)", lambda _: cache.get_or_fetch("anna", fetch, body))
    measure("get_or_fetch, new card (Router takes 0 s)", lambda n: new_card(cache, f"b{n}"))
    measure("get_or_fetch, nothing known, Router fails", lambda n: cache.get_or_fetch(f"c{n}", failing, body))
    cache.close()


def new_card(cache: OfflineCache, key: str) -> object:
    """A scan of a card that was never seen, with a Router that answers at once."""
    return cache.get_or_fetch(key, lambda: Fetched(entry(key, time.time()), ""), body)


def failing() -> Failed:
    """A Router that cannot be reached, at once."""
    return Failed("unreachable")


def purge(folder: Path) -> None:
    """A file of a large site, half of it past its end."""
    store = SqliteStore(folder / "large.sqlite")
    store.count()
    (connection,) = store._connections._kept.values()  # noqa: SLF001 - filled in one transaction, to save the reader's time
    rows = ((f"{n:032x}", 1, BODY, float(n), None) for n in range(ROWS))
    connection.execute("BEGIN")
    connection.executemany("INSERT INTO answers VALUES (?, ?, ?, ?, ?)", rows)
    connection.execute("COMMIT")
    measure(f"SQLite alone, get among {ROWS}", lambda n: store.get(f"{n:032x}"))
    start = time.perf_counter()
    gone = store.purge(ROWS / 2, ROWS)
    print(f"purge of {gone} of {ROWS} rows: {time.perf_counter() - start:.2f} s")
    store.close()


def many_threads(folder: Path, *, works: bool) -> None:
    """64 threads and one new card; the Router takes 0.3 s to answer, or to fail."""
    cache = OfflineCache(MemoryTier(), SqliteStore(folder / f"{works}.sqlite"), LIFETIMES, time.time)
    calls: list[float] = []

    def fetch() -> Fetched[str] | Failed:
        calls.append(time.perf_counter())
        time.sleep(CALL_S)
        return Fetched(entry("anna", time.time()), "") if works else Failed("timeout")

    threads = [
        threading.Thread(target=cache.get_or_fetch, args=("anna", fetch, body)) for _ in range(THREADS)
    ]
    start = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    took = time.perf_counter() - start
    kind = "answer" if works else "failure"
    print(f"{THREADS} threads, {kind}: {len(calls)} call, all done in {took / CALL_S:.2f} of its time")
    cache.close()


def main() -> None:
    """All of it, in a folder that is gone afterwards."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        tiers(folder)
        purge(folder)
        many_threads(folder, works=True)
        many_threads(folder, works=False)


if __name__ == "__main__":
    main()
