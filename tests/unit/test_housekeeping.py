"""What can serve no more is deleted, without anybody waiting for it."""

from __future__ import annotations

from validator.housekeeping import EVERY_S, Housekeeping


def test_it_cleans_at_first_and_then_once_an_hour() -> None:
    """Ten requests within an hour cost one cleaning, the first after it another."""
    now = [1_000_000.0]
    cleaned: list[float] = []
    housekeeping = Housekeeping(lambda: cleaned.append(now[0]), lambda: now[0])

    for _ in range(10):
        housekeeping.look()
    assert cleaned == [1_000_000.0]

    now[0] += EVERY_S
    housekeeping.look()
    assert len(cleaned) == 2
