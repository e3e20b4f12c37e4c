"""A simulated Router for the tests of this folder."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.support.stand_in import StandIn, stand_in

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(name="router", scope="session")
def _router() -> Iterator[StandIn]:
    """The simulated Router, at noon of a fixed day."""
    with stand_in() as router:
        yield router
