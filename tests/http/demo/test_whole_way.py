"""The demo cards in the whole app: from each code to the expected verdict."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

import pytest

from tests.support.app_factory import PASSWORD, close, make_app
from tests.support.demo_router import demo_router
from validator.demo.card import DemoCard, Fault, expected
from validator.demo.deck import BY_SLUG, DECK
from validator.services import utc_now

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from flask.testing import FlaskClient

# The silent card takes a real wait of 2.5 s; the Router client's own tests hold silence.
ANSWERED = [card for card in DECK if card.fault is not Fault.SILENT]


@pytest.fixture(name="manager", scope="module", params=["status-v2", "verifier"])
def _manager(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[FlaskClient]:
    """A signed-in manager, on an app that uses one endpoint of the simulated Router."""
    with demo_router(utc_now, ESCV_TIMEZONE="UTC") as router:
        app = make_app(
            tmp_path_factory.mktemp("demo"),
            router.url,
            demo="1",
            demo_password=PASSWORD,
            router_endpoints=request.param,
            timezone="UTC",
        )
        client = app.test_client()
        client.post("/login", data={"username": "manager", "password": PASSWORD})
        yield client
        close(app)


def verdict(client: FlaskClient, card: DemoCard) -> Any:
    """The answer of the app for the code of this card."""
    answer = client.post("/api/v1/validations", json={"input": card.payload})
    assert answer.status_code == 200, answer.text
    return answer.json


@pytest.mark.parametrize("card", ANSWERED, ids=lambda card: card.slug)
def test_every_card_gets_the_expected_verdict(manager: FlaskClient, card: DemoCard) -> None:
    """With either endpoint, the verdict is the one below the card."""
    said = verdict(manager, card)

    assert (said["outcome"], said["reason"]) == (expected(card).outcome, expected(card))


def test_a_faulty_card_affects_no_other(tmp_path: Path) -> None:
    """After six checks of the same faulty card, Anna's card is still valid."""
    with demo_router(utc_now) as router:
        app = make_app(tmp_path, router.url, demo="1", demo_password=PASSWORD)
        staff = app.test_client()
        staff.post("/login", data={"username": "staff", "password": PASSWORD})
        broken = [verdict(staff, BY_SLUG["tara-error"])["reason"] for _ in range(6)]

        assert broken == ["router_error"] * 6
        assert verdict(staff, BY_SLUG["anna-active"])["outcome"] == "valid"
        close(app)


def test_a_saved_picture_can_be_uploaded(manager: FlaskClient) -> None:
    """The scanner reads a downloaded code, also an inverted one."""
    bruno = BY_SLUG["bruno-darkmode"]
    picture = manager.get(f"/demo/cards/{bruno.slug}.png").data

    answer = manager.post("/api/v1/scans", data={"image": (io.BytesIO(picture), "code.png")})

    assert answer.json is not None
    assert answer.json["reason"] == expected(bruno)
