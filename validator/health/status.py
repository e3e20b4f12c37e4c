"""The state of each part of the server at one moment."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

from scanner.pool import DecoderStatus
from validator.router.answers import Cause
from validator.router.circuit_breaker import BreakerState
from validator.router.health import RouterHealth

if TYPE_CHECKING:
    from scanner.sandbox import Confinement

# From here on ages are wrong by minutes. The Router sends its time in whole seconds.
CLOCK_WRONG_S = 60.0


class StoreState(StrEnum):
    """State of a writable store."""

    WORKS = "works"
    LOCKED = "locked"
    DOWN = "down"


class DiskState(StrEnum):
    """State of the data folder's disk; `unusable` for any fault but a full or read-only disk."""

    WORKS = "works"
    FULL = "full"
    READ_ONLY = "read_only"
    UNUSABLE = "unusable"


class Trouble(StrEnum):
    """What may be wrong. /readyz lists these values."""

    DATABASE_DOWN = "database_down"
    DATABASE_LOCKED = "database_locked"
    MEMORY_DOWN = "memory_down"
    DISK_FULL = "disk_full"
    DISK_READ_ONLY = "disk_read_only"
    DISK_UNUSABLE = "disk_unusable"
    NO_READER = "no_reader"
    NO_ZBAR = "no_zbar"
    FILES_MISSING = "files_missing"
    AUDIT_LOG_BEHIND = "audit_log_behind"
    LIMITS_APART = "limits_apart"
    PACK_BEHIND = "pack_behind"
    ROUTER_FAILING = "router_failing"
    ROUTER_REFUSES = "router_refuses"
    ROUTER_PROXY = "router_proxy_fails"
    ROUTER_CERTIFICATE = "router_certificate_fails"
    ROUTER_NAME = "router_name_fails"
    ROUTER_ROUTE = "router_not_reached"
    ROUTER_SLOW = "router_slow"
    ROUTER_UNUSABLE = "router_answers_unusable"
    ROUTER_RATE_LIMITED = "router_rate_limited"
    CLOCK_WRONG = "clock_wrong"
    AUDIT_LOG_CHANGED = "audit_log_changed"
    FOLDER_OPEN = "folder_open"


# One call that takes too long happens every day.
SLOW_IN_A_ROW = 3

_OF_REACHING = {
    Trouble.ROUTER_PROXY: Cause.PROXY,
    Trouble.ROUTER_CERTIFICATE: Cause.CERTIFICATE,
    Trouble.ROUTER_NAME: Cause.NAME,
    Trouble.ROUTER_ROUTE: Cause.ROUTE,
    Trouble.ROUTER_SLOW: Cause.SLOW,
}


@dataclass(frozen=True, slots=True)
class HealthStatus:
    """Each part as it was last probed. Nothing personal.

    `reader` and `confinement` are None until a picture is read for the first time.
    """

    database: StoreState = StoreState.WORKS
    memory: bool = True
    disk: DiskState = DiskState.WORKS
    reader: DecoderStatus | None = None
    confinement: Confinement | None = None
    audit_log: bool = True
    audit_log_intact: bool = True
    folder_private: bool = True
    limits: bool = True
    pack_dropped: int = 0
    router: RouterHealth = field(default_factory=RouterHealth)
    missing_files: tuple[str, ...] = ()

    @property
    def ready(self) -> bool:
        """Whether people can sign in and check cards, if only from memory; a locked database can be read."""
        return self.database is not StoreState.DOWN

    @property
    def clock(self) -> bool:
        """Whether our clock agrees with the Router's, as far as its time is known."""
        return abs(self.router.skew_s or 0.0) < CLOCK_WRONG_S

    @property
    def reached(self) -> bool:
        """Whether the Router was reached in time at the last call."""
        return self._cannot_reach not in _OF_REACHING.values()

    @property
    def _cannot_reach(self) -> Cause | None:
        """Why the last calls failed; None where the last one got an answer."""
        latest = self.router.recent_calls
        if latest.current_failure is None:
            return None
        cause = latest.current_failure.cause
        is_one_slow_call = cause is Cause.SLOW and latest.consecutive_failures < SLOW_IN_A_ROW
        return None if is_one_slow_call else cause

    def troubles(self) -> list[Trouble]:
        """What is wrong, most severe first."""
        wrong = {
            Trouble.DATABASE_DOWN: self.database is StoreState.DOWN,
            Trouble.DATABASE_LOCKED: self.database is StoreState.LOCKED,
            Trouble.DISK_FULL: self.disk is DiskState.FULL,
            Trouble.DISK_READ_ONLY: self.disk is DiskState.READ_ONLY,
            Trouble.DISK_UNUSABLE: self.disk is DiskState.UNUSABLE,
            Trouble.MEMORY_DOWN: not self.memory,
            Trouble.AUDIT_LOG_BEHIND: not self.audit_log,
            Trouble.AUDIT_LOG_CHANGED: not self.audit_log_intact,
            Trouble.LIMITS_APART: not self.limits,
            Trouble.PACK_BEHIND: self.pack_dropped > 0,
            Trouble.ROUTER_REFUSES: bool(self.router.refusing),
            **{trouble: self._cannot_reach is cause for trouble, cause in _OF_REACHING.items()},
            Trouble.ROUTER_UNUSABLE: self.router.recent_calls.answers_unusable,
            Trouble.ROUTER_FAILING: self.router.breaker is not BreakerState.CLOSED,
            Trouble.ROUTER_RATE_LIMITED: self.router.rate_limited > 0,
            Trouble.CLOCK_WRONG: not self.clock,
            Trouble.NO_READER: self.reader is DecoderStatus.FAILS,
            Trouble.NO_ZBAR: self.reader is DecoderStatus.NO_ZBAR,
            Trouble.FILES_MISSING: bool(self.missing_files),
            Trouble.FOLDER_OPEN: not self.folder_private,
        }
        return [trouble for trouble, is_so in wrong.items() if is_so]
