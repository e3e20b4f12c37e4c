"""What can serve no more is deleted, without anybody waiting for it."""

from __future__ import annotations

from offline_cache import StoreError
from validator.housekeeping import EVERY_S, Housekeeping


class House:
    """Counts its cleanings; the clock and a broken store are the test's to set."""

    def __init__(self) -> None:
        self.now = 1_000_000.0
        self.cleaned = 0
        self.is_broken = False
        self.housekeeping = Housekeeping(self.clean, lambda: self.now)

    def clean(self) -> int:
        self.cleaned += 1
        if self.is_broken:
            raise StoreError("no room")
        return 0

    def look(self) -> None:
        if thread := self.housekeeping.look():
            thread.join()


def test_it_cleans_at_first_and_then_once_an_hour() -> None:
    """Ten requests within an hour cost one cleaning, the first after it another."""
    house = House()
    for _ in range(10):
        house.look()
    assert house.cleaned == 1

    house.now += EVERY_S
    house.look()
    assert house.cleaned == 2


def test_a_store_that_fails_is_tried_again_an_hour_later() -> None:
    """A full disk ends neither the request nor the cleaning for good."""
    house = House()
    house.is_broken = True
    house.look()
    house.is_broken = False
    house.now += EVERY_S
    house.look()

    assert house.cleaned == 2
