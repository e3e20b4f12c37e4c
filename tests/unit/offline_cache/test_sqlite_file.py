"""The shared file is created once, complete and private, also by concurrent processes."""

from __future__ import annotations

import errno
import os
import stat
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from threading import Barrier
from typing import TYPE_CHECKING

from offline_cache.sqlite_file import open_shared

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

TOGETHER = 8
TIMEOUT_S = 30


def mode(path: Path) -> str:
    """CacheStatus the file is written to, and who may read it."""
    with closing(open_shared(path, TIMEOUT_S)) as connection:
        (journal,) = connection.execute("PRAGMA journal_mode").fetchone()
    return f"{journal} {stat.S_IMODE(path.stat().st_mode):o}"


def test_concurrent_creation_never_fails(tmp_path: Path) -> None:
    """Workers that start at once all get the file, and no draft remains."""
    start = Barrier(TOGETHER)

    def begin(path: Path) -> str:
        start.wait()
        return mode(path)

    with ThreadPoolExecutor(TOGETHER) as workers:
        for number in range(20):
            path = tmp_path / f"{number}.sqlite"
            assert list(workers.map(begin, [path] * TOGETHER)) == ["wal 600"] * TOGETHER

    assert [path.name for path in tmp_path.iterdir() if path.is_dir()] == []


def test_a_disk_without_hard_links_works(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Some network disks have no links: the file is still created, and private."""

    def refuses(_source: Path, _target: Path) -> None:
        raise OSError(errno.EPERM, "no links here")

    monkeypatch.setattr(os, "link", refuses)

    assert mode(tmp_path / "answers.sqlite") == "wal 600"
