"""Keys for card hashes: they rotate, are used until their expiry, and are then deleted."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import timedelta
from typing import TYPE_CHECKING

from scanner import parse_payload
from tests.support.cards import ANNA, BRUNO
from tests.support.in_process_site import NOON, TILL, WINDOWS, deferred
from validator.keys import Purpose, derive
from validator.offline.deferred import DeferredState
from validator.privacy.card_keys import CardKeys, KeySchedule
from validator.router.answers import RouterFailure, UnknownCard
from validator.verdict import Reason, Source, Verdict

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.in_process_site import InProcessSite

CARD = parse_payload(ANNA).escn
DAY = timedelta(days=1)
DOWN = RouterFailure(Reason.ROUTER_UNREACHABLE, "down")


def keys(site: InProcessSite, *secrets: str) -> CardKeys:
    """The keys of a process: they rotate every week, data under them is kept for two weeks."""
    site_keys = tuple(derive(secret, Purpose.CARD_HASHES) for secret in secrets or ("a secret",))
    return CardKeys(site.database, site_keys, KeySchedule("test", 7 * 86_400, 14 * 86_400), site.clock)


def check(site: InProcessSite, number: str = ANNA) -> Verdict:
    """Check this card as the device."""
    return site.checker.check(TILL, number)


def test_all_processes_share_one_key_of_a_week(site: InProcessSite) -> None:
    """They have another one the week after; another purpose or secret has other keys."""
    one, two, other = keys(site), keys(site), keys(site, "another secret")

    assert one.current() == two.current() != other.current()
    assert one.current() not in site.record_keys.all()
    before = one.current()
    site.now += 7 * DAY
    assert before != one.current() == two.current()


def test_an_earlier_key_finds_what_is_still_kept(site: InProcessSite) -> None:
    """Its hashes are known until the data under it has expired, also after a restart."""
    before = keys(site).hashes(CARD)
    site.now += 14 * DAY

    ours, later = keys(site), keys(site)
    ours.current()

    assert before < ours.hashes(CARD)
    assert later.hashes(CARD) == ours.hashes(CARD)


def test_a_deleted_key_is_gone_for_all_processes(site: InProcessSite) -> None:
    """Neither the site's secret nor its database leads from a hash to a card."""
    ours = keys(site)
    before = ours.hashes(CARD)
    site.now += 22 * DAY
    ours.current()

    assert ours.delete_expired() == 1
    assert not before & ours.hashes(CARD)
    assert not before & keys(site).hashes(CARD)


def test_a_key_of_a_clock_that_ran_ahead_is_forgotten_too(site: InProcessSite) -> None:
    """Otherwise it would be kept as long as the clock was ahead."""
    ours = keys(site)
    site.now += 400 * DAY
    ours.current()
    site.now = NOON

    assert ours.delete_expired() == 1


def test_hashes_under_an_earlier_secret_are_found(site: InProcessSite) -> None:
    """As long as that secret is configured."""
    before = keys(site).hashes(CARD)

    assert before < keys(site, "new", "a secret").hashes(CARD)
    assert not before & keys(site, "new").hashes(CARD)


def test_a_database_that_gives_no_key_keeps_no_card_from_its_check(
    site: InProcessSite, tmp_path: Path
) -> None:
    """The previous key is used; without one, a temporary key under which nothing is found later."""
    ours, newcomer = keys(site), keys(site)
    before = ours.current()
    with closing(sqlite3.connect(tmp_path / "validator.sqlite", isolation_level=None)) as other:
        other.execute("ALTER TABLE card_keys RENAME TO away")
        site.now += 7 * DAY
        assert ours.current() == before
        assert newcomer.current() == newcomer.current() != before
        assert check(site).outcome.value == "valid"
        other.execute("ALTER TABLE away RENAME TO card_keys")

    site.now += timedelta(seconds=10)
    assert ours.current() == newcomer.current() != before


def test_a_remembered_answer_outlives_the_change_of_keys(site: InProcessSite) -> None:
    """It is used under the new key as under the old one, until its own expiry."""
    site.now += timedelta(seconds=site.answer_keys.schedule.period_s - NOON.timestamp() % 604_801 - 60)
    check(site)
    first = site.answer_keys.current()
    site.answer = DOWN
    site.now += DAY
    assert site.answer_keys.current() != first

    assert check(site).source is Source.CACHE
    site.now += timedelta(seconds=WINDOWS.stale_s - 1) - DAY
    assert check(site).source is Source.CACHE
    site.now += timedelta(seconds=2)
    assert check(site).reason is Reason.ROUTER_UNREACHABLE


def test_a_not_valid_outlives_the_change_of_keys(site: InProcessSite) -> None:
    """What was VALID under the old key never comes back after a NOT VALID under the new one."""
    check(site)
    site.now += 7 * DAY - timedelta(hours=12)
    site.answer = UnknownCard()
    assert check(site).reason is Reason.UNKNOWN_CARD
    site.answer = DOWN

    assert check(site).reason is Reason.UNKNOWN_CARD
    site.now += DAY
    assert check(site).reason is not Reason.ACTIVE


def test_a_deferred_check_gets_the_same_answer_after_key_rotation(site: InProcessSite) -> None:
    """An id belongs to its card, whichever key hashed it."""
    site.deliver(deferred(1))
    site.now += 7 * DAY

    assert site.deliver(deferred(1))[0].state is DeferredState.ANSWERED
    assert site.deliver(deferred(1, input=BRUNO))[0].state is DeferredState.REFUSED
