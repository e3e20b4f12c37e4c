"""Pending steps: each expires, belongs to one browser, and is used once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import text

from validator.accounts.identity import VerifiedPerson
from validator.accounts.models import Role
from validator.accounts.pending import PendingKind, PendingSteps

if TYPE_CHECKING:
    from tests.unit.accounts.conftest import Clock
    from validator.accounts.people import People
    from validator.database import Database

GOOD = "correct horse battery"


@pytest.fixture(name="mia")
def _mia(people: People) -> VerifiedPerson:
    people.add("mia", GOOD, Role.MANAGER)
    who = people.authenticate("mia", GOOD)
    assert isinstance(who, VerifiedPerson)
    return who


@pytest.fixture(name="steps")
def _steps(database: Database, clock: Clock) -> PendingSteps:
    return PendingSteps(database, clock)


@pytest.mark.parametrize("kind", list(PendingKind))
def test_a_step_ends_by_itself(
    steps: PendingSteps, clock: Clock, mia: VerifiedPerson, kind: PendingKind
) -> None:
    """At its end it is neither found nor used."""
    steps.start(kind, "token", mia)
    assert steps.find(kind, "token")

    clock.shows += kind.value
    assert steps.find(kind, "token") is None
    assert not steps.consume(kind, "token")


def test_a_step_is_found_by_its_own_token_and_kind_alone(steps: PendingSteps, mia: VerifiedPerson) -> None:
    """The token of an enrolment does not sign in."""
    steps.start(PendingKind.CODES_OFFER, "token", mia, "sealed")

    assert steps.find(PendingKind.CODES_OFFER, "another") is None
    assert steps.find(PendingKind.SIGN_IN, "token") is None
    assert steps.find(PendingKind.CODES_OFFER, "\ud800") is None


def test_a_step_is_used_once_however_many_try(steps: PendingSteps, mia: VerifiedPerson) -> None:
    """Eight browsers with a copy of the cookie at the same moment: one succeeds."""
    steps.start(PendingKind.SIGN_IN, "token", mia)
    with ThreadPoolExecutor(8) as pool:
        used = list(pool.map(lambda _: steps.consume(PendingKind.SIGN_IN, "token"), range(8)))

    assert sum(used) == 1
    assert steps.find(PendingKind.SIGN_IN, "token") is None


@pytest.mark.parametrize("change", ["sign_out", "disable"])
def test_a_change_of_the_account_ends_a_step(
    steps: PendingSteps, people: People, mia: VerifiedPerson, change: str
) -> None:
    """As it ends every session."""
    steps.start(PendingKind.SIGN_IN, "token", mia)
    getattr(people, change)("mia")

    assert steps.find(PendingKind.SIGN_IN, "token") is None


def test_what_has_ended_is_deleted(
    steps: PendingSteps, database: Database, clock: Clock, mia: VerifiedPerson
) -> None:
    """No token is stored, and the hourly clean-up leaves open steps."""
    steps.start(PendingKind.SIGN_IN, "token", mia)
    steps.start(PendingKind.CODES_OFFER, "token", mia, "sealed")
    with database.session() as session:
        assert "token" not in "".join(session.scalars(text("SELECT id_hash FROM pending_steps")))

    clock.shows += PendingKind.SIGN_IN.value
    steps.purge()
    with database.session() as session:
        assert session.scalars(text("SELECT sealed FROM pending_steps")).all() == ["sealed"]


def test_a_step_begun_while_the_clock_ran_ahead_is_over(
    steps: PendingSteps, clock: Clock, mia: VerifiedPerson
) -> None:
    """When the clock is put right, it does not last for days."""
    steps.start(PendingKind.CODES_OFFER, "token", mia)
    clock.shows -= timedelta(days=2)

    assert steps.find(PendingKind.CODES_OFFER, "token") is None
    assert not steps.consume(PendingKind.CODES_OFFER, "token")
