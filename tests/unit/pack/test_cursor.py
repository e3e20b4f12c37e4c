"""Cursors: what we wrote is read, and nothing else."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from validator.pack.cursor import Cursor, order, read_cursor

ORDER = order("0123456789abcdef", "fedcba9876543210")


@given(st.integers(0, 10**18 - 1))
def test_what_is_written_is_read(seq: int) -> None:
    """A device's cursor comes back as it went out."""
    assert read_cursor(str(Cursor(ORDER, seq))) == Cursor(ORDER, seq)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "7",
        ".7",
        f"{ORDER}.",
        f"{ORDER}.-1",
        f"{ORDER}.07",
        f"{ORDER}.7 ",
        f" {ORDER}.7",
        f"{ORDER}.7\n",
        f"{ORDER}.\u0667",
        f"{ORDER}.{10**18}",
        f"{ORDER}.{'9' * 4000}",
        f"{ORDER.upper()}.7",
        f"{ORDER[1:]}.7",
        f"{ORDER}.7; DROP TABLE answers",
        "\x00",
    ],
)
def test_anything_else_is_no_cursor(text: str) -> None:
    """Malformed cursors, huge numbers and tricks are none of ours."""
    assert read_cursor(text) is None


@given(st.text())
def test_no_text_is_a_fault(text: str) -> None:
    """Whatever a caller sends, it is a cursor or it is not."""
    found = read_cursor(text)

    assert found is None or str(found) == text
