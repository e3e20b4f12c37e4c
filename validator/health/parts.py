"""Each part of the server in words, for a manager. Pure."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from scanner.pool import DecoderStatus
from validator.health.status import Trouble
from validator.health.words import (
    CAUSES,
    ISOLATED,
    LABELS,
    LATEST_FAILURE,
    MEANS,
    PARTLY_ISOLATED,
    TROUBLES,
    WELL,
)

if TYPE_CHECKING:
    from scanner.sandbox import Confinement
    from validator.health.status import HealthStatus

_OF = {
    "database": (Trouble.DATABASE_DOWN, Trouble.DATABASE_LOCKED),
    "disk": (Trouble.DISK_FULL, Trouble.DISK_READ_ONLY, Trouble.DISK_UNUSABLE, Trouble.FOLDER_OPEN),
    "memory": (Trouble.MEMORY_DOWN,),
    "record": (Trouble.RECORD_BEHIND, Trouble.RECORD_CHANGED),
    "limits": (Trouble.LIMITS_APART,),
    "pack": (Trouble.PACK_BEHIND,),
    "access": (Trouble.ROUTER_REFUSES,),
    "way": (
        Trouble.ROUTER_PROXY,
        Trouble.ROUTER_CERTIFICATE,
        Trouble.ROUTER_NAME,
        Trouble.ROUTER_ROUTE,
        Trouble.ROUTER_SLOW,
    ),
    "router": (Trouble.ROUTER_FAILING,),
    "answers": (Trouble.ROUTER_UNUSABLE,),
    "ceiling": (Trouble.ROUTER_RATE_LIMITED,),
    "clock": (Trouble.CLOCK_WRONG,),
    "reader": (Trouble.NO_READER, Trouble.NO_ZBAR),
    "files": (Trouble.FILES_MISSING,),
}
MOST_FILES = 5
MINUTE_S, HOUR_S, DAY_S = 60, 3600, 86_400


@dataclass(frozen=True, slots=True)
class Part:
    """One part: its name, whether it works, and words; `trouble` and what to do `next` where it does not."""

    part: str
    ok: bool
    words: str
    trouble: Trouble | None = None
    next: str | None = None


def parts(condition: HealthStatus) -> list[Part]:
    """Every part, in a fixed order."""
    troubles = condition.troubles()
    found = {name: _part(name, [one for one in troubles if one in _OF[name]], condition) for name in _OF}
    if condition.confinement is not None and condition.reader is not DecoderStatus.FAILS:
        reader = found["reader"]
        found["reader"] = replace(reader, words=f"{reader.words} {isolation(condition.confinement)}")
    latest = condition.router.recent_calls.latest_failure
    if latest is not None:
        happened = LATEST_FAILURE.format(cause=CAUSES[latest.cause], detail=latest.detail)
        found["router"] = replace(found["router"], words=f"{found['router'].words} {happened}")
    return list(found.values())


def isolation(confinement: Confinement) -> str:
    """How far the process that reads photos is closed off from the rest of the server."""
    if not confinement.missing:
        return ISOLATED.format(version=confinement.landlock_abi)
    return PARTLY_ISOLATED.format(missing=", ".join(MEANS[name] for name in confinement.missing))


def _part(name: str, troubles: list[Trouble], condition: HealthStatus) -> Part:
    if not troubles:
        return Part(LABELS[name], ok=True, words=WELL[name])
    said = TROUBLES[troubles[0]]
    skew = condition.router.skew_s or 0.0
    happened = said.happened.format(
        endpoints=" and ".join(condition.router.refusing),
        count=condition.router.rate_limited,
        rows=condition.pack_dropped,
        time=_span(abs(skew)),
        direction="fast" if skew > 0 else "slow",
        files=_first(condition.missing_files),
        detail=failing.detail if (failing := condition.router.recent_calls.current_failure) else "",
    )
    return Part(LABELS[name], ok=False, words=happened, trouble=troubles[0], next=said.next)


def _first(files: tuple[str, ...]) -> str:
    """The first names, and how many more there are."""
    more = len(files) - MOST_FILES
    return ", ".join(files[:MOST_FILES]) + (f" and {more} more" if more > 0 else "")


def _span(seconds: float) -> str:
    """A length of time in its largest fitting unit, rounded."""
    for unit, name in ((DAY_S, "day"), (HOUR_S, "hour")):
        if seconds >= 2 * unit:
            return f"{round(seconds / unit)} {name}s"
    minutes = max(1, round(seconds / MINUTE_S))
    return f"{minutes} minute{'' if minutes == 1 else 's'}"
