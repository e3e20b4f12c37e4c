"""The two stores, each as it really is, and the memory that replaces them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.support.redis_server import redis_server
from validator.rate_limiting.redis_store import RedisStore
from validator.rate_limiting.store import DegradingStore, SqliteStore

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from validator.rate_limiting.store import Store

# A busy machine may take longer than a till would wait.
TIMEOUT_S = 30


@pytest.fixture(name="redis_url", scope="session")
def _redis_url() -> Iterator[str]:
    with redis_server() as server:
        yield server.url


@pytest.fixture(name="store", params=["memory", "sqlite", "redis"])
def _store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    store: Store
    if request.param == "redis":
        store = RedisStore(request.getfixturevalue("redis_url"), f"{tmp_path.name}:", TIMEOUT_S)
    else:
        store = SqliteStore(tmp_path / "limits.sqlite" if request.param == "sqlite" else None, TIMEOUT_S)
    yield store
    store.disconnect()


def in_memory() -> DegradingStore:
    """A store of one process, on a clock that stands still."""
    return DegradingStore(SqliteStore(None), lambda: 0.0)
