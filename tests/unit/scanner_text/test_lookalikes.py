"""Hosts that pose as known ones, and those that must not be taken for posing."""

from __future__ import annotations

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from scanner.address import is_lookalike

KNOWN = ["s.esc-r.eu", "esc.gg", "pp.esc.gg", "esc.bwcard.de", "router.europeanstudentcard.eu"]
STRANGERS = [
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
def test_the_owners_own_hosts_never_pose(host: str) -> None:
    """A known host, or another name of the same owner, is no look-alike."""
    assert not is_lookalike(host)


@pytest.mark.parametrize("host", STRANGERS)
def test_strangers_are_not_accused(host: str) -> None:
    """A host that merely shares some letters is unknown, not a look-alike."""
    assert not is_lookalike(host)


@given(
    host=st.sampled_from(KNOWN[:4]), front=st.sampled_from(["", "www.", "my-"]), sign=st.sampled_from(".-")
)
def test_a_known_host_inside_another_poses(host: str, front: str, sign: str) -> None:
    """Whatever stands before and behind: a known name as a part of another host is there to mislead."""
    assert is_lookalike(f"{front}{host}{sign}evil.example")


@settings(deadline=None, max_examples=400)
@given(
    host=st.sampled_from(KNOWN[:4]),
    at=st.integers(0, 12),
    key=st.sampled_from("abcdefghijklmnopqrstuvwxyz0123456789"),
)
@example(host="esc.gg", at=5, key="q")
def test_one_wrong_key_poses(host: str, at: int, key: str) -> None:
    """A known host with one key mistaken, added or missed is a look-alike, where it is another owner's."""
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
def test_twins_of_letters_pose(twin: str) -> None:
    """Signs of the same shape do not hide a known name."""
    assert is_lookalike(twin)
