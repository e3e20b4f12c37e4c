"""Which of several symbols in a picture is used."""

from __future__ import annotations

import pytest

from scanner import ChoiceRefused, Kind, NotAnEscCode, choose
from tests.support.cards import ANNA, BRUNO


def test_a_picture_without_symbols_has_no_code() -> None:
    """Without a text, no code was found."""
    with pytest.raises(ChoiceRefused) as refusal:
        choose([])

    assert (refusal.value.code, refusal.value.kind) == ("no_code_found", None)


def test_the_number_is_picked_from_among_foreign_codes() -> None:
    """A Wi-Fi code and a menu beside a card are ignored."""
    payload = choose(["WIFI:S:canteen;;", f"https://s.esc-r.eu/{ANNA}", "https://uni.example/menu"])

    assert payload.escn.value == ANNA
    assert payload.warnings == ()


def test_one_card_read_twice_is_one_card() -> None:
    """The same number in two symbols is unambiguous; the first, best one is used."""
    payload = choose([f"https://cards.uni.example/{ANNA}", ANNA.upper()])

    assert payload.escn.value == ANNA
    assert payload.warnings == ("unknown_qr_host",)


def test_two_cards_in_one_picture_are_refused() -> None:
    """Anna's and Bruno's cards side by side are ambiguous."""
    with pytest.raises(ChoiceRefused) as refusal:
        choose([f"https://s.esc-r.eu/{ANNA}", f"http://esc.gg/{BRUNO}"])

    assert (refusal.value.code, refusal.value.kind) == ("several_codes", None)


def test_the_first_symbol_says_why_none_holds_a_number() -> None:
    """Among foreign codes only, the kind of the best one is reported."""
    with pytest.raises(NotAnEscCode) as refusal:
        choose(["WIFI:S:canteen;;", "https://uni.example/menu"])

    assert (refusal.value.code, refusal.value.kind) == ("not_an_esc_code", Kind.WIFI)


def test_the_refusal_keeps_no_reading_behind() -> None:
    """The refusal has no other exception as context, and only the frames of its last raise."""
    with pytest.raises(NotAnEscCode) as refusal:
        choose(["secret soup"])

    assert refusal.value.__context__ is None
    assert [entry.name for entry in refusal.traceback][1:] == ["choose"]
