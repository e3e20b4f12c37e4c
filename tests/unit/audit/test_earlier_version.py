"""A log that the version before incidents wrote: it still verifies, and the update hides nothing."""

from __future__ import annotations

import hashlib
import hmac
import json
import sqlite3
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import create_engine

import validator.migrations
from tests.support.in_process_site import NOON
from tests.unit.audit.tampering import Processes, keep

if TYPE_CHECKING:
    from collections.abc import Iterator

ENTRIES, PURGED, ERASED = 7, 2, 4
# Written out once more, as that version had it: neither may ever change.
KEY = hmac.digest(b"a secret", b"esc-validator check log, shape 1", hashlib.sha256)


def mac(*parts: object) -> str:
    """As that version made it."""
    return hmac.digest(KEY, json.dumps(list(parts)).encode(), hashlib.sha256).hex()


def written(path: Path) -> None:
    """Seven entries, two purged, one erased, in the tables of that version."""
    engine = create_engine(f"sqlite:///{path}")
    config = Config()
    config.set_main_option("script_location", str(Path(validator.migrations.__file__).parent))
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "0004")
    engine.dispose()
    macs = [""]
    with closing(sqlite3.connect(path, isolation_level=None)) as database:
        for seq in range(1, ENTRIES + 1):
            at, salt, card = NOON + timedelta(minutes=seq), f"{seq:032x}", f"{seq:032d}"
            seal = hashlib.sha256(f"{salt} {card}".encode()).hexdigest()
            values = ["check", "device", 1, "active", "router"]
            macs.append(mac("entry", macs[-1], seq, int(at.timestamp()), *values, seal))
            row = (seq, f"{at:%Y-%m-%d %H:%M:%S}.000000", *values, card, salt, seal, macs[-1])
            if seq > PURGED:
                database.execute(f"INSERT INTO check_log VALUES ({','.join('?' * len(row))})", row)  # noqa: S608 - ours
        database.execute("UPDATE check_log SET card = NULL, salt = NULL WHERE seq = ?", (ERASED,))
        head = (ENTRIES, macs[-1], PURGED, macs[PURGED])
        database.execute(
            "UPDATE check_log_head SET seq = ?, mac = ?, anchor_seq = ?, anchor_mac = ?, seal = ?",
            (*head, mac("head", *head)),
        )


def run(path: Path, statement: str) -> None:
    """Change the database as an intruder without a key."""
    with closing(sqlite3.connect(path, isolation_level=None)) as database:
        database.executescript(statement)


@pytest.fixture(name="site")
def _site(tmp_path: Path) -> Iterator[Processes]:
    """A site that was just updated; nothing has been written since."""
    site = Processes(tmp_path / "validator.sqlite", NOON + timedelta(hours=1))
    written(site.path)
    site.start(upgrade=True)
    yield site
    site.stop()


def first_write(site: Processes, deed: str) -> None:
    """What may come first after the update."""
    log = site.running[0][1].audit_log
    if deed == "check":
        keep(site.running[0][1], 1)
    elif deed == "purge":
        log.purge(NOON)
    elif deed == "purge some":
        log.purge(NOON + timedelta(minutes=PURGED + 1, seconds=1))
    else:
        log.erase({f"{ENTRIES:032d}"})


DEEDS = ["check", "purge", "purge some", "erase"]


@pytest.mark.parametrize("deed", DEEDS)
def test_it_is_whole_after_the_update_and_after_the_first_write(site: Processes, deed: str) -> None:
    """With what was purged and erased before; the head that was noted then is gone on from."""
    log = site.running[0][1].audit_log
    noted = str(log.verify().head)
    assert log.verify().faults == ()
    assert log.intact()

    first_write(site, deed)

    assert log.verify(noted).faults == ()
    assert log.intact()
    keep(site.running[0][1], 2)
    assert log.verify(noted).faults == ()


@pytest.mark.parametrize("deed", DEEDS)
@pytest.mark.parametrize(
    "harm",
    [
        "UPDATE check_log SET word = 'expired' WHERE seq = 5",
        "DELETE FROM check_log WHERE seq = 5",
        "DELETE FROM check_log WHERE seq >= 5; UPDATE check_log_head SET seq = 4",
        "UPDATE check_log_head SET seal = ''",
        "UPDATE check_log_head SET anchor_at = 7",
        "UPDATE check_log_head SET incidents = 'x'",
    ],
)
def test_the_update_hides_nothing(site: Processes, harm: str, deed: str) -> None:
    """What was wrong before the first write is found after it, and after everything was purged."""
    run(site.path, harm)
    log = site.running[0][1].audit_log
    assert log.verify().faults

    first_write(site, deed)

    assert log.verify().faults
    log.purge(NOON + timedelta(days=1))
    assert log.verify().faults
    assert not log.intact()


@pytest.mark.parametrize("deed", DEEDS)
def test_from_the_first_write_on_a_card_is_taken_out_by_erasures_only(site: Processes, deed: str) -> None:
    """The earlier version left no marks; this one does, and asks for them."""
    first_write(site, deed)
    run(site.path, "UPDATE check_log SET card = NULL, salt = NULL WHERE seq = 5")

    assert [one.seq for one in site.running[0][1].audit_log.verify().faults] == [5]


def test_an_earlier_versions_head_is_not_believed_beside_later_entries_or_incidents(site: Processes) -> None:
    """Whoever kept a copy of it cannot make this version forget."""
    with closing(sqlite3.connect(site.path)) as database:
        head = database.execute(
            "SELECT seq, mac, anchor_seq, anchor_mac, seal FROM check_log_head"
        ).fetchone()
    back = (
        "UPDATE check_log_head SET seq = {}, mac = '{}', anchor_seq = {}, anchor_mac = '{}', seal = '{}',"
        " anchor_at = 0, incidents = ''"
    )
    log = site.running[0][1].audit_log
    keep(site.running[0][1], 1)
    run(site.path, back.format(*head))
    keep(site.running[0][1], 1)
    assert [(one.seq, one.last) for one in log.verify().faults] == [(8, 8)]

    run(site.path, back.format(*head))
    run(site.path, "DELETE FROM check_log WHERE seq > 7")
    assert "incidents was changed" in str(log.verify().faults)
