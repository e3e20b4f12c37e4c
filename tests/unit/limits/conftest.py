"""The three stores, each as it really is."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.support.redis_server import redis_server
from validator.limits.redis import RedisStore, client
from validator.limits.sqlite import SqliteStore
from validator.limits.store import OwnStore

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from validator.limits.store import Store

# A busy machine may take longer than a till would wait.
PATIENCE_S = 30


@pytest.fixture(name="redis_url", scope="session")
def _redis_url() -> Iterator[str]:
    with redis_server() as server:
        yield server.url


@pytest.fixture(name="store", params=["own", "sqlite", "redis"])
def _store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    store: Store
    if request.param == "own":
        store = OwnStore()
    elif request.param == "sqlite":
        store = SqliteStore(tmp_path / "limits.sqlite", PATIENCE_S)
    else:
        url: str = request.getfixturevalue("redis_url")
        store = RedisStore(client(url, PATIENCE_S), f"{tmp_path.name}:")
    yield store
    store.close()
