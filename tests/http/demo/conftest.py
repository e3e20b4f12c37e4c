"""A simulated Router for the tests of this folder."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.support.demo_router import DemoRouter, demo_router

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(name="router", scope="session")
def _router() -> Iterator[DemoRouter]:
    """The simulated Router, at noon of a fixed day."""
    with demo_router() as router:
        yield router
