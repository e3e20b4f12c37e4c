"""What decides nothing is read leniently, and is harmless to show."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanner.escn import Escn
from tests.support.cards import ANNA, status_v2, verifier
from validator.router.answers import CardStatus, KnownCard
from validator.router.cards import MAX_TEXT, known_card
from validator.router.config import Endpoint

ANNAS = Escn.parse(ANNA)
json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)


def _v2(**changes: Any) -> KnownCard:
    return known_card(Endpoint.STATUS_V2, ANNAS, status_v2(ANNA) | changes, keep_display_name=True)


def _verifier(**changes: Any) -> KnownCard:
    return known_card(Endpoint.VERIFIER, ANNAS, verifier(ANNA) | changes, keep_display_name=True)


@pytest.mark.parametrize(
    ("given_pic", "read"),
    [
        ("999978433", "999978433"),
        (999978433, "999978433"),
        (1, "000000001"),
        (0, "000000000"),
        (-1, None),
        (10**9, None),
        (True, None),
        (999978433.0, None),
        ("99997843", None),
        ("\uff19\uff19\uff19\uff19\uff17\uff18\uff14\uff13\uff13", None),
        ("<b>999978433", None),
        (None, None),
        ([999978433], None),
    ],
)
def test_the_issuers_pic_is_nine_digits_or_nothing(given_pic: object, read: str | None) -> None:
    """A PIC that comes as a number gets its zeros back; anything else is left out."""
    assert _v2(issuerIdentifier=given_pic).issuer_pic == read
    assert _verifier(issuer={"identifier": given_pic}).issuer_pic == read


@pytest.mark.parametrize(
    ("sent", "shown"),
    [
        ("Université de Saint-Valentin", "Université de Saint-Valentin"),
        ("  two\n\tlines\u2028here ", "two lines here"),
        ("evil\u202egnirts", "evilgnirts"),
        ("nul\x00bell\x07escape\x1b[31m", "nulbellescape[31m"),
        ("half \ud800 char", "half char"),
        ("zero\u200bwidth", "zerowidth"),
        ("\u200b\x00", None),
        ("", None),
        ("x" * 5000, "x" * MAX_TEXT),
        (7, None),
        ({"fr": "Université"}, None),
    ],
)
def test_texts_are_one_printable_line(sent: object, shown: str | None) -> None:
    """Names are shown without what could break or disguise a page, and only so long."""
    assert _v2(issuerName=sent, displayName=sent).issuer_name == shown
    assert _v2(issuerName=sent, displayName=sent).display_name == shown
    assert _verifier(issuer={"name": sent}).issuer_name == shown


@pytest.mark.parametrize("odd", [None, "soon", "2025-13-01", "20251001", 20251001, {}, "0000-01-01"])
def test_an_odd_issue_date_is_left_out(odd: object) -> None:
    """The day of issue decides nothing."""
    assert _v2(issuedAt=odd).issued_at is None


@pytest.mark.parametrize(
    "odd", [None, "BACHELOR", 7, [], {"key": None}, {"key": ["MASTER"]}, {"key": "PUPIL"}]
)
def test_odd_levels_and_types_are_left_out(odd: object) -> None:
    """Words outside the documented vocabularies are not shown."""
    told = _verifier(cardType=odd, cardHolder={"academicLevel": odd})
    assert (told.card_type, told.academic_level) == (None, None)
    assert _verifier(cardHolder=odd).academic_level is None


def test_the_verifier_has_no_name_to_keep() -> None:
    """A displayName that the verifier is not documented to send is not taken from it."""
    assert _verifier(displayName="Anna").display_name is None


@given(
    st.dictionaries(
        st.sampled_from(["issuedAt", "issuerIdentifier", "issuerName", "displayName", "x"]), json_values
    )
)
def test_no_oddity_beside_what_decides_spoils_the_documented_answer(odd: dict[str, object]) -> None:
    """Whatever the other fields hold, the card is active until its last day."""
    told = _v2(**odd)
    assert (told.status, told.expires_at) == (CardStatus.ACTIVE, date(2099, 12, 31))


@given(st.dictionaries(st.sampled_from(["issuer", "cardType", "cardHolder", "issuedAt", "x"]), json_values))
def test_no_oddity_beside_what_decides_spoils_the_verifiers_answer(odd: dict[str, object]) -> None:
    """The same for the other shape."""
    told = _verifier(**odd)
    assert (told.status, told.expires_at) == (CardStatus.ACTIVE, date(2099, 12, 31))
