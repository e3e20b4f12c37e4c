"""What the Router says of a card, from both endpoints, over a real socket (protocol.md §3.5)."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import pytest

from tests.support.asking import ask, client
from tests.support.cards import ANNA, NOT_FOUND, status_v2, verifier
from tests.support.fault_router import FaultRouter
from tests.support.plays import answers
from validator.router.answers import CardStatus, KnownCard, UnknownCard

if TYPE_CHECKING:
    from validator.router.answers import RouterAnswer

END = date(2099, 12, 31)
ISSUER = "Université de Saint-Valentin"


def _asked(endpoint: str, status: int, body: Any, **config: Any) -> RouterAnswer:
    with (
        FaultRouter(answers(status, body)) as router,
        client(router.url, endpoints=(endpoint,), **config) as asking,
    ):
        return ask(asking)


def test_the_documented_endpoint_tells_of_a_card() -> None:
    """Every field of the documented answer is read; the display name is dropped."""
    assert _asked("status-v2", 200, status_v2(ANNA)) == KnownCard(
        CardStatus.ACTIVE, END, date(2025, 10, 1), "000000001", ISSUER
    )


def test_the_verifier_tells_of_a_card() -> None:
    """The other shape gives the same card, with level and type."""
    assert _asked("verifier", 200, verifier(ANNA)) == KnownCard(
        CardStatus.ACTIVE, END, None, "000000001", ISSUER, "MASTER", "SMART_PASSIVE"
    )


def test_the_display_name_is_kept_only_where_the_operator_wants_it() -> None:
    """A setting turns the name on."""
    told = _asked("status-v2", 200, status_v2(ANNA), keep_display_name=True)
    assert isinstance(told, KnownCard)
    assert told.display_name == "Card of Anna"


@pytest.mark.parametrize("status", list(CardStatus))
@pytest.mark.parametrize("expires", ["2099-12-31", "2020-01-01"])
def test_status_and_last_day_are_passed_on_as_they_are(status: CardStatus, expires: str) -> None:
    """The Router's three words come through with the last day; what a past day means is not decided here."""
    day = date.fromisoformat(expires)
    for told in (
        _asked("status-v2", 200, status_v2(ANNA, status=status, expiresAt=expires)),
        _asked("verifier", 200, verifier(ANNA, cardStatusType={"key": status}, expiresAt=expires)),
    ):
        assert isinstance(told, KnownCard)
        assert (told.status, told.expires_at) == (status, day)


@pytest.mark.parametrize("status", ["INACTIVE", "EXPIRED"])
@pytest.mark.parametrize("absent", [{}, {"expiresAt": None}])
def test_a_card_that_is_not_active_needs_no_last_day(status: str, absent: dict[str, None]) -> None:
    """No last day is missed where the status alone says no."""
    for endpoint, body in (
        ("status-v2", status_v2(ANNA, status=status, expiresAt=None) | absent),
        ("verifier", verifier(ANNA, cardStatusType={"key": status}, expiresAt=None) | absent),
    ):
        told = _asked(endpoint, 200, body)
        assert isinstance(told, KnownCard)
        assert (told.status, told.expires_at) == (CardStatus[status], None)


@pytest.mark.parametrize("endpoint", ["status-v2", "verifier"])
@pytest.mark.parametrize("code", ["ER-0001", "ER-0404", "CARD_NOT_FOUND"])
def test_404_with_the_documented_body_is_an_unknown_card(endpoint: str, code: str) -> None:
    """A 404 that carries an ApiErrorMessage says that there is no such card."""
    assert _asked(endpoint, 404, {"code": code, "message": f"Card({ANNA}) not found"}) == UnknownCard()


@pytest.mark.parametrize("status", [400, 404, 409, 410, 422])
def test_the_verifiers_code_says_unknown_whatever_its_status(status: int) -> None:
    """ER-0001 from the verifier is an unknown card under any status that blames the request."""
    assert _asked("verifier", status, NOT_FOUND) == UnknownCard()


@pytest.mark.parametrize("written", [ANNA.upper(), ANNA.replace("-", ""), ANNA.replace("-", "").upper()])
def test_the_number_may_be_written_otherwise(written: str) -> None:
    """Case and hyphens of the answer's number are the Router's choice."""
    for endpoint, body in (("status-v2", status_v2(written)), ("verifier", verifier(written))):
        assert isinstance(_asked(endpoint, 200, body), KnownCard)
