"""The list of checks: which probe belongs to which judgement."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from validator.data_folder import mounts
from validator.doctor.configuration import judge_faults, judge_settings
from validator.doctor.finding import Check
from validator.doctor.host import (
    apt_configuration,
    database_facts,
    decoder_facts,
    folder_facts,
    redis_state,
    worker_facts,
)
from validator.doctor.process_findings import (
    DecoderFacts,
    RedisState,
    WorkerFacts,
    judge_decoders,
    judge_redis,
    judge_workers,
)
from validator.doctor.router_findings import RouterFacts, judge_router
from validator.doctor.run import RUN_S, Task, run
from validator.doctor.site import site_facts
from validator.doctor.site_findings import (
    RequestFacts,
    SiteFacts,
    judge_request,
    judge_site,
    site_unknown,
)
from validator.doctor.storage import DatabaseFacts, FolderFacts, judge_database, judge_folder
from validator.environment import unknown
from validator.router.probe import probe_router
from validator.router.route import certificates, other_proxies
from validator.settings import Settings, SettingsError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from validator.doctor.finding import Finding

# Enough for a disk of a busy machine; a page waits no longer for one that hangs.
LOCAL_S = 5.0


def examine(
    environ: Mapping[str, str], url: str | None = None, *, reads_pictures: bool = True
) -> list[Finding]:
    """The findings of all checks, with the settings of this environment; `url` is the public address.

    Without `reads_pictures` no process is started that would read them.
    """
    try:
        settings = Settings.from_env(environ)
    except SettingsError as error:
        # All other checks depend on the settings.
        return judge_faults(error.faults)
    tasks: list[Task[Any]] = [
        folder_task(settings),
        database_task(settings),
        router_task(settings, environ),
        site_task(settings, url),
        workers_task(settings, environ),
        redis_task(settings),
        Task(Check.DECODERS, decoder_facts if reads_pictures else _nothing, judge_decoders),
    ]
    return judge_settings(settings, unknown(environ, Settings.model_fields)) + run(tasks)


def examine_running(
    settings: Settings,
    environ: Mapping[str, str],
    seen: RequestFacts,
    decoders: DecoderFacts | None,
    *,
    asks_others: bool,
) -> list[Finding]:
    """The findings for a page of the running service, after LOCAL_S at most, or RUN_S if it `asks_others`.

    `seen` is the request for the page. The Router, the database and Redis are asked only if it `asks_others`.
    """
    others: list[Task[Any]] = [database_task(settings), router_task(settings, environ), redis_task(settings)]
    tasks: list[Task[Any]] = [
        folder_task(settings),
        *(others if asks_others else []),
        workers_task(settings, environ),
    ]
    return [
        *judge_settings(settings, unknown(environ, Settings.model_fields)),
        *run(tasks, RUN_S if asks_others else LOCAL_S),
        *judge_request(seen, settings),
        *judge_decoders(decoders),
    ]


def _nothing() -> None:
    """The facts about decoders that were not started."""


def folder_task(settings: Settings) -> Task[FolderFacts]:
    """The check of the data folder, its disk and its locks."""
    return Task(Check.DATA_FOLDER, lambda: folder_facts(settings, mounts()), judge_folder)


def database_task(settings: Settings) -> Task[DatabaseFacts]:
    """The check of the database and its tables."""
    return Task(Check.DATABASE, lambda: database_facts(settings), judge_database)


def workers_task(settings: Settings, environ: Mapping[str, str]) -> Task[WorkerFacts]:
    """The check of processes and threads."""
    return Task(Check.WORKERS, lambda: worker_facts(settings, environ), judge_workers)


def redis_task(settings: Settings) -> Task[RedisState]:
    """The check of Redis."""
    return Task(Check.REDIS, lambda: redis_state(settings), judge_redis)


def site_task(settings: Settings, url: str | None) -> Task[SiteFacts | None]:
    """The check of the public address; None for none."""

    def find() -> SiteFacts | None:
        return site_facts(url, certificates(None)[0]) if url else None

    def judge(facts: SiteFacts | None) -> list[Finding]:
        return judge_site(facts, settings) if facts else site_unknown()

    return Task(Check.HTTPS, find, judge)


def router_task(settings: Settings, environ: Mapping[str, str]) -> Task[RouterFacts]:
    """The check of the way to the Router; it asks each service once."""

    def find() -> RouterFacts:
        config = settings.router_config
        others = other_proxies(config.base_url, environ, apt_configuration())
        return RouterFacts(probe_router(config, others), datetime.now(UTC))

    return Task(Check.ROUTER_STATUS, find, judge_router)
