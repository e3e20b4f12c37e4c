"""Pools of a child that misbehaves when asked to, and one of the real child for the whole room."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import pytest

from scanner.pool import DecodePool

if TYPE_CHECKING:
    from collections.abc import Iterator

ODD_CHILD = (sys.executable, "-P", "-m", "tests.support.odd_child")


@pytest.fixture(name="odd", scope="module")
def _odd() -> Iterator[DecodePool]:
    pool = DecodePool(command=ODD_CHILD)
    yield pool
    pool.close()


@pytest.fixture(name="real", scope="module")
def _real() -> Iterator[DecodePool]:
    pool = DecodePool()
    yield pool
    pool.close()
