"""What every store of the rate limits does."""

from __future__ import annotations

import stat
import threading
from typing import TYPE_CHECKING

import pytest
from redis import Redis

from tests.unit.rate_limiting.callers import NOON
from tests.unit.rate_limiting.conftest import TIMEOUT_S
from validator.rate_limiting.redis_store import RedisStore
from validator.rate_limiting.store import KEPT_S, TRIES, DegradingStore, SqliteStore

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from validator.rate_limiting.store import Store


def count_up(text: str | None) -> tuple[str, int]:
    number = int(text or "0") + 1
    return str(number), number


def degrading(store: Store) -> DegradingStore:
    return DegradingStore(store, lambda: 0.0, TIMEOUT_S)


def change(store: Store, step: Callable[[str | None], tuple[str | None, int]], now: float = NOON) -> int:
    shared = degrading(store)
    result = shared.change("sara", step, now)
    assert shared.healthy()
    return result


def test_a_store_keeps_the_text_of_each_key(store: Store) -> None:
    """Each key for itself, from no text to no text; a swap of another text does nothing."""
    assert [change(store, count_up) for _ in range(3)] == [1, 2, 3]
    assert store.get("mia", NOON) is None
    assert store.swap("mia", None, "1", NOON)
    assert not store.swap("mia", "2", "3", NOON)
    assert not store.swap("mia", "2", None, NOON)
    assert store.items("m") == {"mia": "1"}

    assert change(store, lambda _text: (None, 7)) == 7
    assert store.get("sara", NOON) is None


def test_a_step_that_fails_changes_nothing_and_blocks_nobody(store: Store) -> None:
    """An error in our own code leaves the store as it was."""

    def fail(_text: str | None) -> tuple[str, int]:
        raise LookupError

    shared = degrading(store)
    shared.change("sara", count_up, NOON)
    with pytest.raises(LookupError):
        shared.change("sara", fail, NOON)

    assert shared.change("sara", count_up, NOON) == 2


def test_a_step_that_changes_nothing_writes_nothing(tmp_path: Path) -> None:
    """A read of a window needs no write lock."""
    store = SqliteStore(tmp_path / "limits.sqlite")
    change(store, count_up)
    before = store._open().total_changes

    assert change(store, lambda text: (text, 7)) == 7
    assert store._open().total_changes == before
    store.disconnect()


def test_threads_of_one_process_count_together(store: Store) -> None:
    """Eight threads lose no step, where none of them gives up waiting for its turn."""
    shared = degrading(store)

    def work() -> None:
        for _ in range(40):
            shared.change("sara", count_up, NOON)

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert shared.change("sara", count_up, NOON) == 321
    assert shared.healthy()


@pytest.mark.parametrize("is_file", [True, False])
def test_a_key_expires_a_day_after_its_last_change(is_file: bool, tmp_path: Path) -> None:  # noqa: FBT001 - a case
    """A caller without a check for a day starts from the beginning."""
    store = SqliteStore(tmp_path / "limits.sqlite" if is_file else None)
    change(store, count_up)

    assert change(store, count_up, NOON + KEPT_S - 1) == 2
    assert change(store, count_up, NOON + 2 * KEPT_S - 1) == 1
    store.disconnect()


def test_redis_expires_keys_by_itself(redis_url: str) -> None:
    """Each key has its end with it."""
    store = RedisStore(redis_url, "ends:", TIMEOUT_S)
    change(store, count_up)

    with Redis.from_url(redis_url) as redis:
        assert KEPT_S - 60 < int(redis.ttl("ends:sara")) <= KEPT_S
    store.disconnect()


@pytest.fixture(name="two", params=["sqlite", "redis"])
def _two(request: pytest.FixtureRequest, tmp_path: Path, redis_url: str) -> Iterator[tuple[Store, Store]]:
    """The stores of two processes, which share their texts."""

    def one() -> Store:
        if request.param == "sqlite":
            return SqliteStore(tmp_path / "limits.sqlite", TIMEOUT_S)
        return RedisStore(redis_url, f"{tmp_path.name}:", TIMEOUT_S)

    ours, theirs = one(), one()
    yield ours, theirs
    ours.disconnect()
    theirs.disconnect()


@pytest.mark.parametrize("before", [None, "7"])
def test_a_step_is_repeated_if_another_process_wrote_in_between(
    two: tuple[Store, Store], before: str | None
) -> None:
    """What was read is compared with what is stored before it is replaced, at a first step too."""
    ours, theirs = two
    steps: list[str | None] = []
    if before:
        ours.swap("sara", None, before, NOON)

    def step(text: str | None) -> tuple[str, int]:
        if not steps:
            theirs.swap("sara", before, "41", NOON)
        steps.append(text)
        return count_up(text)

    assert change(ours, step) == 42
    assert steps == [before, "41"]


def test_a_process_that_always_loses_gives_up(two: tuple[Store, Store]) -> None:
    """It counts alone for a while instead of trying for ever."""
    ours, theirs = two
    steps: list[str | None] = []

    def step(text: str | None) -> tuple[str, int]:
        steps.append(text)
        theirs.swap("sara", text, str(100 * len(steps)), NOON)
        return count_up(text)

    shared = degrading(ours)
    assert shared.change("sara", step, NOON) == 1
    assert not shared.healthy()
    assert len(steps) == TRIES + 1


def test_the_lightest_keys_are_trimmed(store: Store) -> None:
    """Only those with the prefix, and only as many as are too many."""
    for number in (3, 1, 2, 5, 4):
        store.swap(f"net/{number}", None, str(number), NOON)
    store.swap("sara", None, "0", NOON)

    degrading(store).trim("net/", 2, float, NOON)

    assert store.items("") == {"net/4": "4", "net/5": "5", "sara": "0"}


def test_only_the_owner_can_read_the_file(tmp_path: Path) -> None:
    """No other user of the host reads who checks how much."""
    store = SqliteStore(tmp_path / "limits.sqlite")
    change(store, count_up)

    assert {stat.S_IMODE(path.stat().st_mode) for path in tmp_path.iterdir()} == {0o600}
    store.disconnect()


@pytest.mark.parametrize("later", [KEPT_S, -2 * KEPT_S])
def test_a_purge_leaves_no_byte_of_an_expired_key(tmp_path: Path, later: int) -> None:
    """Nor of a key that was written while a clock was far ahead."""
    store = SqliteStore(tmp_path / "limits.sqlite")
    store.swap("sara", None, "a canary of sara", NOON)

    store.purge(NOON + 1)
    assert b"canary" in raw(tmp_path)
    store.purge(NOON + later)
    assert b"canary" not in raw(tmp_path)
    store.disconnect()


def raw(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in folder.iterdir())


def test_memory_is_purged_too(tmp_path: Path) -> None:
    """While the store fails, a process keeps no caller of the day before."""
    shared = degrading(SqliteStore(tmp_path / "gone" / "limits.sqlite"))
    shared.change("sara", count_up, NOON)
    shared.purge(NOON + KEPT_S + 1)

    assert shared.change("sara", count_up, NOON) == 1


def test_a_closed_store_is_not_opened_again(tmp_path: Path) -> None:
    """A check during the stop of the server is counted in memory."""
    store = SqliteStore(tmp_path / "limits.sqlite")
    shared = degrading(store)
    shared.close()

    assert shared.change("sara", count_up, NOON) == 1
    assert store._connection is None
    shared.close()
