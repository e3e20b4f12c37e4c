"""The answers of the simulated Router about its cards, over a real socket."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from tests.support.demo_router import STATUS, VERIFY, DemoRouter, demo_router
from validator.demo.deck import BY_SLUG

ANNA = BY_SLUG["anna-active"]
IDA = BY_SLUG["ida-ownhost"]
OLGA = BY_SLUG["olga-unregistered"]


def test_the_status_has_the_seven_documented_fields(router: DemoRouter) -> None:
    """The answer about Anna's card is exactly a CardStatusView of strings."""
    answer = router.get(STATUS.format(ANNA.escn), Accept="application/json")

    assert answer.headers["Content-Type"] == "application/json"
    assert answer.json() == {
        "cardNumber": ANNA.escn,
        "displayName": "Anna Active",
        "expiresAt": "2027-09-20",
        "issuedAt": "2024-07-27",
        "issuerIdentifier": "120304051",
        "issuerName": "University of Lindenburg",
        "status": "ACTIVE",
    }


def test_the_verifier_has_its_own_shape_and_no_name(router: DemoRouter) -> None:
    """The second endpoint answers with codes and labels, a separate issuer, and no name."""
    answer = router.get(VERIFY.format(ANNA.escn))

    assert answer.json() == {
        "cardNumber": ANNA.escn,
        "cardType": {"key": "SMART_PASSIVE", "label": "Digital card"},
        "cardStatusType": {"key": "ACTIVE", "label": "Active"},
        "expiresAt": "2027-09-20",
        "cardHolder": {"academicLevel": {"key": "MASTER", "label": "Master"}},
        "issuer": {
            "identifier": "120304051",
            "identifierType": {"key": "PIC", "label": "Participant Identification Code"},
            "name": "University of Lindenburg",
        },
    }
    assert ANNA.holder not in answer.text


def test_a_missing_level_is_null(router: DemoRouter) -> None:
    """For a card without an academic level the value is null, and the key is present."""
    assert router.get(VERIFY.format(IDA.escn)).json()["cardHolder"] == {"academicLevel": None}


@pytest.mark.parametrize("path", [STATUS, VERIFY])
@pytest.mark.parametrize(
    "number", [OLGA.escn, ANNA.escn.upper(), ANNA.escn.replace("-", ""), "cardNum1", "ü"]
)
def test_an_unknown_number_is_er_0001(router: DemoRouter, path: str, number: str) -> None:
    """For the Router a number is an opaque string: an unregistered one is 404 with its known code."""
    answer = router.get(path.format(number))

    assert answer.status_code == 404
    assert answer.json() == {"code": "ER-0001", "message": f"Card({number}) not found"}


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/", 404),
        ("GET", "/esc-rest/api/v2/cards/verify/cardNum1", 404),
        ("GET", "/esc-rest/api/v2/persons", 404),
        ("POST", STATUS.format(ANNA.escn), 405),
        ("DELETE", VERIFY.format(ANNA.escn), 405),
    ],
)
def test_everything_else_is_refused_in_json_too(
    router: DemoRouter, method: str, path: str, status: int
) -> None:
    """Unknown paths and methods get an error as from Spring, without a code that could be about a card."""
    import requests  # noqa: PLC0415 - only this test asks with other methods

    answer = requests.request(method, router.url + path, timeout=5)

    assert answer.status_code == status
    body = answer.json()
    assert (body["status"], body["path"]) == (status, path)
    assert "code" not in body
    assert ("Allow" in answer.headers) == (status == 405)


@pytest.mark.parametrize(
    ("zone", "last_day"), [("", "2026-11-25"), ("Europe/Brussels", "2026-11-25"), ("UTC", "2026-11-24")]
)
def test_today_is_the_day_of_the_cards_place(zone: str, last_day: str) -> None:
    """Half an hour before midnight in UTC, Jan's last day is already tomorrow's date in Brussels."""
    with demo_router(lambda: datetime(2026, 11, 24, 23, 30, tzinfo=UTC), ESCV_TIMEZONE=zone) as late:
        answer = late.get(STATUS.format(BY_SLUG["jan-lastday"].escn))

    assert answer.json()["expiresAt"] == last_day
