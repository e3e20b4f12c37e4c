"""The limits over HTTP: what reaches the Router, what a limited caller gets, and what a manager sees."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import pytest

from tests.support.app_factory import PASSWORD, close, make_app
from tests.support.cards import ANNA, NOT_FOUND, status_v2
from tests.support.fault_router import FaultRouter
from tests.support.html_page import parse_page
from tests.support.router_scripts import answers

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from flask import Flask
    from flask.testing import FlaskClient

    from tests.support.fault_router import Exchange

VALIDATIONS = "/api/v1/validations"


@pytest.fixture(name="router")
def _router() -> Iterator[FaultRouter]:
    """A Router that knows no card."""
    with FaultRouter(answers(404, json.dumps(NOT_FOUND).encode())) as router:
        yield router


@pytest.fixture(name="app")
def _app(tmp_path: Path, router: FaultRouter) -> Iterator[Flask]:
    """A site with its limits on, and no ceiling that would hold back first."""
    app = make_app(tmp_path / "data", router.url, limits="on", router_calls_per_s="0")
    yield app
    app.extensions["validator"].checker.limits.close()
    close(app)


def asked(client: FlaskClient, number: str) -> dict[str, Any]:
    answer = client.post(VALIDATIONS, json={"input": number})
    assert answer.status_code == 200
    answer_json: dict[str, Any] = answer.get_json()
    return answer_json


def guessed(client: FlaskClient, times: int) -> list[str]:
    """The reasons that a guesser of random numbers gets."""
    return [asked(client, str(uuid4()))["reason"] for _ in range(times)]


def test_what_holds_no_number_never_reaches_the_router(router: FaultRouter, sara: FlaskClient) -> None:
    """Malformed numbers, foreign codes and look-alikes end here, over every way in."""
    malformed = [
        ANNA[:-1],
        f"{ANNA}0",
        ANNA.replace("3", "g", 1),
        f"https://evil.example/@{ANNA}/..",
        "../../persons",
    ]

    for text in malformed:
        assert sara.post(VALIDATIONS, json={"input": text}).status_code == 422
        assert sara.post("/lookup", data={"number": text}).status_code != 500
    batch = sara.post(f"{VALIDATIONS}/batch", json={"inputs": malformed}).get_json()

    assert {result["code"] for result in batch["results"]} <= {"not_an_esc_code", "lookalike_host"}
    assert router.requests == []


def test_a_guesser_is_slowed_and_managers_are_alerted_once(
    app: Flask, router: FaultRouter, sara: FlaskClient
) -> None:
    """Some thirty random numbers, then a few a minute; the Router hears of no other."""
    reasons = guessed(sara, 60)

    heard = reasons.count("unknown_card")
    assert 30 <= heard <= 45
    assert reasons.count("too_many_checks") == 60 - heard
    assert reasons[-1] == "too_many_checks"
    assert len(router.requests) == heard

    made = app.test_cli_runner().invoke(
        args=["user", "add", "mia", "--role", "manager"], input=f"{PASSWORD}\n"
    )
    assert made.exit_code == 0, made.output
    mia = app.test_client()
    mia.post("/login", data={"username": "mia", "password": PASSWORD})
    alerts = parse_page(mia.get("/manage/alerts")).all("tr", data_testid="alert")
    assert len(alerts) == 1
    assert "sara" in alerts[0].text
    assert "made up" in alerts[0].text


def test_a_guesser_delays_no_other_caller(
    sara: FlaskClient, anonymous: FlaskClient, till: dict[str, str]
) -> None:
    """While Sara's account is slowed the till continues: limits are each caller's own."""
    guessed(sara, 60)

    answer = anonymous.post(VALIDATIONS, json={"input": ANNA}, headers=till)

    assert answer.get_json()["reason"] == "unknown_card"


def test_the_page_says_what_to_do_and_nothing_of_the_card(sara: FlaskClient) -> None:
    """Could not check, wait a minute, ask a manager; no VALID, no NOT VALID, and no accusation."""
    guessed(sara, 60)

    verdict = asked(sara, ANNA)
    assert (verdict["outcome"], verdict["reason"]) == ("could_not_check", "too_many_checks")
    assert (verdict["checked_at"], verdict["good_until"]) == (None, None)

    page = sara.post("/lookup", data={"number": ANNA}).text
    assert 'data-reason="too_many_checks"' in page
    for words in ("COULD NOT CHECK", "Wait a minute", "ask a manager", "This says nothing about the card"):
        assert words in page
    assert "guess" not in page


def test_a_batch_goes_through_the_same_limits(router: FaultRouter, sara: FlaskClient) -> None:
    """A hundred random numbers in one request are a hundred checks."""
    batch = sara.post(f"{VALIDATIONS}/batch", json={"inputs": [str(uuid4()) for _ in range(100)]})

    reasons = [result["reason"] for result in batch.get_json()["results"]]
    assert reasons.count("unknown_card") == len(router.requests) <= 45
    assert reasons.count("too_many_checks") == 100 - len(router.requests)


def test_known_cards_count_for_a_caller(tmp_path: Path) -> None:
    """A caller with known cards between unknown ones is not slowed."""

    def script(exchange: Exchange) -> bool:
        number = exchange.request.path.split("/")[-2]
        known = number.endswith("1")
        body = status_v2(number) if known else NOT_FOUND
        return answers(200 if known else 404, json.dumps(body).encode())(exchange)

    with FaultRouter(script) as router:
        app = make_app(tmp_path / "known", router.url, limits="on", router_calls_per_s="0")
        made = app.test_cli_runner().invoke(args=["device", "add", "till"])
        headers = {"Authorization": f"Bearer {made.output.split()[-1]}"}
        client, reasons = app.test_client(), []
        for turn in range(100):
            number = f"{uuid4()}"[:-1] + str(turn % 2)
            answer = client.post(VALIDATIONS, json={"input": number}, headers=headers)
            reasons.append(answer.get_json()["reason"])
        app.extensions["validator"].checker.limits.close()
        close(app)

    assert set(reasons) == {"active", "unknown_card"}


def test_nothing_of_cards_or_people_is_in_the_limits_file(
    app: Flask, tmp_path: Path, sara: FlaskClient
) -> None:
    """Ids and short keyed prints: no number, no name."""
    numbers = [str(uuid4()) for _ in range(5)]
    for number in numbers:
        asked(sara, number)

    kept = b"".join(path.read_bytes() for path in (tmp_path / "data").glob("limits.sqlite*"))
    assert b"person:1" in kept
    for text in ("sara", *numbers, *(number.replace("-", "") for number in numbers)):
        assert text.encode() not in kept
    assert app.extensions["validator"].checker.limits.healthy()
