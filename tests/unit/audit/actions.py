"""Actions of tests on a site and its database."""

from __future__ import annotations

import shutil
from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy import text

from tests.support.in_process_site import TILL
from validator.privacy.retention import RetentionSettings, privacy_services

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.in_process_site import InProcessSite
    from validator.privacy.retention import PrivacyServices


def check(site: InProcessSite, *numbers: str) -> None:
    """Check these cards as the device."""
    for number in numbers:
        site.checker.check(TILL, number)


def run(site: InProcessSite, statements: str) -> None:
    """Change the database as an intruder without a key."""
    with site.database.session() as session:
        for statement in statements.split(";"):
            session.execute(text(statement))


def values(site: InProcessSite, query: str) -> list[tuple[object, ...]]:
    """Rows as stored."""
    with site.database.session() as session:
        return [tuple(row) for row in session.execute(text(query))]


def put_back(site: InProcessSite, tmp_path: Path) -> None:
    """Restore the database from the copy `earlier`."""
    site.database.close()
    for name in ("validator.sqlite-wal", "validator.sqlite-shm"):
        (tmp_path / name).unlink(missing_ok=True)
    shutil.copy(tmp_path / "earlier", tmp_path / "validator.sqlite")


def again(site: InProcessSite, *secrets: str) -> PrivacyServices:
    """The same site after a restart."""
    terms = RetentionSettings(secrets or ("a secret",), timedelta(days=30), 604_800)
    return privacy_services(terms, site.database, site.answers, site.pack, site.clock, lambda: 0.0)
