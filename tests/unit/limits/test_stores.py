"""What every store of the limits does, whatever keeps it."""

from __future__ import annotations

import stat
import threading
from typing import TYPE_CHECKING

import pytest
from redis import Redis

from tests.unit.limits.callers import NOON
from tests.unit.limits.conftest import PATIENCE_S
from validator.limits.redis import RedisStore, client
from validator.limits.shared import Shared
from validator.limits.sqlite import SqliteStore
from validator.limits.store import KEPT_S, TRIES, OwnStore, StoreDown

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from validator.limits.store import Store


def count_up(kept: str | None) -> tuple[str, int]:
    number = int(kept or "0") + 1
    return str(number), number


def test_a_store_keeps_what_a_step_makes_of_what_it_kept(store: Store) -> None:
    """Each key for itself, from nothing."""
    assert [store.change("sara", count_up, NOON) for _ in range(3)] == [1, 2, 3]
    assert store.change("mia", count_up, NOON) == 1
    store.look()


def test_a_step_that_fails_changes_nothing_and_blocks_nobody(store: Store) -> None:
    """A fault of ours leaves the store as it was."""

    def fault(_kept: str | None) -> tuple[str, int]:
        raise LookupError

    store.change("sara", count_up, NOON)
    with pytest.raises(LookupError):
        store.change("sara", fault, NOON)

    assert store.change("sara", count_up, NOON) == 2


def test_threads_of_one_process_count_together(store: Store) -> None:
    """Eight threads lose no step, where none of them gives up waiting for its turn."""
    shared = Shared(store, lambda: 0.0, wait_s=PATIENCE_S)

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


@pytest.mark.parametrize("kind", ["own", "sqlite"])
def test_a_caller_is_forgotten_after_a_day(kind: str, tmp_path: Path) -> None:
    """Whoever checks nothing for a day starts anew."""
    store: Store = OwnStore() if kind == "own" else SqliteStore(tmp_path / "limits.sqlite")
    store.change("sara", count_up, NOON)

    assert store.change("sara", count_up, NOON + KEPT_S - 1) == 2
    assert store.change("sara", count_up, NOON + 2 * KEPT_S - 1) == 1
    store.close()


def test_redis_ends_a_caller_by_itself(redis_url: str) -> None:
    """Each key has its end with it."""
    store = RedisStore(client(redis_url, PATIENCE_S), "ends:")
    store.change("sara", count_up, NOON)

    with Redis.from_url(redis_url) as redis:
        assert KEPT_S - 60 < int(redis.ttl("ends:sara")) <= KEPT_S
    store.close()


@pytest.fixture(name="two", params=["sqlite", "redis"])
def _two(request: pytest.FixtureRequest, tmp_path: Path, redis_url: str) -> Iterator[tuple[Store, Store]]:
    """The stores of two processes, which share what they keep."""

    def one() -> Store:
        if request.param == "sqlite":
            return SqliteStore(tmp_path / "limits.sqlite", PATIENCE_S)
        return RedisStore(client(redis_url, PATIENCE_S), f"{tmp_path.name}:")

    ours, theirs = one(), one()
    yield ours, theirs
    ours.close()
    theirs.close()


@pytest.mark.parametrize("before", [None, "7"])
def test_a_step_is_taken_anew_where_another_process_came_between(
    two: tuple[Store, Store], before: str | None
) -> None:
    """What was read is compared with what is there before it is replaced, at a first step too."""
    ours, theirs = two
    steps: list[str | None] = []
    if before:
        ours.change("sara", lambda _kept: (before, None), NOON)

    def step(kept: str | None) -> tuple[str, int]:
        if not steps:
            theirs.change("sara", lambda _kept: ("41", None), NOON)
        steps.append(kept)
        return count_up(kept)

    assert ours.change("sara", step, NOON) == 42
    assert steps == [before, "41"]


def test_a_process_that_never_has_its_turn_gives_up(two: tuple[Store, Store]) -> None:
    """It counts alone for a while instead of trying for ever."""
    ours, theirs = two
    steps: list[str | None] = []

    def step(kept: str | None) -> tuple[str, int]:
        steps.append(kept)
        theirs.change("sara", lambda _kept: (str(100 * len(steps)), None), NOON)
        return count_up(kept)

    with pytest.raises(StoreDown):
        ours.change("sara", step, NOON)
    assert len(steps) == TRIES


def test_the_file_is_its_owners_alone(tmp_path: Path) -> None:
    """Nobody else on the host reads who checks how much."""
    store = SqliteStore(tmp_path / "limits.sqlite")
    store.change("sara", count_up, NOON)

    assert {stat.S_IMODE(path.stat().st_mode) for path in tmp_path.iterdir()} == {0o600}
    store.close()


@pytest.mark.parametrize("later", [KEPT_S, -2 * KEPT_S])
def test_a_purge_leaves_no_byte_of_what_is_past_its_end(tmp_path: Path, later: int) -> None:
    """Nor of what was written while a clock ran far ahead."""
    store = SqliteStore(tmp_path / "limits.sqlite")
    store.change("sara", lambda _kept: ("a canary of sara", None), NOON)

    store.purge(NOON + 1)
    assert b"canary" in raw(tmp_path)
    store.purge(NOON + later)
    assert b"canary" not in raw(tmp_path)
    store.close()


def raw(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in folder.iterdir())


def test_own_memory_is_purged_too() -> None:
    """A process keeps no caller of the day before."""
    store = OwnStore()
    store.change("sara", count_up, NOON)
    store.purge(NOON + KEPT_S + 1)

    assert store.change("sara", count_up, NOON) == 1


def test_a_closed_store_is_down(tmp_path: Path, redis_url: str) -> None:
    """A check during the stop is answered without it."""
    stores: list[Store] = [
        SqliteStore(tmp_path / "limits.sqlite"),
        RedisStore(client(redis_url), "closed:"),
    ]
    for store in stores:
        store.look()
        store.close()
        with pytest.raises(StoreDown):
            store.change("sara", count_up, NOON)
