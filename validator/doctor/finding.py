"""One line of the result: what was checked, its state, what was found, what to do."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from validator.i18n import N_
from validator.i18n import gettext as _

if TYPE_CHECKING:
    from collections.abc import Iterable


class State(StrEnum):
    """`warning`: it works, but needs an action. `skipped`: it was not checked."""

    OK = "ok"
    WARNING = "warning"
    FAILED = "failed"
    SKIPPED = "skipped"


class Check(StrEnum):
    """What is checked. The values are part of the JSON."""

    SETTINGS = "settings"
    DATA_FOLDER = "data_folder"
    DISK = "disk"
    LOCKS = "locks"
    DATABASE = "database"
    ROUTER_PROXY = "router_proxy"
    ROUTER_NAME = "router_name"
    ROUTER_CONNECTION = "router_connection"
    ROUTER_CERTIFICATE = "router_certificate"
    ROUTER_STATUS = "router_status"
    ROUTER_VERIFIER = "router_verifier"
    CLOCK = "clock"
    HTTPS = "https"
    FORWARDED = "forwarded_headers"
    HEADERS = "security_headers"
    HOSTS = "trusted_hosts"
    WORKERS = "workers"
    REDIS = "redis"
    DECODERS = "decoders"


LABELS = {
    Check.SETTINGS: N_("Settings"),
    Check.DATA_FOLDER: N_("Data folder"),
    Check.DISK: N_("Disk"),
    Check.LOCKS: N_("File locks"),
    Check.DATABASE: N_("Database"),
    Check.ROUTER_PROXY: N_("Web proxy"),
    Check.ROUTER_NAME: N_("Name of the Router"),
    Check.ROUTER_CONNECTION: N_("Connection to the Router"),
    Check.ROUTER_CERTIFICATE: N_("Certificate of the Router"),
    Check.ROUTER_STATUS: N_("Status service"),
    Check.ROUTER_VERIFIER: N_("Verifier service"),
    Check.CLOCK: N_("Clock"),
    Check.HTTPS: N_("HTTPS"),
    Check.FORWARDED: N_("Forwarded headers"),
    Check.HEADERS: N_("Security headers"),
    Check.HOSTS: N_("Host names"),
    Check.WORKERS: N_("Processes and threads"),
    Check.REDIS: N_("Redis"),
    Check.DECODERS: N_("Reading pictures"),
}
OK_ID, SKIPPED_ID, LATE_ID, BROKEN_ID = "ok", "not_checked", "no_result_in_time", "check_broken"
_EXIT_CODES = {State.FAILED: 2, State.WARNING: 1}


@dataclass(frozen=True, slots=True)
class Finding:
    """`id` names the cause for programs. `text` and `next` are in the language of the request.

    `mail` is a ready mail to the Router's helpdesk, where the Router refuses this server.
    """

    check: Check
    id: str
    state: State
    text: str
    next: str | None = None
    mail: str | None = None

    @property
    def label(self) -> str:
        """The name of the check, for people."""
        return _(LABELS[self.check])


def ok(check: Check, text: str) -> Finding:
    """It works."""
    return Finding(check, OK_ID, State.OK, text)


def skipped(check: Check, text: str) -> Finding:
    """It was not checked, for this reason."""
    return Finding(check, SKIPPED_ID, State.SKIPPED, text)


def late(check: Check, seconds: float) -> Finding:
    """The check did not end in time."""
    return Finding(
        check,
        LATE_ID,
        State.FAILED,
        _("There was no result within %(seconds)s seconds.", seconds=f"{seconds:g}"),
        _("Look at what this check uses: a disk, a server or a name service that hangs."),
    )


def broken(check: Check, error: str) -> Finding:
    """The check itself failed with an exception of this type."""
    return Finding(
        check,
        BROKEN_ID,
        State.FAILED,
        _("The check itself failed (%(error)s).", error=error),
        _("Report this as a fault of ESC Validator, with this line."),
    )


def warning(check: Check, cause: str, text: str, advice: str) -> Finding:
    """It works, but needs an action."""
    return Finding(check, cause, State.WARNING, text, advice)


def failed(check: Check, cause: str, text: str, advice: str) -> Finding:
    """Staff cannot work, or data may be lost."""
    return Finding(check, cause, State.FAILED, text, advice)


def exit_code(findings: Iterable[Finding]) -> int:
    """0 if nothing needs attention, 1 for warnings only, 2 if a check failed."""
    return max((_EXIT_CODES.get(one.state, 0) for one in findings), default=0)
