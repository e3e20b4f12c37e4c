"""What the log says at a start."""

from __future__ import annotations

import pytest

from tests.support.app_factory import SECRET
from validator.redaction import redact_event
from validator.settings import Settings
from validator.startup import counts_alone, summary
from validator.version import VERSION


def settings(**changes: str) -> Settings:
    """Settings with a secret and these changes."""
    values = {"secret_key": SECRET} | changes
    return Settings.from_env({f"ESCV_{name.upper()}": value for name, value in values.items()})


def test_the_summary_says_what_is_on() -> None:
    """Each value passes the redaction, and none is a secret."""
    found = summary(
        settings(database_url="postgresql://u:geheim@db.example/x", trusted_hosts="a.example,b.example")
    )

    assert (found["version"], found["database"], found["trusted_hosts"]) == (VERSION, "postgresql", 2)
    assert (found["redis"], found["limits"], found["offline_pack"]) == (False, True, True)
    assert redact_event(found) == found
    assert "geheim" not in str(found)


@pytest.mark.parametrize(
    ("changes", "is_warned"),
    [
        ({}, False),
        ({"database_url": "postgresql://localhost/x"}, False),
        ({"database_url": "postgresql:///x?host=/run/postgresql"}, False),
        ({"database_url": "postgresql://db.example/x"}, True),
        ({"database_url": "postgresql://db.example/x", "limits": "off"}, False),
        ({"database_url": "postgresql://db.example/x", "redis_url": "redis://db.example"}, False),
    ],
)
def test_a_database_of_several_hosts_without_redis_is_warned_of(
    changes: dict[str, str], *, is_warned: bool
) -> None:
    """Each host would count guesses alone. A database on this host serves one."""
    assert counts_alone(settings(**changes)) is is_warned
