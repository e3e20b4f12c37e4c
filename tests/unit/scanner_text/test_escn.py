"""What the number alone contains, and its masked form."""

from __future__ import annotations

import copy
import pickle

import pytest

from scanner import Escn, EscnError
from tests.support.cards import ANNA, BRUNO

MAC_NODE = "0c615bc5-605a-11ef-83b5-60a44c40ce5c"
INTEGER_NODE = "b881984a-0b88-11e9-98a4-0000773406c7"


@pytest.mark.parametrize(
    ("number", "prefix", "pic"),
    [
        (ANNA, "001", "000000001"),
        ("25539be8-6423-103e-add8-988999978433", "988", "999978433"),
        ("fc3a1f80-93fb-103a-9b31-000999893752", "000", "999893752"),
        ("3e506370-826a-103d-bf76-001000001000", "001", "000001000"),
        (INTEGER_NODE, "001", "999898311"),
        (MAC_NODE, None, None),
        ("3e506370-826a-103d-bf76-001000000000", None, None),
    ],
)
def test_the_issuer_is_read_from_both_node_forms(number: str, prefix: str | None, pic: str | None) -> None:
    """Prefix and PIC are read from decimal digits and from a stored integer, and from nothing else."""
    escn = Escn.parse(number)

    assert (escn.prefix, escn.issuer_pic) == (prefix, pic)


def test_the_largest_node_that_is_a_stored_integer() -> None:
    """An integer node counts up to twelve decimal digits, and no further."""
    largest = f"3e506370-826a-103d-bf76-{999_999_999_999:012x}"
    one_more = f"3e506370-826a-103d-bf76-{1_000_000_000_000:012x}"

    assert Escn.parse(largest).issuer_pic == "999999999"
    assert Escn.parse(one_more).issuer_pic is None


@pytest.mark.parametrize(
    ("number", "unusual"),
    [
        (ANNA, False),
        (INTEGER_NODE, False),
        (MAC_NODE, True),
        ("3e506370-826a-403d-bf76-001000000001", True),
        ("3e506370-826a-103d-7f76-001000000001", True),
        ("3e506370-826a-103d-cf76-001000000001", True),
        ("3e506370-826a-103d-8f76-001000000001", False),
        ("00000000-0000-0000-0000-000000000000", True),
        ("ffffffff-ffff-ffff-ffff-ffffffffffff", True),
    ],
)
def test_only_numbers_of_no_known_generator_are_unusual(number: str, unusual: bool) -> None:  # noqa: FBT001 - pytest hands cases over by position
    """Version 1 with an issuer is usual; every other number is unusual."""
    assert Escn.parse(number).unusual is unusual


def test_every_way_of_printing_is_masked() -> None:
    """Neither repr, str, format nor the repr of what holds it shows more than eight digits."""
    escn = Escn.parse(ANNA)

    assert escn.masked == "3e50…0001"
    for printed in (repr(escn), str(escn), f"{escn}", "%s" % escn, repr([escn])):  # noqa: UP031 - one of the ways
        assert printed.strip("[]") == "Escn(3e50…0001)"


def test_numbers_are_equal_by_value() -> None:
    """Two readings of one card are equal, in sets and after pickling, too."""
    typed, scanned = Escn.parse(ANNA.upper()), Escn.parse(f"http://esc.gg/{ANNA}")

    assert typed == scanned == pickle.loads(pickle.dumps(typed)) == copy.deepcopy(typed)  # noqa: S301 - our own bytes
    assert {typed, scanned} == {typed}
    assert typed != Escn.parse(BRUNO)


@pytest.mark.parametrize("wrong", ["", ANNA[:-1], ANNA.upper(), ANNA + "\n", "{" + ANNA + "}", "../" + ANNA])
def test_only_the_canonical_form_can_be_held(wrong: str) -> None:
    """The value of an Escn is always lower case with hyphens."""
    with pytest.raises(EscnError, match=r"\Anot the canonical form of an ESC number\Z"):
        Escn(wrong)


@pytest.mark.parametrize(
    "wrong",
    [
        "",
        "anna",
        ANNA[:-1],
        ANNA + "0",
        "0" * 40_000,
        f"https://esc.gg@evil.example/{ANNA}",
        f"https://esc.gg/?{ANNA}",
    ],
)
def test_what_is_no_number_is_refused_without_its_text(wrong: str) -> None:
    """The error never contains the text."""
    with pytest.raises(EscnError, match=r"\Anot an ESC number\Z") as refusal:
        Escn.parse(wrong)

    assert refusal.value.__context__ is None


def test_a_number_cannot_be_changed() -> None:
    """The value is frozen."""
    with pytest.raises(AttributeError):
        Escn.parse(ANNA).value = BRUNO  # type: ignore[misc] # that it is refused is the promise


def test_text_is_read_up_to_a_limit() -> None:
    """An address of 2 048 characters is read; a longer one is refused, not cut."""
    address = f"https://esc.gg/{ANNA}"

    assert Escn.parse(address.ljust(2048, "/")).value == ANNA
    with pytest.raises(EscnError):
        Escn.parse(address.ljust(2049, "/"))
