"""Sessions as rows: when they are open, and that nothing brings an ended one back."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import func, select, text

from validator.accounts.identity import CallerKind, VerifiedPerson
from validator.accounts.models import Role, SessionKind, SessionRow

if TYPE_CHECKING:
    from tests.unit.accounts.conftest import Clock
    from validator.accounts.identity import CurrentSession
    from validator.accounts.people import People
    from validator.accounts.sessions import Sessions
    from validator.database import Database

GOOD = "correct horse battery"


@pytest.fixture(name="maria")
def _maria(people: People) -> VerifiedPerson:
    people.add("maria", GOOD, Role.MANAGER)
    who = people.authenticate("maria", GOOD)
    assert isinstance(who, VerifiedPerson)
    return who


def begun(sessions: Sessions, who: VerifiedPerson, kind: SessionKind = SessionKind.PERSON) -> CurrentSession:
    opened = sessions.start(who, kind, "Chrome on Android").session
    assert opened
    return opened


def rows(database: Database) -> int:
    with database.session() as session:
        return session.scalar(select(func.count()).select_from(SessionRow)) or 0


def test_an_unused_session_ends_and_a_used_one_goes_on(
    sessions: Sessions, clock: Clock, maria: VerifiedPerson
) -> None:
    """Four hours without a check; with one in between it is four hours more."""
    opened = begun(sessions, maria)
    clock.shows += timedelta(hours=3, minutes=59)
    assert sessions.find(opened.token)
    sessions.record_use(opened, clock.shows)
    clock.shows += timedelta(hours=3, minutes=59)
    assert sessions.find(opened.token)
    clock.shows += timedelta(minutes=1)
    assert sessions.find(opened.token) is None


def test_a_kiosk_waits_for_visitors_through_days(
    sessions: Sessions, clock: Clock, maria: VerifiedPerson
) -> None:
    """It has no idle end and no role; after thirty days it is over."""
    opened = begun(sessions, maria, SessionKind.KIOSK)
    clock.shows += timedelta(days=29)
    found = sessions.find(opened.token)
    assert found
    assert (found.caller.kind, found.caller.name, found.caller.role) == (CallerKind.KIOSK, "maria", None)

    clock.shows += timedelta(days=1)
    assert sessions.find(opened.token) is None


def test_what_a_browser_decided_without_a_network_is_use(
    sessions: Sessions, clock: Clock, maria: VerifiedPerson
) -> None:
    """The gate was busy for five hours without a network: the session is open, until its shift is over."""
    opened = begun(sessions, maria)
    clock.shows += timedelta(hours=5)
    sessions.purge()
    last = clock.shows - timedelta(minutes=10)

    assert sessions.find(opened.token) is None
    assert sessions.find(opened.token, clock.shows - timedelta(hours=4)) is None
    assert sessions.find(opened.token, last)
    sessions.record_use(opened, last)
    assert sessions.find(opened.token)

    clock.shows += timedelta(hours=5)
    assert sessions.find(opened.token, clock.shows) is None


def test_use_is_written_down_once_a_minute(sessions: Sessions, clock: Clock, maria: VerifiedPerson) -> None:
    """A busy till does not write for each card."""
    opened = begun(sessions, maria)
    clock.shows += timedelta(seconds=59)
    assert not sessions.should_record_use(opened, clock.shows)
    clock.shows += timedelta(seconds=1)
    assert sessions.should_record_use(opened, clock.shows)


def test_a_request_under_way_does_not_bring_an_ended_session_back(
    sessions: Sessions, clock: Clock, maria: VerifiedPerson
) -> None:
    """Its note of the session's use comes too late and changes nothing."""
    opened = begun(sessions, maria)
    assert sessions.end(maria.caller.id, opened.id)
    sessions.record_use(opened, clock.shows)

    assert sessions.find(opened.token) is None
    assert not sessions.end(maria.caller.id, opened.id)


def test_a_sign_in_under_way_while_the_account_changes_opens_nothing(
    sessions: Sessions, people: People, maria: VerifiedPerson
) -> None:
    """The password was right, then the account disabled, then the session begun; enabling is no help."""
    people.disable("maria")
    opened = begun(sessions, maria)
    assert sessions.find(opened.token) is None
    people.enable("maria")
    assert sessions.find(opened.token) is None


def test_only_ones_own_sessions_are_listed_and_ended(
    sessions: Sessions, people: People, maria: VerifiedPerson
) -> None:
    """Maria cannot end Dora's, whatever number she sends; her others she can, all at once."""
    people.add("dora", GOOD, Role.STAFF)
    dora = people.authenticate("dora", GOOD)
    assert isinstance(dora, VerifiedPerson)
    first, second, third, hers = (begun(sessions, who) for who in (maria, maria, maria, dora))

    assert not sessions.end(maria.caller.id, hers.id)
    assert sessions.end(maria.caller.id, first.id)
    assert {row.id for row in sessions.list_for(maria.caller.id)} == {second.id, third.id}
    assert sessions.end_others(maria.caller.id, third.id) == 1
    assert sessions.find(hers.token)


def test_what_has_ended_is_deleted(
    sessions: Sessions, people: People, clock: Clock, database: Database, maria: VerifiedPerson
) -> None:
    """Those of an earlier shift and from before a change; the open kiosk stays."""
    begun(sessions, maria)
    clock.shows += timedelta(hours=10)
    opened = begun(sessions, maria, SessionKind.KIOSK)
    assert sessions.purge() == 1
    assert sessions.find(opened.token)

    people.set_role("maria", Role.STAFF)
    assert sessions.purge() == 1
    assert rows(database) == 0


def test_the_table_does_not_hold_what_browsers_hold(
    sessions: Sessions, database: Database, maria: VerifiedPerson
) -> None:
    """The content of the database does not suffice to sign in."""
    opened = begun(sessions, maria)
    with database.session() as session:
        kept = str(session.execute(text("SELECT * FROM sessions")).all())

    assert opened.token not in kept
    assert opened.token not in repr(opened)
    assert "Chrome on Android" in kept


@pytest.mark.parametrize("token", ["", "x", "\ud800", "a" * 10_000])
def test_what_is_no_session_is_nobodys(sessions: Sessions, token: str) -> None:
    """Whatever a cookie holds."""
    assert sessions.find(token) is None


def test_a_session_begun_while_the_clock_ran_ahead_does_not_last_for_days(
    sessions: Sessions, clock: Clock, maria: VerifiedPerson
) -> None:
    """When the clock is put right, a person signs in again; a kiosk at a door stays."""
    person, kiosk = begun(sessions, maria), begun(sessions, maria, SessionKind.KIOSK)
    clock.shows -= timedelta(minutes=1)
    assert sessions.find(person.token)
    clock.shows -= timedelta(days=2)
    assert sessions.find(person.token) is None
    assert sessions.find(kiosk.token)
