"""What a number's form tells: which ones a generator can have made, and which lie side by side."""

from __future__ import annotations

import pytest

from scanner.escn import Escn
from tests.unit.rate_limiting.callers import (
    FINGERPRINTS_KEY,
    NOON,
    PAVIA,
    draws,
    issued,
    number,
    true_version_1,
)
from validator.keys import Purpose, derive
from validator.rate_limiting.fingerprints import (
    BLOCK_BYTES,
    CARD_BYTES,
    OFFICIAL_ORIGIN,
    TRUE_ORIGIN,
    fingerprint,
    parts_of,
)

# All of protocol.md §1.3.
SEEN = [
    "3e506370-826a-103d-bf76-001000000001",
    "25539be8-6423-103e-add8-988999978433",
    "6a377012-48b3-1037-94dd-007990797674",
    "aec54890-72b1-1039-8e5f-001999893752",
    "22d30120-cd32-1039-bbec-001999893752",
    "b124d040-2860-103b-9cfc-001999893752",
    "fc3a1f80-93fb-103a-9b31-000999893752",
    "e6480dc0-9fba-1035-a6bd-001932465463",
    "5c73911f-919f-1035-b4c2-001932465465",
    "b881984a-0b88-11e9-98a4-0000773406c7",
]
FIRST = 1_356_998_400


@pytest.mark.parametrize("text", SEEN)
def test_every_number_really_seen_is_plausible(text: str) -> None:
    """No card of an issuer that is known to us counts as made up."""
    assert parts_of(Escn(text), NOON).plausible


@pytest.mark.parametrize(
    ("escn", "plausible"),
    [
        (number(12_219_292_800_000 + FIRST * 10_000_000, 1), True),
        (number(12_219_292_800_999 + FIRST * 10_000_000, 1), True),
        (number(122_192_928_000_000_000 + FIRST * 10_000_000, 1), True),
        (number(122_192_927_999_999_999 + FIRST * 10_000_000, 1), False),
        (number(OFFICIAL_ORIGIN + FIRST * 10_000_000, 1), True),
        (number(OFFICIAL_ORIGIN + FIRST * 10_000_000 - 10_000, 1), False),
        (number(TRUE_ORIGIN + FIRST * 10_000_000, 1), True),
        (number(TRUE_ORIGIN + FIRST * 10_000_000 - 1, 1), False),
        (number(OFFICIAL_ORIGIN + int(NOON + 86_400) * 10_000_000, 1), True),
        (number(OFFICIAL_ORIGIN + int(NOON + 86_400) * 10_000_000 + 10_000, 1), False),
        (true_version_1(NOON + 86_401, 1), False),
        (number(OFFICIAL_ORIGIN + int(NOON) * 10_000_000 + 999, 1), True),
        (number(OFFICIAL_ORIGIN + int(NOON) * 10_000_000 + 1_000, 1), False),
        (Escn("aec54890-72b1-4039-8e5f-001999893752"), False),
        (Escn("aec54890-72b1-1039-0e5f-001999893752"), False),
        (Escn("aec54890-72b1-1039-8e5f-000000000000"), False),
    ],
)
def test_a_number_is_plausible_where_a_generator_can_have_made_it(escn: Escn, plausible: bool) -> None:  # noqa: FBT001 - a case's expectation
    """From 2013 to tomorrow, by either origin, at most a thousand in a millisecond, with an issuer."""
    assert parts_of(escn, NOON).plausible is plausible


TIME = OFFICIAL_ORIGIN + int(NOON - 9e6) * 10_000_000
TRUE = TRUE_ORIGIN + int(NOON - 9e6) * 10_000_000


@pytest.mark.parametrize(
    ("one", "other", "near"),
    [
        (number(TIME, 0x1230), number(TIME, 0x123F), True),
        (number(TIME, 0x1230), number(TIME, 0x1240), False),
        (number(TIME, 7), number(TIME + 10_000, 7), True),
        (number(TIME, 7), number(TIME + 9_000_000_000, 7), True),
        (number(TIME, 7), number(TIME + 10_000, 700), False),
        (number(TIME, 7), number(TIME, 7, PAVIA + 1), True),
        (number(TIME, 7), number(TIME + 10_000, 7, PAVIA + 1), False),
        (number(TRUE - TRUE % 4_096, 7), number(TRUE - TRUE % 4_096 + 4_095, 7), True),
        (number(TRUE - TRUE % 4_096, 7), number(TRUE - TRUE % 4_096 + 4_096, 7), False),
    ],
)
def test_numbers_are_near_where_a_script_counts_and_a_queue_does_not(
    one: Escn,
    other: Escn,
    near: bool,  # noqa: FBT001 - a case's expectation
) -> None:
    """Side by side in sequence, time or issuer; not merely made in the same second."""
    shared = set(parts_of(one, NOON).blocks) & set(parts_of(other, NOON).blocks)

    assert bool(shared) is near


@pytest.mark.parametrize(
    ("typo", "shared"),
    [
        (number(TIME + 10_000, 7), 1),
        (number(TIME, 70), 1),
        (number(TIME, 7, PAVIA + 1), 1),
        (number(TIME + 10_000, 70), 0),
        (number(TIME, 70, PAVIA + 1), 0),
        (number(TIME + 10_000, 7, PAVIA + 1), 0),
    ],
)
def test_a_typo_in_one_part_leaves_the_other_two(typo: Escn, shared: int) -> None:
    """Time, sequence and node: such a number shares one pair with the right one, hashed or not."""
    right = number(TIME, 7)
    plain = set(parts_of(right, NOON).pairs) & set(parts_of(typo, NOON).pairs)
    hashed = [set(fingerprint(FINGERPRINTS_KEY, each, NOON).pairs) for each in (right, typo)]

    assert len(plain) == len(hashed[0] & hashed[1]) == shared


def test_the_shape_of_a_number_is_spelled_out() -> None:
    """Parts that may never be mixed up: two numbers share a text only where they share what it names."""
    official, true = parts_of(Escn(SEEN[0]), NOON), parts_of(Escn(SEEN[-1]), NOON)

    assert official.blocks == (
        "time 17313366402950000 node 68719476737 sequence 1015",
        "time 4226896094470 node 68719476737 sequence 16246",
        "time 17313366402950000 sequence 16246",
        "node 68719476737 sequence 16246",
    )
    assert official.batch == "second 2063914108 node 68719476737"
    assert len(true.blocks) == 3


def test_a_batch_is_what_was_made_within_a_second_by_one_issuer() -> None:
    """That is what a class has in common, whatever the sequence."""
    second = TIME - TIME % (1 << 23)

    def batch(escn: Escn) -> str:
        return parts_of(escn, NOON).batch

    assert batch(number(second, 1)) == batch(number(second + (1 << 23) - 1, 900))
    assert batch(number(second, 1)) != batch(number(second + (1 << 23), 1))
    assert batch(number(second, 1)) != batch(number(second, 1, PAVIA + 1))


def test_prints_are_keyed_and_too_short_to_tell_cards_apart() -> None:
    """Two bytes of a keyed hash: enough to see a repeat, shared by one card in 65 536."""
    card = issued(draws(1))
    prints = fingerprint(FINGERPRINTS_KEY, card, NOON)

    assert prints == fingerprint(FINGERPRINTS_KEY, card, NOON)
    assert len(prints.card) == 2 * CARD_BYTES == 4
    assert {len(one) for one in (*prints.blocks, prints.batch)} == {2 * BLOCK_BYTES}
    assert prints.plausible
    other = fingerprint(derive("another secret", Purpose.FINGERPRINTS), card, NOON)
    assert {prints.card, prints.batch, *prints.blocks}.isdisjoint({other.card, other.batch, *other.blocks})
    assert derive("a secret", Purpose.FINGERPRINTS) != derive("another secret", Purpose.FINGERPRINTS)


def test_prints_are_of_the_lengths_that_were_weighed() -> None:
    """Two bytes for a card, three for its block: enough to tell a script, too few to tell a card."""
    assert (CARD_BYTES, BLOCK_BYTES) == (2, 3)
