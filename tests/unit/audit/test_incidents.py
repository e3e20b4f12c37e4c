"""Faults found while writing to the log are recorded permanently, and nothing hides them."""

from __future__ import annotations

import shutil
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from scanner import parse_payload
from tests.support.cards import ANNA, BRUNO, CLARA
from tests.support.in_process_site import NOON, TILL
from tests.unit.audit.actions import again, check, put_back, run, values
from validator import logging
from validator.audit import transactions

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.in_process_site import InProcessSite


def test_entries_that_were_set_back_in_time_are_named_after_their_purge(site: InProcessSite) -> None:
    """The purge deletes them as old and records the fault; a head noted earlier does not hide it."""
    check(site, ANNA, BRUNO, ANNA, CLARA)
    noted = str(site.audit_log.verify().head)
    run(site, "UPDATE check_log SET at = '2020-01-01 00:00:00.000000' WHERE seq <= 2")

    assert site.audit_log.purge(NOON - timedelta(days=30)) == 2
    (fault,) = site.audit_log.verify(noted).faults

    assert (fault.seq, fault.last) == (1, 2)
    assert "entries 1 to 2: changed" in fault.what
    head = site.audit_log.verify().head
    assert head is not None
    assert (head.anchor_seq, head.anchor_at) == (2, 0), "a time that was not verified is never sealed"


def test_a_purge_goes_in_steps_and_others_write_between_them(
    site: InProcessSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing is lost, the chain continues, and faults of adjacent batches are one incident."""
    monkeypatch.setattr(transactions, "PURGE_BATCH", 3)
    check(site, *[ANNA] * 10)
    run(
        site, "UPDATE check_log SET word = 'expired' WHERE seq IN (3, 4); DELETE FROM check_log WHERE seq = 7"
    )
    pauses: list[float] = []

    def meanwhile(seconds: float) -> None:
        pauses.append(seconds)
        site.now += timedelta(days=1)
        check(site, BRUNO)

    monkeypatch.setattr(site.audit_log, "_sleep", meanwhile)

    assert site.audit_log.purge(NOON + timedelta(hours=1)) == 9
    assert len(pauses) == 3
    assert [one.seq for one in site.audit_log.latest(10)] == [13, 12, 11]
    found = [(one.seq, one.last) for one in site.audit_log.verify().faults]
    assert found == [(3, 4), (7, 8)]


@pytest.fixture
def _logs() -> None:
    """Configure logging as in the application, regardless of earlier tests."""
    logging.configure()


@pytest.mark.usefixtures("_logs")
def test_an_incident_is_in_the_servers_log(site: InProcessSite, caplog: pytest.LogCaptureFixture) -> None:
    """Once, with the entry numbers; `log verify` has the details."""
    check(site, ANNA, BRUNO)
    run(site, "UPDATE check_log SET word = 'expired' WHERE seq = 2")
    site.audit_log.purge(NOON + timedelta(days=1))
    check(site, CLARA)
    site.audit_log.purge(NOON + timedelta(days=1))

    told = [one.msg for one in caplog.records if isinstance(one.msg, dict)]
    (said,) = [one for one in told if one["event"] == "check_log_incident"]
    assert (said["first"], said["last"]) == (2, 2)


def test_an_incident_cannot_be_taken_out_again(site: InProcessSite) -> None:
    """A change, a removal and a later incident do not hide it."""
    check(site, ANNA, BRUNO, CLARA)
    run(site, "UPDATE check_log SET word = 'expired' WHERE seq = 1")
    site.audit_log.purge(NOON + timedelta(days=1))

    run(site, "DELETE FROM check_log_incidents")
    assert "list of incidents was changed" in str(site.audit_log.verify().faults)
    run(site, "UPDATE check_log_head SET seal = ''")
    check(site, ANNA)
    found = str(site.audit_log.verify().faults)
    assert "list of incidents was changed" in found
    assert "head was changed" in found


def test_foreign_entries_before_the_beginning_go_with_a_trace(site: InProcessSite) -> None:
    """Whatever their number and time: every entry is verified before its deletion."""
    check(site, ANNA, BRUNO)
    site.now += timedelta(days=40)
    check(site, CLARA)
    for number, at in ((-5, "2020-01-01"), (-4, "2027-01-01")):
        run(
            site,
            f"INSERT INTO check_log SELECT {number}, '{at} 00:00:00.000000', event, caller_kind, caller_id,"  # noqa: S608 - ours
            " word, source, card, salt, seal, mac, erased FROM check_log WHERE seq = 1",
        )

    site.audit_log.purge(site.now - timedelta(days=30))
    assert {one.seq for one in site.audit_log.verify().faults} == {-5, -4}


def test_oldest_entries_that_were_removed_are_named_though_the_end_was_touched_too(
    site: InProcessSite,
) -> None:
    """The head is authentic, so its anchor is trusted."""
    check(site, ANNA, BRUNO, CLARA)
    run(
        site,
        "DELETE FROM check_log WHERE seq = 1; INSERT INTO check_log SELECT 9, at, event, caller_kind,"
        " caller_id, word, source, card, salt, seal, mac, erased FROM check_log WHERE seq = 2",
    )
    check(site, ANNA)

    assert (1, 2) in {(one.seq, one.last) for one in site.audit_log.verify().faults}


def test_an_erasure_hides_no_exchanged_card(site: InProcessSite) -> None:
    """An erasure also removes a card that was moved to another entry, and that entry stays a fault."""
    check(site, ANNA, BRUNO)
    run(site, "UPDATE check_log SET card = (SELECT card FROM check_log WHERE seq = 1) WHERE seq = 2")

    assert site.audit_log.erase(site.record_keys.hashes(parse_payload(ANNA).escn)) == 2

    assert values(site, "SELECT count(card) FROM check_log") == [(0,)]
    assert [one.seq for one in site.audit_log.verify().faults] == [2]


def test_a_running_process_notices_a_restored_log(site: InProcessSite, tmp_path: Path) -> None:
    """It knows the last head and records an incident; a second process that saw less agrees."""
    other = again(site)
    check(site, ANNA)
    site.database.settle()
    shutil.copy(tmp_path / "validator.sqlite", tmp_path / "earlier")
    other.audit_log.alert(TILL, "guessing")
    check(site, BRUNO, CLARA)

    put_back(site, tmp_path)
    check(site, ANNA)

    (fault,) = site.audit_log.verify().faults
    assert (fault.seq, fault.last) == (2, 4)
    assert "put back" in fault.what
    other.audit_log.alert(TILL, "guessing")
    assert "exchanged" in str(site.audit_log.verify().faults)
    count = len(site.audit_log.verify().faults)
    check(site, ANNA)
    other.audit_log.alert(TILL, "guessing")
    assert len(site.audit_log.verify().faults) == count


def test_an_incident_outlives_the_secret_it_was_sealed_under(site: InProcessSite) -> None:
    """The purge seals it under the new secret; entries and the old secret can then be removed."""
    check(site, ANNA)
    run(site, "UPDATE check_log SET word = 'expired'")
    check(site, BRUNO)
    site.audit_log.purge(NOON + timedelta(days=1))
    again(site, "new", "a secret").audit_log.purge(NOON)

    (fault,) = again(site, "new").audit_log.verify().faults
    assert not again(site, "new").audit_log.intact()
    assert "entry 1: changed" in fault.what
