"""Maria, who checks cards at a till, and what tests do to her account."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from tests.support.app_factory import PASSWORD
from validator.accounts.models import Role

if TYPE_CHECKING:
    from flask import Flask

    from validator.accounts.people import People


@pytest.fixture(autouse=True)
def _clock_that_stands_still(app: Flask) -> None:
    """Sessions and waits end only where a test lets time pass: on a busy machine a sign-in takes a second."""
    now = datetime.now(UTC)
    app.extensions["validator"] = replace(app.extensions["validator"], clock=lambda: now)


@pytest.fixture(name="people")
def _people(app: Flask) -> People:
    """The people of the application, with Maria among them."""
    people: People = app.extensions["validator"].accounts.people
    people.add("maria", PASSWORD, Role.STAFF)
    return people
