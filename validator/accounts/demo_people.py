"""The two people of the demo."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from validator.accounts.models import Role
from validator.accounts.passwords import Passwords
from validator.accounts.people import People

if TYPE_CHECKING:
    from validator.database import Database


def ensure_demo_people(database: Database, password: str) -> None:
    """Make `staff` and `manager` with this password, whatever it is.

    Where they have it already nothing changes, so that their sessions outlive a restart.
    """
    people = People(database, Passwords(), lambda: datetime.now(UTC))
    for role in Role:
        people.ensure(role.value, password, role)
