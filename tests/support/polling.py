"""Wait for a condition that another thread fulfils: poll often, with a long timeout."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

TIMEOUT_S = 20


def wait_for(happened: Callable[[], bool], timeout_s: float = TIMEOUT_S) -> None:
    """Return when the condition holds; fail at the timeout."""
    ends = time.monotonic() + timeout_s
    while not happened():
        assert time.monotonic() < ends, "the condition did not hold in time"
        time.sleep(0.01)
