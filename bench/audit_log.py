"""The cost of the audit log: one entry, entries of sixteen threads in two processes, verify, purge."""

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
from tests.support.in_process_site import TILL, WINDOWS, InProcessSite
from tests.support.verdicts import LIVE
from validator.privacy.retention import PrivacyServices, RetentionSettings, privacy_services

if TYPE_CHECKING:
    from validator.database import Database

CHECKS = 2_000
PROCESSES, THREADS, EACH = 2, 8, 250
KEPT = 100_000


def services_of(database: Database, site: InProcessSite) -> PrivacyServices:
    """The services with the audit log and the real clock."""
    settings = RetentionSettings(("a secret",), timedelta(days=30), WINDOWS.longest_s)
    return privacy_services(
        settings, database, site.answers, site.pack, lambda: datetime.now(UTC), time.monotonic
    )


def record_checks(private: PrivacyServices, times: int) -> list[float]:
    """Record checks; returns the seconds that each entry took."""
    payload, took = parse_payload(ANNA), []
    for _ in range(times):
        began = time.perf_counter()
        private.recorder.keep(TILL, payload, LIVE)
        took.append(time.perf_counter() - began)
    return took


def measure_purge(private: PrivacyServices) -> str:
    """The time to delete all entries, and the time that a check waits meanwhile."""
    began = time.perf_counter()
    with ThreadPoolExecutor(1) as other:
        done = other.submit(private.audit_log.purge, datetime.now(UTC))
        took: list[float] = []
        while not done.done():
            took += record_checks(private, 1)
            time.sleep(0.02)
        count = done.result()
    # What was written meanwhile may be past its end by then, too.
    assert count >= KEPT, count
    return f"{time.perf_counter() - began:.1f} s, an entry meanwhile {milliseconds(took)}"


def client_process(folder: Path) -> None:
    """Eight threads that record checks."""
    site = InProcessSite(folder)
    private = services_of(site.database, site)
    with ThreadPoolExecutor(THREADS) as threads:
        took = [
            each
            for one in threads.map(lambda _: record_checks(private, EACH), range(THREADS))
            for each in one
        ]
    assert private.recorder.healthy(), "something could not be written"
    print(f"  one of two processes, 8 threads {milliseconds(took)}")
    site.close()


def main() -> None:
    """Print all figures."""
    with TemporaryDirectory() as name:
        folder = Path(name)
        site = InProcessSite(folder)
        private = services_of(site.database, site)
        record_checks(private, 100)
        print(f"an entry, one after another       {milliseconds(record_checks(private, CHECKS))}")
        command = [sys.executable, "-m", "bench.audit_log", name]
        began = time.perf_counter()
        running = [subprocess.Popen(command) for _ in range(PROCESSES)]
        assert [each.wait() for each in running] == [0, 0]
        rate = PROCESSES * THREADS * EACH / (time.perf_counter() - began)
        print(f"  together at least {rate:.0f} entries a second, start of the processes included")
        record_checks(private, KEPT - 100 - CHECKS - PROCESSES * THREADS * EACH)
        began = time.perf_counter()
        assert private.audit_log.verify().faults == ()
        print(f"verifying {KEPT} entries         {time.perf_counter() - began:.1f} s")
        print(f"purging them: {measure_purge(private)}")
        site.close()


if __name__ == "__main__":
    if len(sys.argv) > 1:
        client_process(Path(sys.argv[1]))
    else:
        main()
