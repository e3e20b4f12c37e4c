"""Each part of the server in words, for a manager. Pure, but for the language of the request."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

from babel.lists import format_list

from scanner.pool import DecoderStatus
from validator.health.status import Trouble
from validator.health.words import CLOCK_SLOW, TROUBLES
from validator.i18n import N_, language, ngettext
from validator.i18n import gettext as _
from validator.router.answers import Cause

if TYPE_CHECKING:
    from collections.abc import Sequence

    from scanner.sandbox import Confinement
    from validator.health.status import HealthStatus

MAX_FILES = 5
MINUTE_S, HOUR_S, DAY_S = 60, 3600, 86_400


@dataclass(frozen=True, slots=True)
class _Kind:
    """The name of a part, what is shown while it works, and its possible troubles."""

    label: str
    works: str
    troubles: tuple[Trouble, ...]


PARTS = {
    "database": _Kind(
        N_("Database"),
        N_("It can be read and written."),
        (Trouble.DATABASE_DOWN, Trouble.DATABASE_LOCKED),
    ),
    "disk": _Kind(
        N_("Disk"),
        N_("It has free space, and the data folder can be written to."),
        (Trouble.DISK_FULL, Trouble.DISK_READ_ONLY, Trouble.DISK_UNUSABLE, Trouble.FOLDER_OPEN),
    ),
    "memory": _Kind(
        N_("Remembered answers"),
        N_("Answers are kept for times when the Router cannot be asked."),
        (Trouble.MEMORY_DOWN,),
    ),
    "audit_log": _Kind(
        N_("Audit log"),
        N_("Every check was recorded."),
        (Trouble.AUDIT_LOG_BEHIND, Trouble.AUDIT_LOG_CHANGED),
    ),
    "limits": _Kind(
        N_("Limits"), N_("They are tracked for all processes together."), (Trouble.LIMITS_APART,)
    ),
    "pack": _Kind(
        N_("Packs for devices"),
        N_("No answer of the last 15 minutes is missing from them."),
        (Trouble.PACK_BEHIND,),
    ),
    "access": _Kind(
        N_("Access to the Router"),
        N_("The Router accepts requests from this server, as far as any were sent."),
        (Trouble.ROUTER_REFUSES,),
    ),
    "route": _Kind(
        N_("Connection to the Router"),
        N_("The Router can be reached, as far as requests were sent."),
        (
            Trouble.ROUTER_PROXY,
            Trouble.ROUTER_CERTIFICATE,
            Trouble.ROUTER_NAME,
            Trouble.ROUTER_ROUTE,
            Trouble.ROUTER_SLOW,
        ),
    ),
    "router": _Kind(
        N_("The Router"), N_("It answers, as far as requests were sent."), (Trouble.ROUTER_FAILING,)
    ),
    "answers": _Kind(
        N_("The Router’s answers"),
        N_("They can be used, as far as there were any."),
        (Trouble.ROUTER_UNUSABLE,),
    ),
    "rate_limit": _Kind(
        N_("Limit of requests to the Router"),
        N_("The server did not limit any request lately."),
        (Trouble.ROUTER_RATE_LIMITED,),
    ),
    "clock": _Kind(
        N_("Clock"), N_("It agrees with the Router’s, as far as that is known."), (Trouble.CLOCK_WRONG,)
    ),
    "reader": _Kind(
        N_("Reading pictures"),
        N_("Photos are read with both decoders."),
        (Trouble.NO_READER, Trouble.NO_ZBAR),
    ),
    "files": _Kind(
        N_("Files of the pages"), N_("All files that the pages need are there."), (Trouble.FILES_MISSING,)
    ),
}
MEANS = {
    "landlock": N_("Landlock"),
    "syscall_filter": N_("the system-call filter"),
    "no_new_privs": N_("the ban on new privileges"),
    "no_capabilities": N_("giving up capabilities"),
    "hidden_memory": N_("hiding its memory"),
}
# The second sentence about the Router: why its latest call failed, within the last hour.
LATEST_FAILURE = {
    Cause.NAME: N_(
        "The latest failure of the last hour: the Router’s name could not be resolved (%(detail)s)."
    ),
    Cause.ROUTE: N_(
        "The latest failure of the last hour: there was no connection to the Router (%(detail)s)."
    ),
    Cause.PROXY: N_("The latest failure of the last hour: the web proxy made no connection (%(detail)s)."),
    Cause.CERTIFICATE: N_(
        "The latest failure of the last hour: the certificate could not be verified (%(detail)s)."
    ),
    Cause.REFUSED: N_(
        "The latest failure of the last hour: the Router refused to answer this server (%(detail)s)."
    ),
    Cause.UNUSABLE: N_("The latest failure of the last hour: the answer could not be used (%(detail)s)."),
    Cause.SLOW: N_("The latest failure of the last hour: there was no answer in time (%(detail)s)."),
    Cause.BUSY: N_("The latest failure of the last hour: the Router was busy (%(detail)s)."),
    Cause.ERROR: N_(
        "The latest failure of the last hour: the Router reported an error of its own (%(detail)s)."
    ),
    Cause.HELD_BACK: N_(
        "The latest failure of the last hour: this server limited its requests to the Router (%(detail)s)."
    ),
}


@dataclass(frozen=True, slots=True)
class Part:
    """One part: its name, whether it works, and words; `trouble` and what to do `next` if it does not."""

    part: str
    ok: bool
    words: str
    trouble: Trouble | None = None
    next: str | None = None


def parts(status: HealthStatus) -> list[Part]:
    """Every part, in a fixed order."""
    troubles = status.troubles()
    found = {
        name: _part(kind, [one for one in troubles if one in kind.troubles], status)
        for name, kind in PARTS.items()
    }
    if status.confinement is not None and status.reader is not DecoderStatus.FAILS:
        found["reader"] = _with(found["reader"], isolation(status.confinement))
    latest = status.router.recent_calls.latest_failure
    if latest is not None:
        found["router"] = _with(found["router"], _(LATEST_FAILURE[latest.cause], detail=latest.detail))
    return list(found.values())


def _with(part: Part, sentence: str) -> Part:
    return replace(part, words=f"{part.words} {sentence}")


def isolation(confinement: Confinement) -> str:
    """How far the process that reads photos is isolated from the rest of the server."""
    if confinement.missing:
        return _(
            "The process that reads photos is only partly isolated. Not available on this system: "
            "%(missing)s. Photos are read all the same.",
            missing=_listed([_(MEANS[name]) for name in confinement.missing], "unit"),
        )
    return _(
        "The process that reads photos is isolated: it can open no file and no connection, and start no "
        "program (Landlock %(version)s, system-call filter).",
        version=confinement.landlock_abi,
    )


def _part(kind: _Kind, troubles: list[Trouble], status: HealthStatus) -> Part:
    if not troubles:
        return Part(_(kind.label), ok=True, words=_(kind.works))
    said, failing = TROUBLES[troubles[0]], status.router.recent_calls.current_failure
    skew = status.router.skew_s or 0.0
    is_slow = troubles[0] is Trouble.CLOCK_WRONG and skew < 0
    happened = _(
        CLOCK_SLOW if is_slow else said.happened,
        endpoints=_listed(status.router.refusing),
        count=status.router.rate_limited,
        rows=status.pack_dropped,
        time=span(abs(skew)),
        files=_first(status.missing_files),
        detail=failing.detail if failing else "",
    )
    return Part(_(kind.label), ok=False, words=happened, trouble=troubles[0], next=_(said.next))


def _listed(names: Sequence[str], style: Literal["standard", "unit"] = "standard") -> str:
    return format_list(names, style, locale=language().locale)


def _first(files: tuple[str, ...]) -> str:
    """The first names, and how many more there are."""
    shown, more = _listed(files[:MAX_FILES], "unit"), len(files) - MAX_FILES
    return shown if more <= 0 else _("%(files)s and %(number)s more", files=shown, number=more)


def span(seconds: float) -> str:
    """A length of time in its largest fitting unit, rounded."""
    if seconds >= 2 * DAY_S:
        return ngettext("%(num)s day", "%(num)s days", round(seconds / DAY_S))
    if seconds >= 2 * HOUR_S:
        return ngettext("%(num)s hour", "%(num)s hours", round(seconds / HOUR_S))
    return ngettext("%(num)s minute", "%(num)s minutes", max(1, round(seconds / MINUTE_S)))
