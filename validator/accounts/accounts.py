"""The stores of people, devices and sessions of one site, built together."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from validator.accounts.device_cookies import DeviceCookies
from validator.accounts.devices import Devices
from validator.accounts.identity_cache import Revision
from validator.accounts.passwords import Passwords
from validator.accounts.pending import PendingSteps
from validator.accounts.people import People
from validator.accounts.sessions import SessionLifetimes, Sessions
from validator.accounts.two_factor import Encryptor, SecondFactors

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

    from validator.database import Database


@dataclass(frozen=True, slots=True)
class Accounts:
    """The people and devices of this site, and what they signed in with."""

    people: People
    devices: Devices
    sessions: Sessions
    device_cookies: DeviceCookies
    second_factors: SecondFactors
    pending: PendingSteps

    def purge(self) -> None:
        """Delete expired sessions and pending steps."""
        self.sessions.purge()
        self.pending.purge()


def build_accounts(  # noqa: PLR0913 - called once, at start
    database: Database,
    secret_keys: Sequence[str],
    lifetimes: SessionLifetimes,
    *,
    clock: Callable[[], datetime],
    true_time: Callable[[], datetime],
    submit: Callable[[str, Callable[[], object]], object],
) -> Accounts:
    """Build the stores. `true_time` is the Router's time: phones make their codes by it.

    `submit` runs a piece of work in the background, once for its key.
    """
    pending, revision = PendingSteps(database, clock), Revision(database)
    return Accounts(
        people=People(database, Passwords(), clock),
        devices=Devices(database, clock, submit, revision),
        sessions=Sessions(database, lifetimes, clock, revision),
        device_cookies=DeviceCookies(secret_keys),
        second_factors=SecondFactors(database, Encryptor(secret_keys), pending, true_time),
        pending=pending,
    )
