"""Redis, PostgreSQL, workers and decoders: the doctor names the cause of each fault."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest
from redis import Redis

from scanner.pool import DecoderStatus
from scanner.sandbox import Confinement
from tests.support.doctor import FLASK, diagnose, diagnose_in_process, environment
from tests.support.fault_router import refused_url
from tests.support.postgres_server import PASSWORD, USER, postgres_server
from tests.support.redis_server import redis_server
from validator.doctor.process_findings import DecoderFacts, judge_decoders

if TYPE_CHECKING:
    from pathlib import Path


def test_without_redis_nothing_is_missing(tmp_path: Path) -> None:
    """One machine counts for itself."""
    found = diagnose(environment(tmp_path))

    assert [found.ids[name] for name in ("redis", "workers")] == ["ok"] * 2
    assert [found.of(name)["state"] for name in ("https", "decoders")] == ["skipped"] * 2


def test_the_decoders_are_started(tmp_path: Path) -> None:
    """Whether their isolation is complete depends on the kernel."""
    found = diagnose_in_process(environment(tmp_path), *FLASK[:-1])

    assert found.ids["decoders"] in {"ok", "partly_isolated"}


def test_redis_that_works_refuses_and_is_gone(tmp_path: Path) -> None:
    """A real server; a warning, because each machine counts for itself then."""
    with redis_server() as server:
        environ = environment(tmp_path, redis_url=server.url)
        assert diagnose(environ).ids["redis"] == "ok"
        with Redis.from_url(server.url) as client:
            client.config_set("requirepass", "geheim")
        assert diagnose(environ).ids["redis"] == "redis_refuses"
        server.freeze()
        assert diagnose(environ).ids["redis"] == "redis_gone"
        server.stop()
        found = diagnose(environ)

    assert found.ids["redis"] == "redis_gone"
    assert found.of("redis")["state"] == "warning"
    assert "ESCV_REDIS_URL" in found.of("redis")["next"]


def test_postgresql_that_does_not_answer(tmp_path: Path) -> None:
    """Its port is refused. The address, with its password, is not shown."""
    port = urlsplit(refused_url()).port
    found = diagnose(environment(tmp_path, database_url=f"postgresql://escv:geheim@127.0.0.1:{port}/escv"))

    assert found.of("database")["id"] == "database_down"
    assert "does not answer" in found.of("database")["next"]
    assert "geheim" not in found.said
    assert found.exit_code == 2


def test_postgresql_that_refuses(tmp_path: Path) -> None:
    """A real server: another password, another database, then the right ones."""
    with postgres_server() as port:
        place = f"127.0.0.1:{port}"
        wrong = diagnose(environment(tmp_path, database_url=f"postgresql://{USER}:geheim@{place}/postgres"))
        other = diagnose(environment(tmp_path, database_url=f"postgresql://{USER}:{PASSWORD}@{place}/other"))
        right = diagnose(
            environment(tmp_path, database_url=f"postgresql://{USER}:{PASSWORD}@{place}/postgres")
        )

    assert "refuses this user name or password" in wrong.of("database")["next"]
    assert "no database of that name" in other.of("database")["next"]
    assert right.ids["database"] == "ok"
    assert "PostgreSQL" in right.of("database")["text"]
    assert "geheim" not in wrong.said


@pytest.mark.parametrize(
    ("variables", "cause"),
    [
        ({"WEB_CONCURRENCY": "x"}, "workers_wrong"),
        ({"PORT": "99999"}, "workers_wrong"),
        ({"WEB_THREADS": "8"}, "no_free_threads"),
        ({"WEB_CONCURRENCY": "4", "ESCV_PROCESSES": "2"}, "processes_differ"),
        ({"WEB_CONCURRENCY": "4"}, "ok"),
    ],
)
def test_processes_and_threads(tmp_path: Path, variables: dict[str, str], cause: str) -> None:
    """As gunicorn.conf.py reads them."""
    assert diagnose(environment(tmp_path) | variables).ids["workers"] == cause


def test_decoders_that_miss_something() -> None:
    """Each lack has a line, and a complete isolation says so."""
    whole = Confinement(
        dumpable=False, no_new_privs=True, capabilities=False, landlock_abi=4, syscall_filter=True
    )
    cases = {
        DecoderFacts(DecoderStatus.FAILS, None): ["no_reader"],
        DecoderFacts(DecoderStatus.NO_ZBAR, whole): ["no_zbar"],
        DecoderFacts(DecoderStatus.NO_ZBAR, Confinement()): ["no_zbar", "partly_isolated"],
        DecoderFacts(DecoderStatus.WORKS, whole): ["ok"],
    }

    assert {facts: [one.id for one in judge_decoders(facts)] for facts in cases} == cases
