"""The cache of signed-in callers: every change of access ends its entries, in every process."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import event, text

from validator.accounts.identity import VerifiedPerson
from validator.accounts.identity_cache import IdentityCache, Revision
from validator.accounts.models import Device, Person, Role, SessionKind, SessionRow
from validator.accounts.sessions import SessionLifetimes, Sessions

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.unit.accounts.conftest import Clock
    from validator.accounts.devices import Devices
    from validator.accounts.people import People
    from validator.database import Database

GOOD = "correct horse battery"
# Written for each use: they end nothing.
USE = {("devices", "last_used_on"), ("sessions", "seen_at")}
COLUMNS = [
    (model.__tablename__, column.name)
    for model in (Person, Device, SessionRow)
    for column in model.__table__.columns
]


@pytest.fixture(name="revision")
def _revision(database: Database) -> Revision:
    return Revision(database)


@pytest.fixture(name="who")
def _who(people: People, devices: Devices, sessions: Sessions) -> VerifiedPerson:
    """Maria with one session, and a device: each table has a row."""
    people.add("maria", GOOD, Role.STAFF)
    who = people.authenticate("maria", GOOD)
    assert isinstance(who, VerifiedPerson)
    sessions.start(who, SessionKind.PERSON, "Chrome on Android")
    devices.add("till")
    return who


def read(revision: Revision) -> int:
    number = revision.read()
    assert number is not None
    return number


def run(database: Database, statement: str) -> None:
    """SQL by hand: no code of ours takes part."""
    with database.session() as session:
        session.execute(text(statement))


@pytest.mark.parametrize(("table", "column"), COLUMNS)
@pytest.mark.usefixtures("who")
def test_an_update_of_each_column_increments_the_revision(
    database: Database, revision: Revision, table: str, column: str
) -> None:
    """Except the two that record use, which is written too often."""
    before = read(revision)
    run(database, f"UPDATE {table} SET {column} = {column}")  # noqa: S608 - constants

    assert (read(revision) > before) is ((table, column) not in USE)


@pytest.mark.parametrize("table", ["people", "devices", "sessions"])
@pytest.mark.usefixtures("who")
def test_each_insert_and_delete_increments_the_revision(
    database: Database, revision: Revision, table: str
) -> None:
    """INSERT OR REPLACE deletes without a delete trigger, so inserts count as well."""
    before = read(revision)
    run(database, f"INSERT OR REPLACE INTO {table} SELECT * FROM {table}")  # noqa: S608 - constants
    inserted = read(revision)
    assert inserted > before

    run(database, "DELETE FROM sessions")
    run(database, f"DELETE FROM {table}")  # noqa: S608 - constants
    assert read(revision) > inserted


def test_a_rolled_back_change_does_not_increment_the_revision(
    database: Database, devices: Devices, revision: Revision
) -> None:
    """The number belongs to the transaction of the change."""
    devices.add("till")
    before = read(revision)

    def change_and_fail() -> None:
        with database.session() as session:
            session.execute(text("UPDATE devices SET revoked_at = created_at"))
            raise InterruptedError

    with pytest.raises(InterruptedError):
        change_and_fail()

    assert read(revision) == before


def selects(database: Database, act: Callable[[], object]) -> int:
    """The number of SELECT statements while `act` runs; the revision is read outside the pool."""
    seen: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        seen.append(statement)

    event.listen(database._engine, "before_cursor_execute", note)
    act()
    event.remove(database._engine, "before_cursor_execute", note)
    return sum(statement.startswith("SELECT") for statement in seen)


def test_a_known_token_is_not_read_again(
    database: Database, devices: Devices, sessions: Sessions, who: VerifiedPerson
) -> None:
    """Until something changes; then once."""
    device, session = devices.add("gate"), sessions.start(who, SessionKind.PERSON, "Firefox").get_id()

    def both() -> None:
        assert devices.by_token(device)
        assert sessions.find(session)

    both()
    both()
    assert selects(database, both) == 0
    devices.add("another")
    assert selects(database, both) == 2
    assert selects(database, both) == 0


def test_an_idle_entry_is_read_again(
    database: Database, clock: Clock, sessions: Sessions, who: VerifiedPerson
) -> None:
    """Another process has recorded a later use, which increments nothing."""
    login = sessions.start(who, SessionKind.PERSON, "Firefox")
    assert login.session
    assert sessions.find(login.session.token)
    other = Sessions(
        database, SessionLifetimes(timedelta(hours=10), timedelta(hours=4)), clock, Revision(database)
    )
    clock.shows += timedelta(hours=3)
    other.record_use(login.session, clock.shows)
    clock.shows += timedelta(hours=3)

    assert sessions.find(login.session.token)
    clock.shows += timedelta(hours=4)
    assert sessions.find(login.session.token) is None


def test_the_times_of_an_entry_are_checked_in_each_request(
    clock: Clock, sessions: Sessions, who: VerifiedPerson
) -> None:
    """An end or a wrong clock is noticed although no row has changed."""
    token = sessions.start(who, SessionKind.PERSON, "Firefox").get_id()
    assert sessions.find(token)
    began = clock.shows
    clock.shows = began - timedelta(minutes=6)
    assert sessions.find(token) is None
    clock.shows = began + timedelta(hours=4)
    assert sessions.find(token) is None
    clock.shows = began + timedelta(hours=10)
    assert sessions.find(token, clock.shows) is None


def test_a_later_use_is_never_replaced_by_an_earlier_one(
    clock: Clock, sessions: Sessions, who: VerifiedPerson
) -> None:
    """A process with an older entry may record a use that is already out of date."""
    login = sessions.start(who, SessionKind.PERSON, "Firefox")
    assert login.session
    sessions.record_use(login.session, clock.shows + timedelta(minutes=4))
    sessions.record_use(login.session, clock.shows + timedelta(minutes=2))

    assert sessions.list_for(who.caller.id)[0].seen_at == clock.shows + timedelta(minutes=4)


def test_without_a_revision_the_database_is_asked_each_time(database: Database, devices: Devices) -> None:
    """A table that is gone, a connection that broke: no entry is used, and revoking still works."""
    token = devices.add("till")
    assert devices.by_token(token)
    run(database, "ALTER TABLE identity_revision RENAME TO elsewhere")
    run(database, "DROP TRIGGER identity_revision_devices_update")
    run(database, "UPDATE devices SET revoked_at = created_at")

    assert devices.by_token(token) is None


def test_a_broken_connection_is_replaced(database: Database, revision: Revision) -> None:
    """After a fork or a restart of the database the first read fails, the next one works."""
    before = read(revision)
    database.close()

    assert revision.read() is None
    assert read(revision) == before


def test_a_busy_connection_makes_no_request_wait(revision: Revision) -> None:
    """Where another thread is stuck in its read, this one asks the database itself."""
    number = read(revision)
    with revision._lock:
        assert revision.read() is None
    assert revision.read() == number


def test_the_cache_is_bounded_and_holds_no_unknown_token(revision: Revision) -> None:
    """A flood of made-up tokens fills nothing."""
    cache: IdentityCache[str] = IdentityCache(revision, max_entries=2)
    for key in "abc":
        assert cache.get(key, str) == ""
        assert cache.get(f"unknown {key}", lambda: None) is None

    assert set(cache._entries) == {"b", "c"}


def test_a_change_during_a_read_is_seen_by_the_next_request(
    database: Database, revision: Revision, devices: Devices
) -> None:
    """What was read before the change is not stored under the number after it."""
    devices.add("till")
    cache: IdentityCache[str] = IdentityCache(revision)

    def slow_read() -> str:
        run(database, "UPDATE devices SET revoked_at = created_at")
        return "read before the change"

    assert cache.get("till", slow_read) == "read before the change"
    assert cache.get("till", lambda: "read after it") == "read after it"


def test_entries_hold_no_token(devices: Devices, sessions: Sessions, who: VerifiedPerson) -> None:
    """A dump of the memory shows hashes."""
    device, session = devices.add("gate"), sessions.start(who, SessionKind.PERSON, "Firefox").get_id()
    for _ in range(2):
        assert devices.by_token(device)
        assert sessions.find(session)
    kept = f"{dict(devices._cache._entries)} {dict(sessions._cache._entries)}"

    assert "gate" in kept
    assert device not in kept
    assert session not in kept
