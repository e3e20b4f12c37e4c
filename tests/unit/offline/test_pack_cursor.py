"""Cursors: what we wrote is read, and nothing else."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from validator.keys import Purpose, derive
from validator.offline.pack import Cursor, SyncPosition, generation_id, parse_cursor

KEY = derive("a secret", Purpose.PACK_CURSORS)
ORDER = generation_id("0123456789abcdef", "https://router.example:443")
NUMBERS = st.integers(0, 10**18 - 1)
PLACES = st.none() | st.builds(SyncPosition, NUMBERS, NUMBERS, st.binary(min_size=16, max_size=16))


@given(NUMBERS, PLACES)
def test_what_is_written_is_read(seq: int, position: SyncPosition | None) -> None:
    """A device's cursor comes back as it went out, between two syncs and within one."""
    assert parse_cursor(Cursor(ORDER, seq, position).sealed(KEY), KEY) == Cursor(ORDER, seq, position)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "7",
        f"{ORDER}.7",
        f"{ORDER}.7.0123456789abcdef",
        f"{ORDER}.{'9' * 4000}",
        "\x00",
        "; DROP TABLE rows",
    ],
)
def test_anything_else_is_no_cursor(text: str) -> None:
    """Malformed cursors, huge numbers and tricks are none of ours."""
    assert parse_cursor(text, KEY) is None


def test_nobody_can_write_one() -> None:
    """Neither an earlier number nor a place in a sync: the whole pack never looks like a small change."""
    ours = Cursor(ORDER, 700, SyncPosition(900, 3, bytes(16)))
    mac = ours.sealed(KEY).rpartition(".")[2]
    earlier = f"{ORDER}.0.900.3.{'0' * 32}.{mac}"

    assert parse_cursor(earlier, KEY) is None
    assert parse_cursor(replace(ours, position=None).sealed(KEY).replace(".700.", ".0."), KEY) is None
    assert parse_cursor(ours.sealed(derive("another secret", Purpose.PACK_CURSORS)), KEY) is None


@given(st.text())
def test_no_text_is_a_fault(text: str) -> None:
    """Whatever a caller sends, it is a cursor or it is not."""
    found = parse_cursor(text, KEY)

    assert found is None or found.sealed(KEY) == text


def test_an_order_is_named_by_its_origin_too() -> None:
    """Two processes that ask two Routers and share a file by mistake have two orders."""
    assert generation_id("0" * 16, "one") != generation_id("0" * 16, "other")
