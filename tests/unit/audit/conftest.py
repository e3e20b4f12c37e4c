"""A site for each test."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.support.in_process_site import InProcessSite

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture(name="site")
def _site(tmp_path: Path) -> Iterator[InProcessSite]:
    site = InProcessSite(tmp_path)
    yield site
    site.close()
