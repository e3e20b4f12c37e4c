"""Waiting for what happens in another thread: looked at often, given up late."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

TIMEOUT_S = 20


def wait_for(happened: Callable[[], bool], timeout_s: float = TIMEOUT_S) -> None:
    """Return once it has happened; fail where it never does."""
    ends = time.monotonic() + timeout_s
    while not happened():
        assert time.monotonic() < ends, "it did not happen"
        time.sleep(0.01)
