"""Codes of an authenticator app: the right ones, once, and a secret that the database does not give away."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import column, select
from sqlalchemy import table as sql_table

from validator.accounts.errors import NotFoundError
from validator.accounts.identity import VerifiedPerson
from validator.accounts.models import Role
from validator.accounts.pending import PendingSteps
from validator.accounts.two_factor import (
    Encryptor,
    SecondFactors,
    format_secret,
    matching_step,
    provisioning_uri,
    totp_code,
)

if TYPE_CHECKING:
    from tests.unit.accounts.conftest import Clock
    from validator.accounts.people import People
    from validator.database import Database

GOOD = "correct horse battery"
OLD, NEW = "o" * 32, "n" * 32
HERE, ELSEWHERE = "this session", "another session"
RFC_SECRET = b"12345678901234567890"


@pytest.fixture(name="mia")
def _mia(people: People) -> VerifiedPerson:
    """Mia, a manager who has just signed in."""
    people.add("mia", GOOD, Role.MANAGER)
    who = people.authenticate("mia", GOOD)
    assert isinstance(who, VerifiedPerson)
    return who


@pytest.fixture(name="factors")
def _factors(database: Database, clock: Clock) -> SecondFactors:
    return second_factors(database, clock, OLD)


def second_factors(database: Database, clock: Clock, *secrets: str) -> SecondFactors:
    return SecondFactors(database, Encryptor(list(secrets)), PendingSteps(database, clock), clock)


def turned_on(factors: SecondFactors, clock: Clock, mia: VerifiedPerson) -> bytes:
    secret = factors.start_enrolment(mia, HERE)
    assert factors.confirm_enrolment(HERE, now_code(secret, clock))
    return secret


def now_code(secret: bytes, clock: Clock, later: int = 0) -> str:
    return totp_code(secret, int(clock.shows.timestamp()) // 30 + later)


@pytest.mark.parametrize(
    ("at", "figures"),
    [(59, "287082"), (1_111_111_109, "081804"), (1_234_567_890, "005924"), (20_000_000_000, "353130")],
)
def test_codes_are_those_of_rfc_6238(at: int, figures: str) -> None:
    """The last six figures of its test vectors for SHA-1."""
    assert totp_code(RFC_SECRET, at // 30) == figures
    assert matching_step(RFC_SECRET, f" {figures[:3]} {figures[3:]} ", at) == at // 30


@pytest.mark.parametrize("typed", ["", "12345", "abcdef", "²²²²²²", "\ud800", "1" * 1_000])
def test_what_is_no_code_is_refused(typed: str) -> None:
    """Whatever is typed, it is a plain no."""
    assert matching_step(RFC_SECRET, typed, 59) is None


def test_an_app_learns_the_secret_from_the_address() -> None:
    """The key URI that authenticator apps read."""
    address = provisioning_uri(RFC_SECRET, "mia@uni.example", "ESC Validator")

    assert address == (
        "otpauth://totp/ESC%20Validator:mia%40uni.example"
        "?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=ESC%20Validator"
    )
    assert format_secret(RFC_SECRET).replace(" ", "") in address


def test_codes_are_asked_for_from_the_first_right_one_on(
    factors: SecondFactors, clock: Clock, mia: VerifiedPerson
) -> None:
    """An app that was set up wrongly locks no person out."""
    secret = factors.start_enrolment(mia, HERE)
    assert not factors.is_on(mia.caller.id)
    assert not factors.confirm_enrolment(HERE, "000000")
    assert not factors.verify(mia.caller.id, now_code(secret, clock))
    assert factors.is_enrolling(HERE)
    assert factors.confirm_enrolment(HERE, now_code(secret, clock))

    assert factors.is_on(mia.caller.id)
    assert not factors.is_enrolling(HERE)
    with pytest.raises(NotFoundError):
        factors.start_enrolment(mia, HERE)


@pytest.mark.parametrize("seconds", [600, 86_400])
def test_an_offer_ends_by_itself(
    factors: SecondFactors, clock: Clock, mia: VerifiedPerson, seconds: int
) -> None:
    """Ten minutes after it started it is invalid, even with a right code."""
    secret = factors.start_enrolment(mia, HERE)
    clock.shows += timedelta(seconds=599)
    assert factors.is_enrolling(HERE)

    clock.shows += timedelta(seconds=seconds - 599)
    assert not factors.is_enrolling(HERE)
    assert not factors.confirm_enrolment(HERE, now_code(secret, clock))
    assert not factors.is_on(mia.caller.id)


def test_an_offer_belongs_to_one_session(factors: SecondFactors, clock: Clock, mia: VerifiedPerson) -> None:
    """Another session of the same person neither sees it nor uses it."""
    secret = factors.start_enrolment(mia, HERE)

    assert not factors.is_enrolling(ELSEWHERE)
    assert not factors.confirm_enrolment(ELSEWHERE, now_code(secret, clock))


def test_an_offer_ends_with_a_change_of_the_account(
    factors: SecondFactors, people: People, clock: Clock, mia: VerifiedPerson
) -> None:
    """A new password, a new role, a disabled account: an enrolment from before is invalid."""
    secret = factors.start_enrolment(mia, HERE)
    people.set_role("mia", Role.STAFF)

    assert not factors.confirm_enrolment(HERE, now_code(secret, clock))


def test_of_two_offers_the_first_to_be_confirmed_stands(
    factors: SecondFactors, clock: Clock, mia: VerifiedPerson
) -> None:
    """A second offer cannot replace the phone that codes are asked from."""
    first, second = factors.start_enrolment(mia, HERE), factors.start_enrolment(mia, ELSEWHERE)
    assert factors.confirm_enrolment(HERE, now_code(first, clock))

    assert not factors.confirm_enrolment(ELSEWHERE, now_code(second, clock))
    clock.shows += timedelta(seconds=60)
    assert factors.verify(mia.caller.id, now_code(first, clock))


def test_a_new_offer_in_a_session_replaces_the_one_before(
    factors: SecondFactors, clock: Clock, mia: VerifiedPerson
) -> None:
    """The QR code that was left on the screen is invalid."""
    old, new = factors.start_enrolment(mia, HERE), factors.start_enrolment(mia, HERE)

    assert not factors.confirm_enrolment(HERE, now_code(old, clock))
    assert factors.confirm_enrolment(HERE, now_code(new, clock))


def test_a_code_is_good_once_and_a_clock_may_be_half_a_minute_off(
    factors: SecondFactors, clock: Clock, mia: VerifiedPerson
) -> None:
    """A person who saw Mia's code cannot use it again, nor an earlier one."""
    secret, person = factors.start_enrolment(mia, HERE), mia.caller.id
    assert not factors.confirm_enrolment(HERE, now_code(secret, clock, later=2))
    assert factors.confirm_enrolment(HERE, now_code(secret, clock))
    assert not factors.verify(person, now_code(secret, clock))
    assert not factors.verify(person, now_code(secret, clock, later=-1))
    assert factors.verify(person, now_code(secret, clock, later=1))

    clock.shows += timedelta(seconds=60)
    assert factors.verify(person, now_code(secret, clock))


def test_without_a_phone_the_codes_are_turned_off(
    factors: SecondFactors, clock: Clock, mia: VerifiedPerson
) -> None:
    """By the operator, by name."""
    turned_on(factors, clock, mia)
    factors.turn_off_by_name("mia")

    assert not factors.is_on(mia.caller.id)
    assert not factors.verify(mia.caller.id, "000000")
    with pytest.raises(NotFoundError, match="user list"):
        factors.turn_off_by_name("anonymous")


@pytest.mark.parametrize("table", ["pending_steps", "second_factors"])
def test_the_database_alone_does_not_give_a_secret_away(
    factors: SecondFactors, database: Database, clock: Clock, mia: VerifiedPerson, table: str
) -> None:
    """It is sealed under the site's key, which is not in the database."""
    secret = (
        factors.start_enrolment(mia, HERE) if table == "pending_steps" else turned_on(factors, clock, mia)
    )
    with database.session() as session:
        sealed: str = session.execute(select(column("sealed")).select_from(sql_table(table))).scalar_one()

    assert Encryptor([OLD]).decrypt(sealed) == secret
    assert Encryptor([NEW]).decrypt(sealed) is None
    assert secret.hex() not in sealed.encode().hex()


def test_a_changed_seal_opens_nothing() -> None:
    """Not a character of it may be another one."""
    sealed = Encryptor([OLD]).encrypt(RFC_SECRET)
    for place in range(0, len(sealed), 7):
        other = "A" if sealed[place] != "A" else "B"
        assert Encryptor([OLD]).decrypt(sealed[:place] + other + sealed[place + 1 :]) is None
    assert Encryptor([OLD]).decrypt("no base64!") is None


def test_a_new_secret_key_keeps_the_codes_as_long_as_the_old_one_is_named(
    database: Database, clock: Clock, factors: SecondFactors, mia: VerifiedPerson
) -> None:
    """The first code after the change encrypts it with the new key, and the old one may be removed."""
    secret, person = turned_on(factors, clock, mia), mia.caller.id
    clock.shows += timedelta(seconds=30)
    both = second_factors(database, clock, NEW, OLD)
    assert both.verify(person, now_code(secret, clock))
    clock.shows += timedelta(seconds=30)

    assert second_factors(database, clock, NEW).verify(person, now_code(secret, clock))
