"""After the retention nothing remains in the bytes of the files."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import timedelta
from typing import TYPE_CHECKING

from scanner import parse_payload
from tests.support.in_process_site import TILL, deferred
from validator.keys import card_hash

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.in_process_site import InProcessSite

CARDS = [f"{number:08x}-93fb-103e-9b31-001000000001" for number in range(0x7D1F0A20, 0x7D1F0A20 + 90)]
DAYS, WEEK = timedelta(days=30, hours=1), timedelta(days=7)


def fill(site: InProcessSite) -> set[bytes]:
    """Check ninety cards online and deferred within three weeks; returns all their hashes and salts."""
    canaries = set()
    for place, number in enumerate(CARDS):
        escn = parse_payload(number).escn
        site.checker.check(TILL, number)
        site.deliver(deferred(place + 1, input=number, made_at=site.now))
        canaries |= {card_hash(keys.current(), escn) for keys in (site.record_keys, site.answer_keys)}
        site.now += timedelta(hours=5)
    with site.database.session() as session:
        canaries |= set(session.connection().exec_driver_sql("SELECT salt FROM check_log").scalars())
    return {canary.encode() for canary in canaries}


def raw(folder: Path) -> bytes:
    """Every byte of every file."""
    return b"".join(path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file())


def test_no_byte_is_left_after_its_end(site: InProcessSite, tmp_path: Path) -> None:
    """Hashes, salts and keys: all are in the files before, none an hour after the retention."""
    canaries = fill(site)
    before = raw(tmp_path)
    assert all(canary in before for canary in canaries)

    site.now += DAYS
    site.answers.purge()
    assert site.retention.purge()

    after = raw(tmp_path)
    assert not [canary for canary in canaries if canary in after]
    assert site.audit_log.verify().faults == ()


def test_no_byte_of_a_key_is_left_after_its_end(site: InProcessSite, tmp_path: Path) -> None:
    """A key remains at most a week longer than the data under it."""
    fill(site)
    with site.database.session() as session:
        halves = list(session.connection().exec_driver_sql("SELECT half FROM card_keys").scalars())
    assert all(half.encode() in raw(tmp_path) for half in halves)

    site.now += DAYS + WEEK
    assert site.retention.purge()

    after = raw(tmp_path)
    assert not [half for half in halves if half.encode() in after]


def test_what_is_not_past_its_end_stays(site: InProcessSite) -> None:
    """Keys remain as long as the data under them."""
    fill(site)
    assert site.retention.purge()

    assert len(site.audit_log.latest(1_000)) == 2 * len(CARDS)
    assert site.card_data.export(parse_payload(CARDS[0]).escn)["checks"]


def test_a_blocking_reader_is_reported(site: InProcessSite, tmp_path: Path) -> None:
    """The rows are deleted, some bytes may remain: the purge reports it and is repeated."""
    site.checker.check(TILL, CARDS[0])
    site.database.settle()
    site.now += DAYS
    with closing(sqlite3.connect(tmp_path / "validator.sqlite", isolation_level=None)) as reader:
        reader.execute("BEGIN")
        reader.execute("SELECT count(*) FROM people").fetchall()
        assert not site.retention.purge()
        reader.execute("ROLLBACK")

    assert site.retention.purge()
