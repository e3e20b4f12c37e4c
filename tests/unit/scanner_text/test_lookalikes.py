"""Hosts that imitate known ones, and hosts that do not."""

from __future__ import annotations

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from scanner.address import is_lookalike

KNOWN = ["s.esc-r.eu", "esc.gg", "pp.esc.gg", "esc.bwcard.de", "router.europeanstudentcard.eu"]
UNKNOWN = [
    "uni.example",
    "cards.uni.example",
    "esc.uni.example",
    "studentcard.uni.example",
    "escuela.example",
    "rescgger.example",
    "localhost",
    "eab.gg",
    "192.0.2.7",
    "[2001:db8::7]",
    "esc-clermont.example",
    "bwcards.uni.example",
]


@pytest.mark.parametrize("host", [*KNOWN, "www.esc.gg", "new.esc-r.eu", "a.b.bwcard.de"])
def test_hosts_of_the_owners_are_no_lookalikes(host: str) -> None:
    """A known host, or another host of the same owner, is no look-alike."""
    assert not is_lookalike(host)


@pytest.mark.parametrize("host", UNKNOWN)
def test_unknown_hosts_are_no_lookalikes(host: str) -> None:
    """A host that only shares some letters is unknown."""
    assert not is_lookalike(host)


@given(
    host=st.sampled_from(KNOWN[:4]), front=st.sampled_from(["", "www.", "my-"]), sign=st.sampled_from(".-")
)
def test_a_host_that_contains_a_known_one_is_a_lookalike(host: str, front: str, sign: str) -> None:
    """With any text before and after the known host."""
    assert is_lookalike(f"{front}{host}{sign}evil.example")


@settings(deadline=None, max_examples=400)
@given(
    host=st.sampled_from(KNOWN[:4]),
    at=st.integers(0, 12),
    key=st.sampled_from("abcdefghijklmnopqrstuvwxyz0123456789"),
)
@example(host="esc.gg", at=5, key="q")
def test_a_host_one_edit_away_is_a_lookalike(host: str, at: int, key: str) -> None:
    """A known host with one wrong, added or missing character, unless it belongs to the same owner."""
    at %= len(host)
    for slipped in (
        host[:at] + key + host[at + 1 :],
        host[:at] + key + host[at:],
        host[:at] + host[at + 1 :],
    ):
        owners = any(
            slipped == end or slipped.endswith(f".{end}") for end in ("esc.gg", "esc-r.eu", "bwcard.de")
        )
        assert is_lookalike(slipped) is not owners


@pytest.mark.parametrize(
    "twin",
    ["e5c.gg", "3sx.gg", "esc.qg", "3sc.99", "esc-r.eu.evil.example", "esc.bvvcard.de", "esc.bwcarcl.de"],
)
def test_characters_that_look_alike_are_detected(twin: str) -> None:
    """Also across the boundary of two letters."""
    assert is_lookalike(twin)
