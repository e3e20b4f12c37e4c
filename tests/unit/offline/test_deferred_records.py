"""Deferred checks in the database: what managers read, and when it is deleted."""

from __future__ import annotations

from datetime import timedelta
from types import SimpleNamespace
from typing import TYPE_CHECKING
from uuid import UUID

from tests.support.cards import BRUNO
from tests.support.in_process_site import NOON, deferred
from validator.accounts.identity import Caller, CallerKind
from validator.accounts.models import Role
from validator.accounts.passwords import Passwords
from validator.accounts.people import People
from validator.housekeeping import clean
from validator.router.answers import UnknownCard

if TYPE_CHECKING:
    from tests.support.in_process_site import InProcessSite


def sara(site: InProcessSite) -> int:
    """Add the staff member Sara; returns her id."""
    people = People(site.database, Passwords(), lambda: NOON)
    people.add("sara", "correct horse battery staple", Role.STAFF)
    return people.all()[0].id


def test_managers_read_who_checked_the_newest_first(site: InProcessSite) -> None:
    """A person by name, a kiosk by the person who locked it; a deleted device keeps its line."""
    site.answer = UnknownCard()
    hers = sara(site)
    site.deliver(
        deferred(1, made_at=NOON - timedelta(minutes=2)), caller=Caller(CallerKind.PERSON, hers, "sara")
    )
    site.deliver(
        deferred(2, made_at=NOON - timedelta(minutes=1)), caller=Caller(CallerKind.KIOSK, hers, "sara")
    )
    site.deliver(deferred(3), caller=Caller(CallerKind.DEVICE, 77, "gone"))

    found = [(one.kind, one.name) for one in site.records.contradictions(10)]

    assert found == [(CallerKind.DEVICE, ""), (CallerKind.KIOSK, "sara"), (CallerKind.PERSON, "sara")]
    assert len(site.records.contradictions(2)) == 2


def test_what_is_past_its_end_is_deleted(site: InProcessSite) -> None:
    """Counted from the delivery, to the second."""
    site.deliver(deferred(1))
    site.now += timedelta(days=1)
    site.deliver(deferred(2, made_at=site.now, input=BRUNO))

    assert site.records.purge(NOON) == 0
    assert site.records.purge(NOON + timedelta(seconds=1)) == 1
    assert set(site.records.find([UUID(int=1), UUID(int=2)])) == {UUID(int=2)}


def test_housekeeping_deletes_after_the_days_of_the_setting(site: InProcessSite) -> None:
    """Thirty days after its delivery a deferred check is deleted, in the background."""
    site.deliver(deferred(1))
    waiting = []
    kept = SimpleNamespace(
        settings=SimpleNamespace(database_file=None),
        clock=lambda: site.now,
        answers=site.answers,
        retention=site.retention,
        checker=site.checker,
        pack=site.pack,
        accounts=SimpleNamespace(purge=lambda: None),
        login_throttle=SimpleNamespace(purge=lambda: None),
        background=SimpleNamespace(submit=lambda _key, work: waiting.append(work)),
    )
    for days, left in ((30, 1), (30.01, 0)):
        site.now = NOON + timedelta(days=days)
        clean(kept)  # type: ignore[arg-type]  # the services that cleaning uses
        assert len(site.records.find([UUID(int=1)])) == 1
        while waiting:
            waiting.pop()()
        assert len(site.records.find([UUID(int=1)])) == left


def test_no_number_is_in_the_row(site: InProcessSite) -> None:
    """The row has a keyed hash of the card, and its repr shows nothing of it."""
    site.deliver(deferred(1))

    row = site.records.find([UUID(int=1)])[UUID(int=1)]
    values = {name: str(value) for name, value in vars(row).items()}
    assert not [name for name, value in values.items() if deferred().input in value]
    assert len(row.card_key) == 32
    assert repr(row) == "DeferredCheckRow(1)"
