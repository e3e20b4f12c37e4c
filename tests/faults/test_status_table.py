"""The Router's answers about a card, from both endpoints, over a real socket (protocol.md §3.5)."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import pytest

from tests.support.cards import ANNA, NOT_FOUND, status_v2, verifier
from tests.support.fault_router import FaultRouter
from tests.support.router_client import ask, open_client
from tests.support.router_scripts import answers
from validator.router.answers import CardStatus, KnownCard, RouterFailure, UnknownCard
from validator.verdict import Reason

if TYPE_CHECKING:
    from validator.router.answers import RouterAnswer

END = date(2099, 12, 31)
ISSUER = "Université de Saint-Valentin"


def _asked(endpoint: str, status: int, body: Any, **config: Any) -> RouterAnswer:
    with (
        FaultRouter(answers(status, body)) as router,
        open_client(router.url, endpoints=(endpoint,), **config) as client,
    ):
        return ask(client)


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
    answer = _asked("status-v2", 200, status_v2(ANNA), keep_display_name=True)
    assert isinstance(answer, KnownCard)
    assert answer.display_name == "Card of Anna"


@pytest.mark.parametrize("status", list(CardStatus))
@pytest.mark.parametrize("expires", ["2099-12-31", "2020-01-01"])
def test_status_and_last_day_are_passed_on_as_they_are(status: CardStatus, expires: str) -> None:
    """The three status words are returned with the last day; a past day is judged elsewhere."""
    day = date.fromisoformat(expires)
    for answer in (
        _asked("status-v2", 200, status_v2(ANNA, status=status, expiresAt=expires, issuedAt="2017-10-01")),
        _asked("verifier", 200, verifier(ANNA, cardStatusType={"key": status}, expiresAt=expires)),
    ):
        assert isinstance(answer, KnownCard)
        assert (answer.status, answer.expires_at) == (status, day)


ODD_DAYS = [
    "",
    " ",
    "soon",
    "2099-02-30",
    "20991231",
    "10000-01-01",
    "2099-12-31T00:00:00Z",
    0,
    4102358400,
    False,
]
ODD_DAYS += [[], {}, ["2099-12-31"], "1970-01-01", "0001-01-01", "2014-12-31"]


@pytest.mark.parametrize("status", ["INACTIVE", "EXPIRED"])
@pytest.mark.parametrize("odd", [{}, {"expiresAt": None}, *({"expiresAt": day} for day in ODD_DAYS)], ids=str)
def test_where_the_status_decides_an_odd_last_day_is_an_unknown_one(status: str, odd: dict[str, Any]) -> None:
    """If the date is missing, malformed or impossible, the status alone gives NOT VALID."""
    for endpoint, body in (
        ("status-v2", status_v2(ANNA, status=status, expiresAt=None) | odd),
        ("verifier", verifier(ANNA, cardStatusType={"key": status}, expiresAt=None) | odd),
    ):
        answer = _asked(endpoint, 200, body)
        assert isinstance(answer, KnownCard)
        assert (answer.status, answer.expires_at) == (CardStatus[status], None)


@pytest.mark.parametrize(
    ("expires", "issued"),
    [("2024-09-30", "2024-10-01"), ("2026-01-01", "2099-12-31"), ("2015-01-01", "9999-12-31")],
)
def test_an_active_card_that_ended_before_its_issue_contradicts_itself(expires: str, issued: str) -> None:
    """Whichever of the two days is wrong: no verdict. Another status decides without a last day."""
    days = {"expiresAt": expires, "issuedAt": issued}

    failed = _asked("status-v2", 200, status_v2(ANNA, **days))
    assert isinstance(failed, RouterFailure)
    assert failed.reason is Reason.ROUTER_ANSWER_UNUSABLE

    for status in (CardStatus.INACTIVE, CardStatus.EXPIRED):
        answer = _asked("status-v2", 200, status_v2(ANNA, status=status, **days))
        assert isinstance(answer, KnownCard)
        assert (answer.status, answer.expires_at) == (status, None)


@pytest.mark.parametrize(
    ("expires", "issued", "read"),
    [
        ("2015-01-01", "2015-01-01", date(2015, 1, 1)),
        ("2026-01-01", "2026-01-01", date(2026, 1, 1)),
        ("2099-12-31", "1970-01-01", None),
        ("2099-12-31", "0001-01-01", None),
        ("2015-01-01", "2014-12-31", None),
        ("2040-12-31", "2030-12-31", date(2030, 12, 31)),
        ("9999-12-31", "2025-10-01", date(2025, 10, 1)),
    ],
)
def test_the_day_of_issue_decides_nothing_else(expires: str, issued: str, read: date | None) -> None:
    """One before the first card is unknown; one to come is read, as in the documented example.

    Cards are registered before they are handed out. A last day far away is the issuer's choice.
    """
    answer = _asked("status-v2", 200, status_v2(ANNA, expiresAt=expires, issuedAt=issued))
    assert isinstance(answer, KnownCard)
    assert (answer.status, answer.expires_at, answer.issued_at) == (
        CardStatus.ACTIVE,
        date.fromisoformat(expires),
        read,
    )


@pytest.mark.parametrize("endpoint", ["status-v2", "verifier"])
@pytest.mark.parametrize("code", ["ER-0001", "ER-0404", "CARD_NOT_FOUND"])
def test_404_with_the_documented_body_is_an_unknown_card(endpoint: str, code: str) -> None:
    """A 404 with an ApiErrorMessage means that there is no such card."""
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
