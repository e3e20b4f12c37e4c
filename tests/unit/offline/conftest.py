"""A site and a process with its pack, for each test."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.support.in_process_site import InProcessSite
from tests.unit.offline.pack_process import PackProcess

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture(name="site")
def _site(tmp_path: Path) -> Iterator[InProcessSite]:
    site = InProcessSite(tmp_path)
    yield site
    site.close()


@pytest.fixture(name="process")
def _process(tmp_path: Path) -> Iterator[PackProcess]:
    process = PackProcess(tmp_path / "pack.sqlite")
    yield process
    process.store.close()
