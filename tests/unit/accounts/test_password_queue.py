"""Places for hashing passwords: known browsers first, and no network keeps another out."""

from __future__ import annotations

from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack
from typing import TYPE_CHECKING

import pytest

from tests.support.waiting import wait_for
from validator.accounts.password_queue import TRUSTED, HashingQueue, Origin

if TYPE_CHECKING:
    from collections.abc import Iterator

KNOWN = Origin("4:c00002", "192.0.2.9", is_known=True)


def mallory(host: int = 1) -> Origin:
    return Origin("4:c63364", f"198.51.100.{host}")


def stranger(network: int) -> Origin:
    return Origin(f"4:{network:x}", f"10.{network}.0.1")


class Hall:
    """HashingQueue, and everybody who came for one."""

    def __init__(self) -> None:
        self.turns = HashingQueue(max_wait_s=60)
        self._pool = ThreadPoolExecutor(32)
        self._running: list[tuple[Origin, ExitStack]] = []

    def comes(self, origin: Origin) -> Future[bool]:
        """Somebody comes for a place; told whether they got one, and then keeps it."""

        def come() -> bool:
            stack = ExitStack()
            has_turn = stack.enter_context(self.turns.slot(origin))
            self._running.append((origin, stack))
            return has_turn

        before = len(self.turns._queued)
        coming = self._pool.submit(come)
        wait_for(lambda: coming.done() or len(self.turns._queued) > before or self._is_full(origin))
        return coming

    def leaves(self, origin: Origin) -> None:
        """Whoever came from there first is done."""
        at = next(at for at, (who, _) in enumerate(self._running) if who == origin)
        self._running.pop(at)[1].close()

    def _is_full(self, origin: Origin) -> bool:
        return self.turns.is_full(origin)

    def close(self) -> None:
        """Everybody leaves."""
        while self.turns._queued:
            wait_for(lambda: bool(self._running))
            self._running.pop()[1].close()
        self._pool.shutdown()


@pytest.fixture(name="hall")
def _hall() -> Iterator[Hall]:
    hall = Hall()
    yield hall
    hall.close()


def test_strangers_of_one_network_have_one_place(hall: Hall) -> None:
    """The other one is for everybody else, at once."""
    assert hall.comes(mallory()).result(60)
    second = hall.comes(mallory(2))
    assert not second.done()

    assert hall.comes(stranger(1)).result(60)
    hall.leaves(mallory())
    assert second.result(60)


def test_known_browsers_come_before_strangers(hall: Hall) -> None:
    """Though they came last, and as many as there are places."""
    assert hall.comes(stranger(1)).result(60)
    assert hall.comes(stranger(2)).result(60)
    waiting = hall.comes(stranger(3))
    known = hall.comes(KNOWN)
    hall.leaves(stranger(1))

    assert known.result(60)
    assert not waiting.done()
    assert hall.comes(Origin(is_known=True)) is not None
    hall.leaves(stranger(2))
    wait_for(lambda: sum(one.has_slot for one in hall.turns._queued) == 2)


def test_who_floods_is_sent_away_before_others_of_that_network(hall: Hall) -> None:
    """Where two of one address wait, somebody at another address takes the place of the newer."""
    assert hall.comes(mallory()).result(60)
    waiting = [hall.comes(mallory()) for _ in range(2)]
    assert hall.turns.is_full(mallory())
    assert not hall.turns.is_full(mallory(7))
    neighbour = hall.comes(mallory(7))

    assert waiting[1].result(60) is False
    assert not neighbour.done()
    assert not waiting[0].done()
    assert hall.comes(mallory()).result(60) is False


def test_another_network_takes_the_waiting_place_of_a_flood(hall: Hall) -> None:
    """However many addresses of its own network the flood comes from."""
    assert hall.comes(mallory(1)).result(60)
    assert hall.comes(stranger(9)).result(60)
    waiting = [hall.comes(mallory(host)) for host in (2, 3)]
    other = hall.comes(stranger(1))

    assert waiting[1].result(60) is False
    assert not other.done()
    hall.leaves(stranger(9))
    assert other.result(60)


def test_where_addresses_tell_nothing_all_places_are_used(hall: Hall) -> None:
    """Behind a proxy that is not declared nobody is told apart: two places, two waiting."""
    unknown = Origin(None, "127.0.0.1")
    assert [hall.comes(unknown).result(60) for _ in range(2)] == [True, True]
    waiting = [hall.comes(unknown) for _ in range(2)]

    assert hall.turns.is_full(unknown)
    assert hall.comes(unknown).result(60) is False
    assert not any(one.done() for one in waiting)
    assert not hall.turns.is_full(TRUSTED)


def test_whoever_waits_too_long_is_sent_away_and_leaves_nothing() -> None:
    """And a place that comes free later is free."""
    turns = HashingQueue(max_running=1, max_wait_s=0.01)
    with turns.slot(TRUSTED) as first, turns.slot(TRUSTED) as second:
        assert (first, second) == (True, False)

    assert turns._queued == []
    with turns.slot(TRUSTED) as again:
        assert again
