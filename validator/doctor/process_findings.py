"""Workers, Redis and the decoders: facts → findings. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from scanner.pool import DecoderStatus
from validator.doctor.finding import Check, Finding, failed, ok, skipped, warning
from validator.health.parts import isolation
from validator.health.status import Trouble
from validator.health.words import TROUBLES
from validator.i18n import gettext as _

if TYPE_CHECKING:
    from scanner.sandbox import Confinement

# As many threads as always answer from memory, whatever the Router does.
FREE_THREADS = 2


class RedisState(StrEnum):
    """The state of the Redis of ESCV_REDIS_URL."""

    NOT_USED = "not_used"
    WORKS = "works"
    REFUSES = "refuses"
    GONE = "gone"


@dataclass(frozen=True, slots=True)
class WorkerFacts:
    """How the server is started. `fault` says in a sentence which of its variables cannot be used."""

    workers: int = 1
    threads: int = 16
    permits: int = 14
    sharing: int = 1
    fault: str | None = None


@dataclass(frozen=True, slots=True)
class DecoderFacts:
    """The worker process that reads photos, just started."""

    status: DecoderStatus
    confinement: Confinement | None


def judge_workers(facts: WorkerFacts) -> list[Finding]:
    """The finding about processes and threads."""
    if facts.fault is not None:
        text = _("The server does not start with these variables.")
        return [failed(Check.WORKERS, "workers_wrong", text, facts.fault)]
    if facts.permits > facts.threads - FREE_THREADS:
        return [_no_free_thread(facts)]
    if facts.sharing != facts.workers:
        return [
            warning(
                Check.WORKERS,
                "processes_differ",
                _(
                    "ESCV_PROCESSES is %(sharing)s and WEB_CONCURRENCY %(workers)s, so the limit of requests "
                    "to the Router is shared wrongly.",
                    sharing=facts.sharing,
                    workers=facts.workers,
                ),
                _("Remove ESCV_PROCESSES: the server sets it."),
            )
        ]
    return [
        ok(
            Check.WORKERS,
            _(
                "Processes: %(workers)s, threads in each: %(threads)s.",
                workers=facts.workers,
                threads=facts.threads,
            ),
        )
    ]


def _no_free_thread(facts: WorkerFacts) -> Finding:
    return warning(
        Check.WORKERS,
        "no_free_threads",
        _(
            "A Router that hangs can hold %(permits)s of %(threads)s threads: remembered cards wait, too.",
            permits=facts.permits,
            threads=facts.threads,
        ),
        _("Raise WEB_THREADS, or lower ESCV_ROUTER_PERMITS, until two threads are left."),
    )


def judge_redis(state: RedisState) -> list[Finding]:
    """The finding about the shared counts of the limits."""
    if state is RedisState.NOT_USED:
        return [ok(Check.REDIS, _("Not used: this machine counts for itself, which is enough for one."))]
    if state is RedisState.WORKS:
        return [ok(Check.REDIS, _("It answers."))]
    happened = _(TROUBLES[Trouble.LIMITS_APART].happened)
    if state is RedisState.REFUSES:
        text = _("Redis refuses this user name or password.")
        advice = _("Correct them in ESCV_REDIS_URL.")
        return [warning(Check.REDIS, "redis_refuses", f"{text} {happened}", advice)]
    text = _("Redis does not answer.")
    advice = _("Check that it runs, and the host and port in ESCV_REDIS_URL.")
    return [warning(Check.REDIS, "redis_gone", f"{text} {happened}", advice)]


def judge_decoders(facts: DecoderFacts | None) -> list[Finding]:
    """The finding about reading photos, and about the isolation of the process that does it."""
    if facts is None:
        return [skipped(Check.DECODERS, _("No process was started that reads pictures."))]
    if facts.status is DecoderStatus.FAILS:
        words = TROUBLES[Trouble.NO_READER]
        return [failed(Check.DECODERS, Trouble.NO_READER, _(words.happened), _(words.next))]
    found = []
    if facts.status is DecoderStatus.NO_ZBAR:
        words = TROUBLES[Trouble.NO_ZBAR]
        found.append(warning(Check.DECODERS, Trouble.NO_ZBAR, _(words.happened), _(words.next)))
    if facts.confinement is not None and facts.confinement.missing:
        advice = _("Use a newer kernel, or permit Landlock and seccomp where a container forbids them.")
        found.append(warning(Check.DECODERS, "partly_isolated", isolation(facts.confinement), advice))
    if found or facts.confinement is None:
        return found
    return [ok(Check.DECODERS, isolation(facts.confinement))]
