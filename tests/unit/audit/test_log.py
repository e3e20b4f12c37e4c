"""The audit log in a real database: its content, and the detection of every change."""

from __future__ import annotations

import shutil
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from scanner import parse_payload
from tests.support.cards import ANNA, BRUNO, CLARA
from tests.support.in_process_site import NOON, TILL, deferred
from tests.support.verdicts import LIVE
from tests.unit.audit.actions import again, check, put_back, run, values
from validator.audit.head_store import Continuity
from validator.audit.log import ALERT
from validator.privacy.retention import RetentionSettings, privacy_services
from validator.router.answers import UnknownCard

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.in_process_site import InProcessSite

HARM = {
    "changed": "UPDATE check_log SET word = 'expired' WHERE seq = 2",
    "moved to another caller": "UPDATE check_log SET caller_id = 9 WHERE seq = 4",
    "removed": "DELETE FROM check_log WHERE seq = 3",
    "first removed": "DELETE FROM check_log WHERE seq = 1",
    "reordered": "UPDATE check_log SET seq = -1 WHERE seq = 3;"
    "UPDATE check_log SET seq = 3 WHERE seq = 4; UPDATE check_log SET seq = 4 WHERE seq = -1",
    "end removed": "DELETE FROM check_log WHERE seq > 3",
    "end removed, head set back": "DELETE FROM check_log WHERE seq > 3;"
    "UPDATE check_log_head SET seq = 3, mac = (SELECT mac FROM check_log WHERE seq = 3)",
    "beginning removed, anchor moved": "UPDATE check_log_head SET anchor_seq = 2,"
    "anchor_mac = (SELECT mac FROM check_log WHERE seq = 2); DELETE FROM check_log WHERE seq <= 2",
    "head removed": "DELETE FROM check_log_head",
    "head made new": "UPDATE check_log_head SET seq=0, mac='', anchor_seq=0, anchor_mac='', seal=''",
    "another card": "UPDATE check_log SET card = (SELECT card FROM check_log WHERE seq = 1) WHERE seq = 2",
    "card taken out": "UPDATE check_log SET card = NULL, salt = NULL WHERE seq = 2",
    "set back in time": "UPDATE check_log SET at = '2020-01-01 00:00:00.000000' WHERE seq <= 2",
    "by half a second": "UPDATE check_log SET at = replace(at, '.000000', '.500000') WHERE seq = 5",
    "to what is no time": "UPDATE check_log SET at = 'soon' WHERE seq = 3",
    "to what is no text": "UPDATE check_log SET word = CAST(x'ff' AS TEXT), mac = x'ff' WHERE seq = 3",
}


def test_a_check_is_on_the_record_before_its_answer_is_shown(site: InProcessSite) -> None:
    """Time, caller, result and source; the card as a keyed hash, and no name."""
    check(site, ANNA)
    site.answer = UnknownCard()
    check(site, BRUNO)

    told = site.audit_log.latest(10)

    assert [(one.seq, one.at, one.event, one.word, one.source) for one in told] == [
        (2, NOON, "check", "unknown_card", "router"),
        (1, NOON, "check", "active", "router"),
    ]
    (kept,) = values(site, "SELECT * FROM check_log WHERE seq = 1")
    assert not [value for value in kept if ANNA in str(value) or "Anna" in str(value) or "till" in str(value)]


def test_one_card_has_one_hash_and_two_seals(site: InProcessSite) -> None:
    """The hash finds it for an erasure; the seals that remain do not link two checks of one card."""
    check(site, ANNA, ANNA, BRUNO)

    rows = values(site, "SELECT card, seal FROM check_log")

    assert len({card for card, _ in rows}) == 2
    assert len({seal for _, seal in rows}) == 3


def test_a_deferred_check_is_on_record_once(site: InProcessSite) -> None:
    """However often it is delivered, with its own kind of event."""
    site.deliver(deferred(1))
    site.deliver(deferred(1))

    assert [(one.event, one.word) for one in site.audit_log.latest(10)] == [("late_check", "active")]


def test_an_alert_is_in_the_same_chain(site: InProcessSite) -> None:
    """Between the checks that caused it; managers can list alerts alone."""
    check(site, ANNA)
    site.recorder.alert(TILL, "guessing")
    check(site, ANNA)

    assert [(one.seq, one.word) for one in site.audit_log.latest(10, ALERT)] == [(2, "guessing")]
    assert site.audit_log.verify().faults == ()


@pytest.mark.parametrize("harm", HARM)
def test_every_change_to_the_log_is_found(site: InProcessSite, harm: str) -> None:
    """At once, after the next checks, and permanently after all entries were deleted."""
    check(site, ANNA, BRUNO, ANNA, BRUNO, CLARA)
    assert site.audit_log.verify().faults == ()
    assert site.audit_log.intact()

    run(site, HARM[harm])
    assert site.audit_log.verify().faults

    check(site, ANNA, BRUNO)
    assert site.audit_log.verify().faults
    site.audit_log.purge(NOON - timedelta(days=1))
    assert site.audit_log.verify().faults
    site.audit_log.purge(NOON + timedelta(days=1))
    check(site, CLARA)
    site.audit_log.purge(NOON + timedelta(days=2))
    assert values(site, "SELECT count(*) FROM check_log") == [(0,)]
    assert site.audit_log.verify().faults
    assert not site.audit_log.intact()


def test_a_restored_database_is_found_with_a_noted_head(site: InProcessSite, tmp_path: Path) -> None:
    """The restored log is consistent: after a restart only the noted head shows that entries are missing."""
    check(site, ANNA)
    site.database.settle()
    shutil.copy(tmp_path / "validator.sqlite", tmp_path / "earlier")
    earlier = str(site.audit_log.verify().head)
    check(site, BRUNO)
    noted = str(site.audit_log.verify().head)
    assert site.audit_log.verify(earlier).faults == site.audit_log.verify(noted).faults == ()

    put_back(site, tmp_path)
    log = again(site).audit_log
    log.keep(TILL, parse_payload(CLARA), LIVE)

    assert log.verify().faults == ()
    assert [fault.seq for fault in log.verify(noted).faults] == [2]


def test_a_noted_head_that_was_purged_is_not_taken_for_compared(site: InProcessSite) -> None:
    """The last deleted entry can still be compared, earlier ones cannot; other text is refused."""
    heads = []
    for number in (ANNA, BRUNO, CLARA):
        check(site, number)
        heads.append(str(site.audit_log.verify().head))
        site.now += timedelta(days=1)
    site.audit_log.purge(NOON + timedelta(days=1, hours=1))

    assert [site.audit_log.verify(head).continuity for head in heads] == [
        Continuity.DELETED,
        Continuity.CONTINUES,
        Continuity.CONTINUES,
    ]
    for wrong in ("2:" + "0" * 64, "3:" + "0" * 64, "9:" + "0" * 64, "2:"):
        assert site.audit_log.verify(wrong).continuity is Continuity.DIFFERS
        assert site.audit_log.verify(wrong).faults
    for nothing in ("", "soon", "3", "-1:" + "0" * 64, heads[2] + "0", "٣:" + "0" * 64):
        with pytest.raises(ValueError, match="no head"):
            site.audit_log.verify(nothing)


def test_the_head_keeps_what_was_deleted_last(site: InProcessSite) -> None:
    """Its number and its time."""
    check(site, ANNA)
    site.now += timedelta(days=1)
    check(site, BRUNO, CLARA)
    site.audit_log.purge(NOON + timedelta(hours=1))

    head = site.audit_log.verify().head
    assert head is not None
    assert (head.anchor_seq, head.anchor_at) == (1, int(NOON.timestamp()))


def test_the_oldest_entries_end_and_the_rest_is_whole(site: InProcessSite) -> None:
    """To the second, and an emptied log continues with the next number."""
    check(site, ANNA)
    site.now += timedelta(days=1)
    check(site, BRUNO)

    assert site.audit_log.purge(NOON) == 0
    assert site.audit_log.purge(NOON + timedelta(seconds=1)) == 1
    assert site.audit_log.verify().faults == ()
    assert site.audit_log.purge(site.now + timedelta(seconds=1)) == 1
    check(site, CLARA)
    assert [one.seq for one in site.audit_log.latest(10)] == [3]
    assert site.audit_log.verify().faults == ()


def test_a_clock_that_was_once_wrong_keeps_nothing_for_longer(site: InProcessSite) -> None:
    """An entry dated a year ahead is deleted with its neighbours; one dated 1970 deletes none early."""
    for shows in (NOON, NOON + timedelta(days=365), NOON.replace(year=1970), NOON + timedelta(days=1)):
        site.now = shows
        check(site, ANNA)

    assert site.audit_log.purge(NOON) == 0
    assert site.audit_log.purge(NOON + timedelta(hours=1)) == 3
    assert site.audit_log.verify().faults == ()


def test_a_log_continues_under_a_new_secret(site: InProcessSite) -> None:
    """With the old secret configured it verifies; with the new one alone old entries look forged."""
    check(site, ANNA)

    for secrets, faults in ((("new", "a secret"), 0), (("newer",), 2)):
        later = again(site, *secrets)
        later.audit_log.keep(TILL, parse_payload(BRUNO), site.checker.ask(TILL, parse_payload(BRUNO)))
        assert (len(later.audit_log.verify().faults) > 0) == (faults > 0)


def test_only_a_site_that_keeps_a_record_has_one(site: InProcessSite) -> None:
    """With ESCV_RETENTION_DAYS=0 nothing is recorded, and existing entries are deleted."""
    check(site, ANNA)
    terms = RetentionSettings(("a secret",), timedelta(0), 604_800)
    off = privacy_services(terms, site.database, site.answers, site.pack, site.clock, lambda: 0.0)
    site.now += timedelta(seconds=1)

    off.recorder.keep(TILL, parse_payload(BRUNO), site.checker.ask(TILL, parse_payload(BRUNO)))
    assert off.retention.purge()

    assert off.recorder.healthy()
    assert values(site, "SELECT count(*) FROM check_log") == [(0,)]
