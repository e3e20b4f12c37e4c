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
from validator.doctor.process_findings import judge_decoders, judge_redis, judge_workers
from validator.doctor.router_findings import RouterFacts, judge_router
from validator.doctor.run import Task, run
from validator.doctor.site import site_facts
from validator.doctor.site_findings import SiteFacts, judge_site, site_unknown
from validator.doctor.storage import judge_database, judge_folder
from validator.environment import unknown
from validator.router.probe import probe_router
from validator.router.route import certificates, other_proxies
from validator.settings import Settings, SettingsError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from validator.doctor.finding import Finding


def examine(environ: Mapping[str, str], url: str | None = None) -> list[Finding]:
    """The findings of all checks, with the settings of this environment; `url` is the public address."""
    try:
        settings = Settings.from_env(environ)
    except SettingsError as error:
        # All other checks depend on the settings.
        return judge_faults(error.faults)
    return judge_settings(settings, unknown(environ, Settings.model_fields)) + run(
        tasks(settings, environ, url)
    )


def tasks(settings: Settings, environ: Mapping[str, str], url: str | None) -> list[Task[Any]]:
    """All checks but that of the settings."""
    return [
        *local_tasks(settings),
        router_task(settings, environ),
        site_task(settings, url),
        Task(Check.WORKERS, lambda: worker_facts(settings, environ), judge_workers),
        Task(Check.REDIS, lambda: redis_state(settings), judge_redis),
        Task(Check.DECODERS, decoder_facts, judge_decoders),
    ]


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


def local_tasks(settings: Settings) -> list[Task[Any]]:
    """The checks that ask no other machine, unless the database is on one."""
    return [
        Task(Check.DATA_FOLDER, lambda: folder_facts(settings, mounts()), judge_folder),
        Task(Check.DATABASE, lambda: database_facts(settings), judge_database),
    ]
