"""The demo cards, on any day."""

from __future__ import annotations

from datetime import date

import pytest

from scanner import parse_payload
from validator.demo.card import CardType, CodeForm, DemoCard, Fault, Level, Mark, RegisterStatus, expected
from validator.demo.deck import BY_NUMBER, BY_SLUG, CHECKED, DECK, TROUBLED
from validator.verdict import Outcome, Reason

TODAY = date(2026, 11, 24)
UNUSUAL = {"pablo-random", "queenie-network"}


def test_the_deck_has_one_of_everything() -> None:
    """The cards cover all code forms, card types, levels, marks, statuses and faults."""
    assert {card.form for card in DECK} == set(CodeForm)
    assert {card.card_type for card in DECK} == set(CardType)
    assert {card.level for card in DECK} == {*Level, None}
    assert {card.mark for card in DECK} == set(Mark)
    assert {card.status for card in DECK} == set(RegisterStatus)
    assert {card.fault for card in TROUBLED} == set(Fault)
    assert {card.inverted for card in CHECKED} == {True, False}
    assert {expected(card).outcome for card in DECK} == set(Outcome)


def test_names_and_numbers_are_each_used_once() -> None:
    """Each name and each number belongs to one card."""
    assert len(BY_SLUG) == len(BY_NUMBER) == len({card.holder for card in DECK}) == len(DECK)


@pytest.mark.parametrize("card", DECK, ids=lambda card: card.slug)
def test_every_code_is_read_as_its_number(card: DemoCard) -> None:
    """The scanner finds the number in every form of address, and the issuer in every official number."""
    payload = parse_payload(card.payload)

    assert payload.escn.value == card.escn
    assert ("unusual_number" in payload.warnings) == (card.slug in UNUSUAL)
    if card.slug not in UNUSUAL:
        assert payload.escn.issuer_pic == card.institution.pic


@pytest.mark.parametrize(
    ("slug", "warning"), [("henri-sandbox", "sandbox_card"), ("ida-ownhost", "unknown_qr_host")]
)
def test_unusual_addresses_give_a_warning(slug: str, warning: str) -> None:
    """The sandbox address and an unknown one have different warnings."""
    assert parse_payload(BY_SLUG[slug].payload).warnings == (warning,)


@pytest.mark.parametrize(
    ("slug", "last_day", "reason"),
    [
        ("jan-lastday", date(2026, 11, 24), Reason.ACTIVE),
        ("luca-yesterday", date(2026, 11, 23), Reason.EXPIRED),
        ("kira-expired", date(2026, 10, 25), Reason.EXPIRED),
        ("anna-active", date(2027, 9, 20), Reason.ACTIVE),
    ],
)
def test_last_days_are_relative_to_today(slug: str, last_day: date, reason: Reason) -> None:
    """The dates depend on the given day, so the expected answer is the same every day."""
    card = BY_SLUG[slug]

    assert card.expires_on(TODAY) == last_day
    assert card.issued_on(TODAY) < last_day
    assert expected(card) is reason


def test_a_card_never_shows_its_number_in_a_repr() -> None:
    """The repr of a card in a log or traceback has no number."""
    assert all(card.escn not in repr(card) for card in DECK)
