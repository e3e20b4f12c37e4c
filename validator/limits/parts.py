"""Puts the limits of a site together: which store, whose key, which clock."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from validator.keys import Purpose, derive
from validator.limits.figures import Figures
from validator.limits.limiter import Limiter
from validator.limits.shared import Shared
from validator.limits.sqlite import SqliteStore

if TYPE_CHECKING:
    from pathlib import Path

    from validator.limits.limiter import Alerts
    from validator.limits.store import Store

FILE = "limits.sqlite"


def limits(secret: str, folder: Path, redis_url: str | None, alerts: Alerts) -> Limiter:
    """Limits shared by all workers: through Redis where its address is given, else by a file in this folder.

    Opens nothing before it is first used, so it may be built before the process forks.
    """
    store = redis_store(secret, redis_url) if redis_url else SqliteStore(folder / FILE)
    return Limiter(
        shared=Shared(store, time.monotonic),
        figures=Figures(),
        key=derive(secret, Purpose.FINGERPRINTS),
        clock=time.time,
        alerts=alerts,
    )


def redis_store(secret: str, url: str) -> Store:
    """The store at this address, under keys of this site alone: others may share the server."""
    from validator.limits.redis import RedisStore, client  # noqa: PLC0415 - an extra that most sites do without

    site = derive(secret, Purpose.REDIS_NAMES)[:8].hex()
    return RedisStore(client(url), f"escv:{site}:limits:")
