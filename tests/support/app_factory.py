"""Makes complete applications for tests: real settings, real database, a Router over a real socket."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from structlog.testing import capture_logs

from validator import create_app
from validator.database import Database
from validator.settings import Settings

if TYPE_CHECKING:
    from flask import Flask

SECRET = "ZkT3vQ9mXr7LpW2nYc8HsB5dGf4JaK6e"
PASSWORD = "correct horse battery staple"


def make_settings(folder: Path, router_url: str, **changes: str) -> Settings:
    """Settings of a small site over loopback HTTP, parsed as in production."""
    values = {
        "ESCV_SECRET_KEY": SECRET,
        "ESCV_ROUTER_URL": router_url,
        "ESCV_DATA_DIR": str(folder),
        "ESCV_SECURE_COOKIES": "false",
        "ESCV_LIMITS": "off",
    }
    values |= {f"ESCV_{name.upper()}": value for name, value in changes.items()}
    return Settings.from_env(values)


def make_app(folder: Path, router_url: str, **changes: str) -> Flask:
    """An application; a new folder gets an empty database."""
    settings = make_settings(folder, router_url, **changes)
    if not folder.exists() and settings.database_url is None:
        folder.mkdir(mode=0o700, parents=True)
        path = folder / "validator.sqlite"
        path.touch(mode=0o600)
        path.write_bytes(_empty_database())
    return create_app(settings)


@cache
def _empty_database() -> bytes:
    """A migrated, empty database; cached because migrations are the slowest part of a start."""
    # Logging is not set up yet, so log lines would go to the test's standard output.
    with capture_logs(), TemporaryDirectory() as folder:
        path = Path(folder) / "validator.sqlite"
        database = Database(f"sqlite:///{path}")
        database.upgrade()
        assert database.settle()
        database.close()
        return path.read_bytes()


def close(app: Flask) -> None:
    """Close the files and processes that an application holds."""
    kept = app.extensions["validator"]
    kept.reader.close()
    kept.checker.limits.close()
    kept.sign_in_store.close()
    kept.answers.close()
    kept.pack.close()
    kept.database.close()
