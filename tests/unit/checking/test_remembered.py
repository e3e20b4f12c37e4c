"""The cache entry of a Router answer, and its reason on a given day."""

from __future__ import annotations

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from offline_cache import UnreadableEntry
from validator.checking.remembered import end_of_day, from_body, reason_of, to_body, to_entry
from validator.router.answers import (
    CardStatus,
    ImpossibleDatesError,
    KnownCard,
    UnknownCard,
    possible_dates,
)
from validator.verdict import Outcome, Reason

BRUSSELS = ZoneInfo("Europe/Brussels")
TODAY = date(2026, 11, 23)


def is_possible(card: KnownCard) -> bool:
    """Whether a Router answer can have this card: its dates are possible."""
    try:
        return possible_dates(card.status, card.expires_at, card.issued_at) == (
            card.expires_at,
            card.issued_at,
        )
    except ImpossibleDatesError:
        return False


texts = st.none() | st.text(max_size=30)
cards = st.builds(
    KnownCard,
    status=st.sampled_from(CardStatus),
    expires_at=st.none() | st.dates(date(2015, 1, 1)),
    issued_at=st.none() | st.dates(date(2015, 1, 1)),
    issuer_pic=texts,
    issuer_name=texts,
    academic_level=texts,
    card_type=texts,
    display_name=texts,
).filter(is_possible)


@pytest.mark.parametrize(
    ("status", "expires_at", "reason"),
    [
        ("ACTIVE", date(2026, 11, 24), Reason.ACTIVE),
        ("ACTIVE", date(2026, 11, 23), Reason.ACTIVE),
        ("ACTIVE", date(2026, 11, 22), Reason.EXPIRED),
        ("ACTIVE", None, Reason.EXPIRED),
        ("EXPIRED", date(2030, 1, 1), Reason.EXPIRED),
        ("EXPIRED", None, Reason.EXPIRED),
        ("INACTIVE", date(2030, 1, 1), Reason.INACTIVE),
        ("INACTIVE", date(2020, 1, 1), Reason.INACTIVE),
    ],
)
def test_the_reason_follows_from_status_and_day(status: str, expires_at: date | None, reason: Reason) -> None:
    """A card is valid through its last day, and never a day longer, whatever its status says."""
    assert reason_of(KnownCard(CardStatus(status), expires_at), TODAY) is reason


def test_an_unknown_card_has_its_own_reason() -> None:
    """The Router's well-formed “no such card” has its own reason."""
    assert reason_of(UnknownCard(), TODAY) is Reason.UNKNOWN_CARD


def test_every_reason_has_one_outcome_and_only_active_is_valid() -> None:
    """No reason but “active” can ever show green."""
    assert [reason for reason in Reason if reason.outcome is Outcome.VALID] == [Reason.ACTIVE]
    not_valid = {reason for reason in Reason if reason.outcome is Outcome.NOT_VALID}
    assert not_valid == {Reason.EXPIRED, Reason.INACTIVE, Reason.UNKNOWN_CARD}


@given(cards)
def test_a_body_keeps_everything_except_the_name(card: KnownCard) -> None:
    """Every field survives the round trip except the display name, which is never in the body."""
    again = from_body(to_body(card))

    assert isinstance(again, KnownCard)
    assert again.display_name is None
    assert (again.status, again.expires_at, again.issued_at) == (card.status, card.expires_at, card.issued_at)
    assert (again.issuer_pic, again.issuer_name) == (card.issuer_pic, card.issuer_name)
    assert (again.academic_level, again.card_type) == (card.academic_level, card.card_type)
    assert "display_name" not in to_body(card)


def test_an_unknown_card_is_remembered_too() -> None:
    """“Not registered” is an answer too."""
    assert from_body(to_body(UnknownCard())) == UnknownCard()


@pytest.mark.parametrize(
    "body",
    [
        *("", "[]x", "[1]", '"ACTIVE"', '{"status":"GOLD"}', '{"status":"ACTIVE","expires_at":7}', "7"),
        '{"status":"ACTIVE"}',
        '{"status":"ACTIVE","expires_at":"1970-01-01"}',
        '{"status":"ACTIVE","expires_at":"2024-09-30","issued_at":"2024-10-01"}',
    ],
)
def test_a_damaged_body_is_never_interpreted(body: str) -> None:
    """An unreadable body raises, so that the entry can be deleted."""
    with pytest.raises(UnreadableEntry):
        from_body(body)


def test_an_impossible_last_day_of_an_earlier_version_becomes_none() -> None:
    """If the status alone decides, the answer can still be used."""
    assert from_body('{"status":"INACTIVE","expires_at":"1970-01-01"}') == KnownCard(
        CardStatus.INACTIVE, None
    )


def test_only_a_valid_answer_has_the_end_of_the_card() -> None:
    """A valid card's entry ends with its last day in the site's time zone; others have no end."""
    asked_at = datetime(2026, 11, 23, 12, tzinfo=UTC)
    valid = to_entry("k", KnownCard(CardStatus.ACTIVE, TODAY), asked_at, BRUSSELS)
    expired = to_entry("k", KnownCard(CardStatus.EXPIRED, TODAY), asked_at, BRUSSELS)

    assert valid.valid
    assert valid.ends_at == datetime(2026, 11, 23, 23, tzinfo=UTC).timestamp()
    assert (expired.valid, expired.ends_at) == (False, None)


def test_the_last_possible_date_can_be_remembered() -> None:
    """The greatest date is an expiry date like any other."""
    assert end_of_day(date.max, BRUSSELS) > end_of_day(date(9998, 12, 31), BRUSSELS)
