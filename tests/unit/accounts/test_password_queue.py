"""Slots for hashing passwords: known browsers first, and no network excludes another."""

from __future__ import annotations

from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack
from typing import TYPE_CHECKING

import pytest

from tests.support.polling import wait_for
from validator.accounts.password_queue import TRUSTED, HashingQueue, Origin

if TYPE_CHECKING:
    from collections.abc import Iterator

KNOWN = Origin("4:c00002", "192.0.2.9", is_known=True)


def mallory(host: int = 1) -> Origin:
    return Origin("4:c63364", f"198.51.100.{host}")


def stranger(network: int) -> Origin:
    return Origin(f"4:{network:x}", f"10.{network}.0.1")


class QueueUsers:
    """A hashing queue, and the sign-ins that asked it for a slot."""

    def __init__(self) -> None:
        self.queue = HashingQueue(max_wait_s=60)
        self._pool = ThreadPoolExecutor(32)
        self._running: list[tuple[Origin, ExitStack]] = []

    def arrive(self, origin: Origin) -> Future[bool]:
        """A sign-in asks for a slot; the future says whether it got one, which it keeps."""

        def come() -> bool:
            stack = ExitStack()
            has_slot = stack.enter_context(self.queue.slot(origin))
            self._running.append((origin, stack))
            return has_slot

        before = len(self.queue._queued)
        coming = self._pool.submit(come)
        wait_for(lambda: coming.done() or len(self.queue._queued) > before or self._is_full(origin))
        return coming

    def leave(self, origin: Origin) -> None:
        """The first sign-in of this origin is done."""
        at = next(at for at, (who, _) in enumerate(self._running) if who == origin)
        self._running.pop(at)[1].close()

    def _is_full(self, origin: Origin) -> bool:
        return self.queue.is_full(origin)

    def close(self) -> None:
        """End all sign-ins."""
        while self.queue._queued:
            wait_for(lambda: bool(self._running))
            self._running.pop()[1].close()
        self._pool.shutdown()


@pytest.fixture(name="users")
def _users() -> Iterator[QueueUsers]:
    users = QueueUsers()
    yield users
    users.close()


def test_strangers_of_one_network_have_one_place(users: QueueUsers) -> None:
    """The other one is free for all other networks."""
    assert users.arrive(mallory()).result(60)
    second = users.arrive(mallory(2))
    assert not second.done()

    assert users.arrive(stranger(1)).result(60)
    users.leave(mallory())
    assert second.result(60)


def test_known_browsers_come_before_strangers(users: QueueUsers) -> None:
    """Even if they came last, and as many as there are slots."""
    assert users.arrive(stranger(1)).result(60)
    assert users.arrive(stranger(2)).result(60)
    waiting = users.arrive(stranger(3))
    known = users.arrive(KNOWN)
    users.leave(stranger(1))

    assert known.result(60)
    assert not waiting.done()
    assert users.arrive(Origin(is_known=True)) is not None
    users.leave(stranger(2))
    wait_for(lambda: sum(one.has_slot for one in users.queue._queued) == 2)


def test_who_floods_is_sent_away_before_others_of_that_network(users: QueueUsers) -> None:
    """Where two of one address wait, a sign-in of another address takes the place of the newer."""
    assert users.arrive(mallory()).result(60)
    waiting = [users.arrive(mallory()) for _ in range(2)]
    assert users.queue.is_full(mallory())
    assert not users.queue.is_full(mallory(7))
    neighbour = users.arrive(mallory(7))

    assert waiting[1].result(60) is False
    assert not neighbour.done()
    assert not waiting[0].done()
    assert users.arrive(mallory()).result(60) is False


def test_another_network_takes_the_waiting_place_of_a_flood(users: QueueUsers) -> None:
    """However many addresses of its own network the flood comes from."""
    assert users.arrive(mallory(1)).result(60)
    assert users.arrive(stranger(9)).result(60)
    waiting = [users.arrive(mallory(host)) for host in (2, 3)]
    other = users.arrive(stranger(1))

    assert waiting[1].result(60) is False
    assert not other.done()
    users.leave(stranger(9))
    assert other.result(60)


def test_where_addresses_tell_nothing_all_places_are_used(users: QueueUsers) -> None:
    """Behind a proxy that is not configured all have one address: two slots, two waiting."""
    unknown = Origin(None, "127.0.0.1")
    assert [users.arrive(unknown).result(60) for _ in range(2)] == [True, True]
    waiting = [users.arrive(unknown) for _ in range(2)]

    assert users.queue.is_full(unknown)
    assert users.arrive(unknown).result(60) is False
    assert not any(one.done() for one in waiting)
    assert not users.queue.is_full(TRUSTED)


def test_whoever_waits_too_long_is_sent_away_and_leaves_nothing() -> None:
    """A slot that becomes free later is given out."""
    queue = HashingQueue(max_running=1, max_wait_s=0.01)
    with queue.slot(TRUSTED) as first, queue.slot(TRUSTED) as second:
        assert (first, second) == (True, False)

    assert queue._queued == []
    with queue.slot(TRUSTED) as again:
        assert again
