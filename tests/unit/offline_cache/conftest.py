"""The second tier as it really is: a store in a file of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from offline_cache import SqliteStore

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture(name="path")
def _path(tmp_path: Path) -> Path:
    return tmp_path / "answers.sqlite"


@pytest.fixture(name="store")
def _store(path: Path) -> Iterator[SqliteStore]:
    store = SqliteStore(path)
    yield store
    store.close()
