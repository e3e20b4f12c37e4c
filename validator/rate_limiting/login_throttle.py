"""Delays failed sign-ins: each attempt counts as a failure before it is verified, and is taken back if right.

From the fifth failure on an account the delay doubles, up to a quarter of an hour: of a thousand guesses an
hour seventeen are verified. It is no account lockout: known browsers (device cookies) are counted on their
own, and a network that failed waits twice as long as all others, so that there is a time reserved for
others.

Keys are keyed hashes: no name and no address is stored. A name that does not exist is counted like any other.
"""

from __future__ import annotations

import hashlib
import hmac
import itertools
import json
import math
import re
from dataclasses import dataclass, field, replace
from ipaddress import IPv4Address, IPv6Address, ip_address
from typing import TYPE_CHECKING

from limits import RateLimitItemPerMinute
from limits.strategies import FixedWindowRateLimiter

from validator.keys import base64url
from validator.rate_limiting.windows import WindowStorage

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from validator.rate_limiting.store import DegradingStore

FREE = 5
FIRST_S = 1.0
LONGEST_S = 900.0
NETWORK_FACTOR = 2
FORGOTTEN_AFTER_S = 86_400.0
# One network, all names together.
NETWORK = RateLimitItemPerMinute(30, 30, namespace="sign-in")
# The first failures of each name on a network do not wait for the network: a guesser must not keep out
# people with the right password, and gains three guesses a day on each name.
NAME_FREE = 3
# Networks remembered for each account. Who has more of them gains nothing by being forgotten on one.
MAX_NETWORKS = 100
PREFIX = "sign-in/"
# More keys can only be a flood of invented names, which must not wait for the hourly purge.
MAX_KEYS = 20_000
PURGE_EVERY = 5_000
# What one household or one department has.
_BITS_V4 = 24
_BITS_V6 = 56


@dataclass(frozen=True, slots=True)
class Failures:
    """How many attempts failed, and when the last one did (epoch seconds)."""

    count: int = 0
    last_at: float = 0.0

    def at(self, now: float) -> Failures:
        """What counts now: nothing after a day; a clock that was set back makes nobody wait longer."""
        is_old = now - self.last_at >= FORGOTTEN_AFTER_S
        return Failures() if is_old else replace(self, last_at=min(self.last_at, now))

    def plus(self, change: int, now: float) -> Failures:
        """With one failure more, or one taken back."""
        if change > 0:
            return Failures(self.count + 1, now)
        return replace(self, count=self.count - 1) if self.count > 1 else Failures()


NO_FAILURES = Failures()


@dataclass(frozen=True, slots=True)
class Account:
    """The failures on one account: all, and those from each network."""

    all: Failures = NO_FAILURES
    networks: dict[str, Failures] = field(default_factory=dict)

    def wait_s(self, network: str | None, now: float) -> float:
        """Seconds until an attempt from this network is verified; 0 if it is at once."""
        delay = backoff_s(self.all.at(now).count)
        ends_at = self.all.at(now).last_at + delay
        here = self.here(network, now)
        if here.count:
            ends_at = max(ends_at, here.last_at + NETWORK_FACTOR * delay)
        return max(0.0, ends_at - now)

    def here(self, network: str | None, now: float) -> Failures:
        """The failures from this network."""
        return self.networks.get(network or "", NO_FAILURES).at(now)

    def plus(self, change: int, network: str | None, now: float) -> Account:
        """With one failure more from this network, or one taken back."""
        current = {name: one.at(now) for name, one in self.networks.items()}
        if network:
            current[network] = self.here(network, now).plus(change, now)
        newest = sorted(((one.last_at, name) for name, one in current.items() if one.count), reverse=True)
        kept = {name: current[name] for _, name in newest[:MAX_NETWORKS]}
        return Account(self.all.at(now).plus(change, now), kept)

    def without(self, network: str | None) -> Account:
        """Without the failures of all networks together, and without those from this one."""
        return Account(networks={name: one for name, one in self.networks.items() if name != network})


def backoff_s(failures: int) -> float:
    """The delay after this many failures."""
    # 2**20 seconds is far beyond the longest delay.
    return 0.0 if failures < FREE else min(FIRST_S * 2 ** min(failures - FREE, 20), LONGEST_S)


@dataclass(frozen=True, slots=True)
class Wait:
    """Attempt rejected; retry after `seconds`."""

    seconds: int


@dataclass(frozen=True, slots=True)
class Attempt:
    """An attempt to verify, counted as a failure under these keys."""

    account: str
    network: str | None = None
    uses_window: bool = False
    is_known: bool = False


class LoginThrottle:
    """Counts the attempts of a site; `key` keys the hashes. Thread-safe; never raises."""

    def __init__(self, store: DegradingStore, key: bytes, clock: Callable[[], datetime]) -> None:
        self._store = store
        self._key = key
        self._clock: Callable[[], float] = lambda: clock().timestamp()
        self._window = FixedWindowRateLimiter(WindowStorage(store, self._clock))
        self._counter = itertools.count(1)

    def attempt(self, subject: str, network: str | None, device_cookie: str | None) -> Attempt | Wait:
        """Count an attempt. `subject` says what is guessed, `network` from where.

        A known browser is counted on its own, and like all others only after it failed too often itself.
        """
        if next(self._counter) % PURGE_EVERY == 0:
            self.purge()
        if device_cookie is not None:
            attempt = self._count(Attempt(self._hash("known", subject, device_cookie), is_known=True))
            if isinstance(attempt, Attempt):
                return attempt
        here = self._hash("network", network) if network else None
        return self._count(Attempt(self._hash("about", subject), here, uses_window=here is not None))

    def succeeded(self, attempt: Attempt) -> None:
        """The password was right: the failures of this account no longer count."""
        self._take_back(attempt, lambda account, _now: account.without(attempt.network))

    def release(self, attempt: Attempt) -> None:
        """The attempt was neither right nor wrong: it does not count."""
        self._take_back(attempt, lambda account, now: account.plus(-1, attempt.network, now))

    def healthy(self) -> bool:
        """Whether all processes count together."""
        return self._store.healthy()

    def purge(self) -> None:
        """Delete what no longer counts, and the fewest failures if there are too many keys."""
        self._store.purge(self._clock())
        self._store.trim(PREFIX, MAX_KEYS, _count_of, self._clock())

    def close(self) -> None:
        """Close the store."""
        self._store.close()

    def _count(self, attempt: Attempt) -> Attempt | Wait:
        # The network counts first, so that attempts at the same moment cannot all see the same free place.
        now, window = self._clock(), str(attempt.network)
        has_room = not attempt.uses_window or self._window.hit(NETWORK, window)
        window_wait_s = 0.0 if has_room else self._window.get_window_stats(NETWORK, window).reset_time - now

        def step(text: str | None) -> tuple[str | None, float]:
            account = _account(text)
            wait_s = account.wait_s(attempt.network, now)
            if account.here(attempt.network, now).count >= NAME_FREE:
                wait_s = max(wait_s, window_wait_s)
            return (text, wait_s) if wait_s > 0 else (_text(account.plus(1, attempt.network, now)), 0.0)

        wait_s = self._store.change(attempt.account, step, now)
        if attempt.uses_window and (wait_s > 0 or not has_room):
            self._window.hit(NETWORK, window, cost=-1)
            # A right password must not give back what it did not take.
            attempt = replace(attempt, uses_window=False)
        return Wait(math.ceil(wait_s)) if wait_s > 0 else attempt

    def _take_back(self, attempt: Attempt, change: Callable[[Account, float], Account]) -> None:
        now = self._clock()
        self._store.change(attempt.account, lambda text: (_text(change(_account(text), now)), None), now)
        if attempt.uses_window:
            self._window.hit(NETWORK, str(attempt.network), cost=-1)

    def _hash(self, *parts: str) -> str:
        text = "\0".join(parts).encode("utf-8", "surrogatepass")
        return PREFIX + base64url(hmac.digest(self._key, text, hashlib.sha256)[:16])


def _count_of(text: str) -> float:
    """The failures in the text of an account or a network."""
    found = re.match(r"\[(\d+)", text)
    return int(found[1]) if found else 0


def _account(text: str | None) -> Account:
    """The account in a stored text; no failures if it is damaged."""
    try:
        count, last_at, networks = json.loads(text or "[0, 0, {}]")
        return Account(Failures(count, last_at), {name: Failures(*one) for name, one in networks.items()})
    except (ValueError, TypeError, AttributeError):
        return Account()


def _text(account: Account) -> str | None:
    """The text that is stored; None if no failure counts."""
    networks = {name: [one.count, one.last_at] for name, one in account.networks.items()}
    return json.dumps([account.all.count, account.all.last_at, networks]) if account != Account() else None


def network_of(address: str | None) -> str | None:
    """The network of an address; None if the address says nothing, as behind an undeclared proxy."""
    try:
        found: IPv4Address | IPv6Address = ip_address(address or "")
    except ValueError:
        return None
    if isinstance(found, IPv6Address) and found.ipv4_mapped:
        found = found.ipv4_mapped
    if found.is_loopback:
        return None
    bits = _BITS_V4 if found.version == 4 else _BITS_V6  # noqa: PLR2004 - the protocol's version
    return f"{found.version}:{int(found) >> (found.max_prefixlen - bits):x}"
