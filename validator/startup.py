"""What the log says at a start: which parts are on, and what several hosts need."""

from __future__ import annotations

from typing import TYPE_CHECKING

import structlog
from sqlalchemy.engine import make_url

from validator.router.config import is_loopback
from validator.version import VERSION

if TYPE_CHECKING:
    from validator.settings import Settings

log = structlog.get_logger(__name__)


def log_start(settings: Settings) -> None:
    """One line with the parts that are on, without a secret; and a warning where limits may not be shared."""
    log.info("starting", **summary(settings))
    if counts_alone(settings):
        log.warning(
            "limits_per_host",
            why="the database is on another host, and ESCV_REDIS_URL is not set",
            hint="if several hosts serve this site, set ESCV_REDIS_URL, so that they count guesses together",
        )


def summary(settings: Settings) -> dict[str, str | int | bool]:
    """The parts that are on, each as one short value."""
    return {
        "version": VERSION,
        "demo": settings.demo,
        "database": make_url(settings.database_address).get_backend_name(),
        "redis": settings.redis_url is not None,
        "processes": settings.processes,
        "proxy_hops": settings.proxy_hops,
        "trusted_hosts": len(settings.trusted_hosts),
        "secure_cookies": bool(settings.secure_cookies),
        "limits": settings.limits == "on",
        "audit_log_days": settings.retention_days,
        "offline_pack": bool(settings.pack_cards and settings.pack_for),
        "server_reading": settings.server_reading,
        "display_names": settings.show_display_name,
        "old_secret_keys": len(settings.old_secret_keys),
        "contact": settings.user_agent_contact is not None,
    }


def counts_alone(settings: Settings) -> bool:
    """Whether several hosts probably serve this site, and each would count guesses alone."""
    url = make_url(settings.database_address)
    is_remote = bool(url.host) and not is_loopback(url.host or "")
    return is_remote and settings.redis_url is None and settings.limits == "on"
