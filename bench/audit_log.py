"""What the check log costs: a check with and without it, a verification, and sixteen tills at once."""

from __future__ import annotations

import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from bench.support import milliseconds
from scanner import parse_payload
from tests.support.cards import ANNA
from tests.support.local_site import TILL, WINDOWS, Site
from tests.support.verdicts import LIVE
from validator.privacy.retention import PrivacyServices, RetentionSettings, privacy_services

if TYPE_CHECKING:
    from validator.database import Database

CHECKS = 2_000
PROCESSES, THREADS, EACH = 2, 8, 250
KEPT = 100_000


def parts(database: Database, site: Site) -> PrivacyServices:
    """What keeps the record, with the real clock."""
    terms = RetentionSettings(("a secret",), timedelta(days=30), WINDOWS.longest_s)
    return privacy_services(
        terms, database, site.answers, site.pack, lambda: datetime.now(UTC), time.monotonic
    )


def keep(private: PrivacyServices, times: int) -> list[float]:
    """Seconds that each entry took."""
    payload, took = parse_payload(ANNA), []
    for _ in range(times):
        began = time.perf_counter()
        private.recorder.keep(TILL, payload, LIVE)
        took.append(time.perf_counter() - began)
    return took


def purging(private: PrivacyServices) -> str:
    """How long it takes to delete all entries, and how long a till waits meanwhile."""
    began = time.perf_counter()
    with ThreadPoolExecutor(1) as other:
        done = other.submit(private.audit_log.purge, datetime.now(UTC))
        took: list[float] = []
        while not done.done():
            took += keep(private, 1)
            time.sleep(0.02)
        count = done.result()
    # What was written meanwhile may be past its end by then, too.
    assert count >= KEPT, count
    return f"{time.perf_counter() - began:.1f} s, an entry meanwhile {milliseconds(took)}"


def till_process(folder: Path) -> None:
    """Eight tills of one process."""
    site = Site(folder)
    private = parts(site.database, site)
    with ThreadPoolExecutor(THREADS) as tills:
        took = [each for one in tills.map(lambda _: keep(private, EACH), range(THREADS)) for each in one]
    assert private.recorder.healthy(), "something could not be written"
    print(f"  one of two processes, 8 threads {milliseconds(took)}")
    site.close()


def main() -> None:
    """Print all figures."""
    with TemporaryDirectory() as name:
        folder = Path(name)
        site = Site(folder)
        private = parts(site.database, site)
        keep(private, 100)
        print(f"an entry, one after another       {milliseconds(keep(private, CHECKS))}")
        command = [sys.executable, "-m", "bench.audit_log", name]
        began = time.perf_counter()
        running = [subprocess.Popen(command) for _ in range(PROCESSES)]
        assert [each.wait() for each in running] == [0, 0]
        rate = PROCESSES * THREADS * EACH / (time.perf_counter() - began)
        print(f"  together at least {rate:.0f} entries a second, start of the processes included")
        keep(private, KEPT - 100 - CHECKS - PROCESSES * THREADS * EACH)
        began = time.perf_counter()
        assert private.audit_log.verify().faults == ()
        print(f"verifying {KEPT} entries         {time.perf_counter() - began:.1f} s")
        print(f"purging them: {purging(private)}")
        site.close()


if __name__ == "__main__":
    if len(sys.argv) > 1:
        till_process(Path(sys.argv[1]))
    else:
        main()
