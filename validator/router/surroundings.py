"""What the router room takes from the world: clocks, sleep and chance, all to be replaced by a test's own."""

from __future__ import annotations

import random
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable


@dataclass(frozen=True, slots=True)
class Surroundings:
    """`clock` is monotonic, `now` the epoch's; seconds. `random` gives 0 to 1."""

    clock: Callable[[], float] = time.monotonic
    now: Callable[[], float] = time.time
    sleep: Callable[[float], None] = time.sleep
    random: Callable[[], float] = random.random
