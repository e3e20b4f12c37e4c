"""People: names, changes, and who a sign-in or a session belongs to."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from validator.accounts.errors import (
    BadNameError,
    BadPasswordError,
    NameTakenError,
    NotFoundError,
)
from validator.accounts.identity import VerifiedPerson
from validator.accounts.models import Role, SessionKind
from validator.accounts.people import ensure_demo_people

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.unit.accounts.conftest import Clock
    from validator.accounts.passwords import Passwords
    from validator.accounts.people import People
    from validator.accounts.sessions import Sessions
    from validator.database import Database

GOOD = "correct horse battery"
OTHER = "seven green bottles"


@pytest.fixture(name="session_of_maria")
def _session_of_maria(people: People, sessions: Sessions) -> str:
    """Maria works at the till; this is what her browser's session holds."""
    people.add("Maria", GOOD, Role.STAFF)
    return sessions.start(_proven(people, GOOD), SessionKind.PERSON, "Firefox on Linux").get_id()


def _proven(people: People, password: str, name: str = "maria") -> VerifiedPerson:
    who = people.authenticate(name, password)
    assert isinstance(who, VerifiedPerson)
    return who


def test_a_person_signs_in_with_name_and_password(people: People) -> None:
    """Maria is known by her own spelling, whatever capitals she types."""
    people.add("Maria", GOOD, Role.MANAGER)
    who = _proven(people, GOOD)

    assert (who.caller.name, who.caller.role) == ("Maria", Role.MANAGER)
    assert people.get_enabled(who.caller.id) == who


@pytest.mark.parametrize(
    ("name", "password"),
    [("maria", OTHER), ("maria", ""), ("mario", GOOD), ("", GOOD), ("ma\0ria", GOOD), ("m" * 9_999, GOOD)],
)
def test_a_wrong_name_or_password_is_nobody(people: People, name: str, password: str) -> None:
    """Mallory guesses; every attempt gets the same answer."""
    people.add("maria", GOOD, Role.STAFF)

    assert people.authenticate(name, password) is None


@pytest.mark.parametrize("same", ["maria", "MARIA", " Maria ", "\uff4daria"])
def test_a_name_is_given_once_whatever_its_capitals(people: People, same: str) -> None:
    """A second person of that name is refused with what to do."""
    people.add("Maria", GOOD, Role.STAFF)

    with pytest.raises(NameTakenError, match="choose another"):
        people.add(same, GOOD, Role.STAFF)


@pytest.mark.parametrize("bad", ["", " ", "two words", "a/b", "<b>", "x" * 65, "a\nb", "a\0"])
def test_an_unusable_name_is_refused_with_what_to_do(people: People, bad: str) -> None:
    """Only letters, figures and a few signs, up to 64."""
    with pytest.raises(BadNameError, match="1 to 64 letters"):
        people.add(bad, GOOD, Role.STAFF)


@pytest.mark.parametrize("good", ["m", "maria.rossi@uni.example", "søren-2", "Ελένη"])
def test_names_of_all_scripts_and_mail_addresses_are_usable(people: People, good: str) -> None:
    """People keep the names they have."""
    assert people.add(good, GOOD, Role.STAFF) == good
    assert [person.username for person in people.all()] == [good]


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(lambda people: people.set_password("maria", OTHER), id="new password"),
        pytest.param(lambda people: people.set_role("maria", Role.MANAGER), id="new role"),
        pytest.param(lambda people: people.disable("maria"), id="disabled"),
    ],
)
def test_a_change_ends_every_session_at_once(
    people: People, sessions: Sessions, session_of_maria: str, change: Callable[[People], None]
) -> None:
    """A cookie from before the change is worthless, also after the account is enabled again."""
    change(people)
    assert sessions.find(session_of_maria) is None

    people.enable("maria")
    assert sessions.find(session_of_maria) is None


def test_a_new_password_replaces_the_old_one(people: People) -> None:
    """Maria signs in with the new one only, and has her new role."""
    people.add("Maria", GOOD, Role.STAFF)
    people.set_password("MARIA", OTHER)
    people.set_role("maria", Role.MANAGER)

    assert people.authenticate("maria", GOOD) is None
    assert _proven(people, OTHER).caller.role is Role.MANAGER


def test_a_disabled_person_cannot_sign_in_until_enabled(people: People, clock: Clock) -> None:
    """The right password does not help; the time of the first disabling is kept."""
    people.add("maria", GOOD, Role.STAFF)
    people.disable("maria")
    first = clock.shows
    clock.shows = first.replace(year=2027)
    people.disable("maria")
    assert people.authenticate("maria", GOOD) is None
    assert people.all()[0].disabled_at == first

    people.enable("maria")
    assert people.authenticate("maria", GOOD)


def test_a_bad_new_password_changes_nothing(
    people: People, sessions: Sessions, session_of_maria: str
) -> None:
    """The rules hold for a change too, and the own name is looked for in it."""
    with pytest.raises(BadPasswordError):
        people.set_password("maria", "maria1234567")

    assert sessions.find(session_of_maria)


@pytest.mark.parametrize(
    "act",
    [
        pytest.param(lambda people: people.set_password("anonymous", GOOD), id="password"),
        pytest.param(lambda people: people.set_role("anonymous", Role.STAFF), id="role"),
        pytest.param(lambda people: people.disable("anonymous"), id="disable"),
        pytest.param(lambda people: people.enable("not a name"), id="enable"),
    ],
)
def test_a_change_of_nobody_says_where_to_look(people: People, act: Callable[[People], None]) -> None:
    """The message for a misspelt name names the command that lists the right ones."""
    with pytest.raises(NotFoundError, match="user list"):
        act(people)


def test_nothing_of_a_person_stands_in_a_repr(
    people: People, sessions: Sessions, session_of_maria: str
) -> None:
    """Neither the hash nor the session's id can slip into a log that way."""
    kept = people.all()[0]
    shown = repr(kept) + repr(sessions.find(session_of_maria))

    assert kept.password_hash not in shown
    assert kept.alternative_id not in shown
    assert session_of_maria not in shown


def test_the_demo_people_keep_their_sessions_while_the_password_stays(
    database: Database, people: People, sessions: Sessions
) -> None:
    """A restarted worker ends no session; a new password does, and any password is accepted."""
    ensure_demo_people(database, "demo")
    who = _proven(people, "demo", "staff")
    session = sessions.start(who, SessionKind.PERSON, "Firefox on Linux").get_id()
    ensure_demo_people(database, "demo")
    assert sessions.find(session)

    ensure_demo_people(database, "another")
    assert sessions.find(session) is None
    assert people.authenticate("manager", "another")
    assert [person.role for person in people.all()] == [Role.MANAGER, Role.STAFF]


def test_two_workers_may_make_the_demo_people_at_once(
    passwords: Passwords, people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The slower one finds that the person was added between its read and its write, and continues."""
    real_hash = passwords.hash

    def hash_slowly(password: str) -> str:
        monkeypatch.undo()
        people.ensure("staff", "demo", Role.STAFF)
        return real_hash(password)

    monkeypatch.setattr(passwords, "hash", hash_slowly)
    people.ensure("staff", "demo", Role.STAFF)

    assert [person.username for person in people.all()] == ["staff"]
