"""The store of the rate limits fails: no check is delayed, and two workers share one limit."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from structlog.testing import capture_logs

from tests.support.app_factory import close, make_app
from tests.support.fault_router import FaultRouter
from tests.support.redis_server import redis_server
from tests.support.server_process import every_card, new_number
from validator.rate_limiting.redis_store import RedisStore
from validator.rate_limiting.store import PAUSE_S, DegradingStore, SqliteStore

if TYPE_CHECKING:
    from collections.abc import Callable

    from validator.rate_limiting.store import Store

NOON = 1_795_521_600.0
ROOT = Path(__file__).parents[2]
# One of two workers: asks for a hundred unknown cards, all at noon, and prints how many answers it got. Then
# it counts three hundred steps, and prints the count at its last.
WORKER = """
import sys
from pathlib import Path
import structlog
from scanner.payload import Payload
from tests.faults.test_rate_limit_store import NOON, count_up
from tests.unit.rate_limiting.callers import draws, issued
from tests.unit.rate_limiting.test_guess_limiter import SARA, checked
from validator.checking.checker import NoRecord
from validator.rate_limiting.guess_limiter import GuessLimiter
from validator.rate_limiting.redis_store import RedisStore
from validator.rate_limiting.store import DegradingStore, SqliteStore
from validator.rate_limiting.thresholds import Thresholds
from validator.verdict import Reason

structlog.configure(logger_factory=structlog.PrintLoggerFactory(sys.stderr))
where, number = sys.argv[1:]
# A busy machine may hold a lock for longer than a till would wait; here both are to count to the end.
store = RedisStore(where, "x:", 30) if where.startswith("unix:") else SqliteStore(Path(where), 30)
limiter = GuessLimiter(DegradingStore(store, lambda: 0.0, 30), Thresholds(), b"key", lambda: NOON, NoRecord())
draw = draws(int(number))
print("ready", flush=True)
sys.stdin.readline()
print(sum(checked(limiter, SARA, Payload(issued(draw)), Reason.UNKNOWN_CARD) for _ in range(100)))
print(max(limiter.store.change("steps", count_up, NOON) for _ in range(300)))
assert limiter.healthy()
limiter.close()
"""


def count_up(kept: str | None) -> tuple[str, int]:
    number = int(kept or "0") + 1
    return str(number), number


class FailingStore(SqliteStore):
    """Memory that is down, and counts how often it is tried."""

    def __init__(self) -> None:
        super().__init__(None)
        self.tries = 0
        self.works = False

    def _open(self) -> sqlite3.Connection:
        self.tries += 1
        if not self.works:
            raise sqlite3.OperationalError
        return super()._open()


def two_workers(where: str) -> tuple[int, int]:
    """How many checks two workers made together, beginning at once, and how far they counted together."""
    workers = [
        subprocess.Popen(
            [sys.executable, "-c", WORKER, where, str(number)],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for number in range(2)
    ]
    assert [worker.stdout and worker.stdout.readline() for worker in workers] == ["ready\n"] * 2
    for worker in workers:
        assert worker.stdin
        worker.stdin.write("go\n")
        worker.stdin.flush()
    outputs = [worker.communicate(timeout=120)[0].split() for worker in workers]
    assert [worker.returncode for worker in workers] == [0, 0]
    return sum(int(made) for made, _ in outputs), max(int(counted) for _, counted in outputs)


def one_limit(made: int, counted: int) -> bool:
    """Ninety answers in all, as with one worker; a few more or less, since some cards share a bit."""
    return 87 <= made <= 93 and counted == 600


def test_two_workers_have_one_limit_through_the_file(tmp_path: Path) -> None:
    """Not twice ninety, and no step is lost."""
    assert one_limit(*two_workers(str(tmp_path / "limits.sqlite")))


def test_two_workers_have_one_limit_through_redis() -> None:
    """The same through a Redis that hosts share."""
    with redis_server() as server:
        assert one_limit(*two_workers(server.url))


def test_a_failing_store_is_tried_once_and_then_paused() -> None:
    """Checks continue at once, this process counts alone meanwhile, and the store is used again by itself."""
    now = [0.0]
    store = FailingStore()
    shared = DegradingStore(store, lambda: now[0])

    assert [shared.change("sara", count_up, NOON) for _ in range(5)] == [1, 2, 3, 4, 5]
    assert not shared.healthy()
    assert store.tries == 1
    now[0] = PAUSE_S
    shared.change("sara", count_up, NOON)
    shared.purge(NOON)
    assert store.tries == 2

    now[0], store.works = 2 * PAUSE_S, True
    assert shared.healthy()
    assert shared.change("sara", count_up, NOON) == 1


def damaged(path: Path) -> SqliteStore:
    path.write_bytes(b"no database at all, but long enough to be read as one" * 100)
    return SqliteStore(path)


def in_a_folder_that_is_gone(path: Path) -> SqliteStore:
    return SqliteStore(path.parent / "gone" / path.name)


def a_folder_instead(path: Path) -> SqliteStore:
    path.mkdir()
    return SqliteStore(path)


def not_listening(path: Path) -> RedisStore:
    return RedisStore(f"unix://{path}", "x:")


@pytest.mark.parametrize("make", [damaged, in_a_folder_that_is_gone, a_folder_instead, not_listening])
def test_a_store_that_cannot_be_used_says_so_and_nothing_else(
    make: Callable[[Path], Store], tmp_path: Path
) -> None:
    """A warning in the log, with no address or path in it; counting continues in memory."""
    path = tmp_path / "limits.sqlite"
    shared = DegradingStore(make(path), time.monotonic)

    with capture_logs() as logs:
        assert [shared.change("sara", count_up, NOON) for _ in range(3)] == [1, 2, 3]

    assert [entry["event"] for entry in logs] == ["rate_limit_store_failed"]
    assert str(tmp_path) not in str(logs)
    assert not shared.healthy()


def test_a_locked_file_causes_no_long_wait(tmp_path: Path) -> None:
    """A backup that holds the lock for minutes costs one check a tenth of a second."""
    path = tmp_path / "limits.sqlite"
    shared = DegradingStore(SqliteStore(path), lambda: 0.0)
    shared.change("sara", count_up, NOON)
    with sqlite3.connect(path, isolation_level=None) as backup:
        backup.execute("BEGIN EXCLUSIVE")

        began = time.monotonic()
        counted = [shared.change("sara", count_up, NOON) for _ in range(100)]

        assert counted[-1] == 100
        assert time.monotonic() - began < 5
        assert not shared.healthy()
    backup.close()


def test_checks_continue_while_redis_is_stopped(tmp_path: Path) -> None:
    """A till notices nothing; a monitor does."""
    with redis_server() as server, FaultRouter(every_card) as router:
        app = make_app(
            tmp_path / "data", router.url, limits="on", router_calls_per_s="0", redis_url=server.url
        )
        made = app.test_cli_runner().invoke(args=["device", "add", "till"])
        headers = {"Authorization": f"Bearer {made.output.split()[-1]}"}
        client = app.test_client()

        def check() -> str:
            asked = {"input": new_number()}
            return str(client.post("/api/v1/validations", json=asked, headers=headers).get_json()["reason"])

        assert check() == "active"
        assert client.get("/readyz").get_json()["parts"]["limits"]
        server.stop()
        assert [check() for _ in range(20)] == ["active"] * 20
        assert not client.get("/readyz").get_json()["parts"]["limits"]
        app.extensions["validator"].checker.limits.close()
        close(app)


def test_a_frozen_redis_causes_no_wait_and_is_used_again_once_it_is_back() -> None:
    """Each kind of failure: the store hangs, is missing, is back and empty."""
    with redis_server() as server:
        now = [0.0]
        shared = DegradingStore(RedisStore(server.url, "x:"), lambda: now[0])
        assert shared.change("sara", count_up, NOON) == 1

        server.freeze()
        began = time.monotonic()
        assert [shared.change("sara", count_up, NOON) for _ in range(50)][-1] == 50
        assert time.monotonic() - began < 5

        server.stop()
        now[0] += PAUSE_S
        assert shared.change("sara", count_up, NOON) == 51
        assert not shared.healthy()

        server.start()
        now[0] += PAUSE_S
        assert shared.change("sara", count_up, NOON) == 1
        assert shared.healthy()
        shared.close()
