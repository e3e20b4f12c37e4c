"""The data about one card: export and erasure."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import TYPE_CHECKING

from scanner import parse_payload
from tests.support.cards import ANNA, BRUNO
from tests.support.in_process_site import TILL, deferred
from validator.privacy.card_data import Erasure

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.in_process_site import InProcessSite

CARD, OTHER = (parse_payload(number).escn for number in (ANNA, BRUNO))
WEEK = timedelta(days=7)


def fill(site: InProcessSite) -> None:
    """Check two cards online and deferred, then again a week later."""
    for number in (ANNA, BRUNO):
        site.checker.check(TILL, number)
    site.deliver(deferred(1), deferred(2, input=BRUNO))
    site.background.run()
    site.now += WEEK
    for number in (ANNA, BRUNO):
        site.checker.check(TILL, number)
    site.background.run()


def raw(folder: Path) -> bytes:
    """Every byte of every file."""
    return b"".join(path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file())


def test_an_export_holds_everything_about_the_card_and_nothing_of_others(site: InProcessSite) -> None:
    """Remembered answers, checks of every week, deferred checks; callers appear by kind only."""
    fill(site)

    found = site.card_data.export(CARD)

    assert found["card"] == "3e50…0001"
    assert [one["event"] for one in found["checks"]] == ["check", "late_check", "check"]
    assert [one["answered"] for one in found["checks_made_without_a_network"]] == ["active"]
    assert {one["status"] for one in found["remembered_answers"]} == {"ACTIVE"}
    text = json.dumps(found)
    assert "till" not in text
    assert "Anna" not in text


def test_an_erased_card_is_nowhere(site: InProcessSite, tmp_path: Path) -> None:
    """No hash, no salt and no answer of it is left in any byte of any file, and the log is still whole."""
    fill(site)
    stood_for = site.record_keys.hashes(CARD) | site.answer_keys.hashes(CARD)
    others = site.record_keys.hashes(OTHER) | site.answer_keys.hashes(OTHER)
    assert any(each.encode() in raw(tmp_path) for each in stood_for)

    done = site.card_data.erase(CARD)
    assert site.database.settle()

    assert done == Erasure(answers=2, late_checks=1, entries=3, rows=2)
    bytes_left = raw(tmp_path)
    assert not [each for each in stood_for if each.encode() in bytes_left]
    assert sum(each.encode() in bytes_left for each in others) >= 3
    assert site.audit_log.verify().faults == ()
    nothing = site.card_data.export(CARD)
    assert not any(nothing[name] for name in nothing if name != "card")
    assert site.card_data.export(OTHER)["checks"]


def test_devices_drop_an_erased_card(site: InProcessSite) -> None:
    """The pack is reset also for a card without data on this site: a device may still have it."""
    fill(site)
    before = site.pack.store.state().generation

    site.card_data.erase(parse_payload("22d30120-cd32-1039-bbec-007000000123").escn)
    between = site.pack.store.state().generation
    site.card_data.erase(CARD)

    assert len({before, between, site.pack.store.state().generation}) == 3


def test_an_erased_card_can_be_checked_again(site: InProcessSite) -> None:
    """It is like a card that was never checked."""
    fill(site)
    site.card_data.erase(CARD)

    site.checker.check(TILL, ANNA)

    assert len(site.card_data.export(CARD)["checks"]) == 1
    assert site.audit_log.verify().faults == ()
