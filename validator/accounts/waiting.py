"""How long a sign-in must wait after failures; pure.

From the fifth failure on an account the wait doubles, up to a quarter of an hour: a thousand guesses an hour
become seventeen. It is no lock that a stranger can close: browsers that the person signed in with before do
not wait (device_cookies.py), and whoever failed waits twice as long as everybody else, so that after the wait
there is a time in which only others may try.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

FREE = 5
FIRST_S = 1.0
LONGEST_S = 900.0
WHO_FAILED = 2
# A tally without a failure for so long is forgotten.
FORGOTTEN_AFTER = timedelta(days=1)
# One network, all names together: 30 failures, then one a minute.
NETWORK_MOST = 30
NETWORK_PER_S = 1 / 60
# So many failures of each name on a network do not wait for the network: a guesser on it must not keep out
# people who are right, and gains three guesses a day on each name.
NAME_FREE = 3


@dataclass(frozen=True, slots=True)
class Tally:
    """Failures, and when the last one was."""

    failures: float
    last_at: datetime


def pause_s(failures: float) -> float:
    """Seconds after so many failures."""
    if failures < FREE:
        return 0.0
    # 2**20 seconds is far beyond the longest.
    return min(FIRST_S * 2 ** min(failures - FREE, 20), LONGEST_S)


def kept(tally: Tally | None, now: datetime) -> Tally:
    """The tally as it counts now: forgotten after a day; a clock that went back makes nobody wait for it."""
    if tally is None or now - tally.last_at >= FORGOTTEN_AFTER:
        return Tally(0, now)
    return Tally(tally.failures, min(tally.last_at, now))


def account_wait_s(account: Tally | None, here: Tally | None, now: datetime) -> float:
    """Seconds until a try on this account from this network is looked at; 0 if it is at once.

    `here` counts what failed on this account from this very network.
    """
    all_of_it = kept(account, now)
    pause = pause_s(all_of_it.failures)
    ends = all_of_it.last_at + timedelta(seconds=pause)
    if here is not None and kept(here, now).failures:
        ends = max(ends, kept(here, now).last_at + timedelta(seconds=WHO_FAILED * pause))
    return max(0.0, (ends - now).total_seconds())


def network_level(network: Tally | None, now: datetime) -> float:
    """How full a network's bucket is: it leaks."""
    if network is None:
        return 0.0
    leaked = max(0.0, (now - network.last_at).total_seconds()) * NETWORK_PER_S
    return max(0.0, network.failures - leaked)


def network_wait_s(network: Tally | None, now: datetime) -> float:
    """Seconds until this network has a try to spare, whatever the account; 0 if it has one now."""
    return max(0.0, network_level(network, now) + 1 - NETWORK_MOST) / NETWORK_PER_S


def is_excused(here: Tally | None, now: datetime) -> bool:
    """Whether a try on this account does not wait for its network, as it failed little from there.

    It makes no difference whether anybody has that name.
    """
    return kept(here, now).failures < NAME_FREE
