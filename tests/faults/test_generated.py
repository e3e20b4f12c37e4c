"""No generated reply is taken for a verdict that it does not hold; `generated` does it 100 000 times."""

from __future__ import annotations

import pytest

from tests.faults.generated import compare
from tests.support.naive_reading import NOTHING, UNKNOWN, WORDS


@pytest.mark.parametrize("count", [2000, pytest.param(100_000, marks=pytest.mark.soak)])
def test_two_readings_agree(count: int) -> None:
    """A naive reading, written apart, finds the same in every reply; and every word occurs among them."""
    said = compare(count)
    assert [pair for pair in said if pair[0] != pair[1]] == []
    assert {word for word, _ in said} == {*WORDS, UNKNOWN, NOTHING}
