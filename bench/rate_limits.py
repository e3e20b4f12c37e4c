"""What the limits cost a check, and how far each kind of guessing gets in an hour and a day."""

from __future__ import annotations

import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from tempfile import TemporaryDirectory

from bench.support import milliseconds
from scanner.payload import Payload
from tests.support.redis_server import redis_server
from tests.support.verdicts import LIVE
from tests.unit.rate_limiting.callers import Walk, draws, issued
from tests.unit.rate_limiting.test_guessing import BY_FORM, BY_SHARE, DAY, HOUR, perfect_numbers
from tests.unit.rate_limiting.test_rotation import CARDS, PATTERNS, Rotation
from validator.accounts.identity import Caller, CallerKind
from validator.checking.checker import NoRecord
from validator.keys import Purpose, derive
from validator.rate_limiting.guess_limiter import GuessLimiter
from validator.rate_limiting.store import open_store
from validator.rate_limiting.thresholds import Thresholds

CHECKS = 2_000
PROCESSES, THREADS, EACH = 2, 8, 250


def limiter(where: str) -> GuessLimiter:
    """Limits through this file or this Redis, with the real clock."""
    url = where if where.startswith("unix:") else None
    store = open_store("a secret", Path(where).parent, url)
    key = derive("a secret", Purpose.FINGERPRINTS)
    return GuessLimiter(store, Thresholds(), key, time.time, NoRecord())


def check(limits: GuessLimiter, caller: int, times: int, different: int | None = None) -> list[float]:
    """Seconds that the limits took for each check of a known card, of `different` ones in turn."""
    sara, draw, took = Caller(CallerKind.PERSON, caller, "sara"), draws(caller), []
    cards = [Payload(issued(draw)) for _ in range(different or times)]
    for number in range(times):
        payload = cards[number % len(cards)]
        began = time.perf_counter()
        admission = limits.allow(sara)
        limits.after_answer(sara, payload, LIVE, admission)
        took.append(time.perf_counter() - began)
    return took


def till_process(where: str) -> None:
    """Eight tills of one process, two on an account."""
    limits = limiter(where)
    with ThreadPoolExecutor(THREADS) as tills:
        jobs = tills.map(lambda till: check(limits, till // 2, EACH), range(THREADS))
        took = [each for one in jobs for each in one]
    assert limits.healthy(), "the store failed under load"
    print(f"  one of two processes, 8 threads {milliseconds(took)}", flush=True)
    limits.close()


def cost(name: str, where: str) -> None:
    """Print what one store costs."""
    limits = limiter(where)
    check(limits, 99, 100)
    print(f"{name}, new cards in turn    {milliseconds(check(limits, 99, CHECKS))}", flush=True)
    print(f"{name}, one card repeated    {milliseconds(check(limits, 98, CHECKS, 1))}", flush=True)
    command = [sys.executable, "-m", "bench.rate_limits", where]
    running = [subprocess.Popen(command) for _ in range(PROCESSES)]
    assert [each.wait() for each in running] == [0, 0]
    limits.close()


def guessing() -> None:
    """Print how many of a guesser's numbers the Router hears of, and after how many a manager does."""
    print(f"{'guesses every two seconds':34} hour   day   alert after")
    for guesser in (*BY_FORM, *BY_SHARE):
        walk, guesses = Walk(), guesser(draws(1))
        hour = walk.guess(guesses, HOUR, 2)
        day = hour + walk.guess(guesses, DAY - HOUR, 2)
        after, alert = walk.alerts[0]
        print(f"{guesser.__name__.replace('_', ' '):34} {hour:4} {day:5}   {after:3} ({alert})")


def rotation() -> None:
    """Print the same for known cards in rotation with perfect numbers between them."""
    print(f"{'known cards':12}" + "".join(f"{each.known}:{each.guesses} day, alert   " for each in PATTERNS))
    for number in CARDS:
        line = ""
        for pattern in PATTERNS:
            rotation = Rotation(number, pattern, perfect_numbers)
            rotation.run_a_day()
            line += f"{len(rotation.at):6} {rotation.alerted_after:5}      "
        print(f"{number:4}        {line}", flush=True)


def main() -> None:
    """Print all thresholds."""
    with TemporaryDirectory() as name:
        cost("SQLite", str(Path(name) / "limits.sqlite"))
    with redis_server() as server:
        cost("Redis ", server.url)
    guessing()
    rotation()


if __name__ == "__main__":
    if len(sys.argv) > 1:
        till_process(sys.argv[1])
    else:
        main()
