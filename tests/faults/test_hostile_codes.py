"""A hostile code reaches nothing but the configured Router, and there nothing but its two paths."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.support.cards import NOT_FOUND
from tests.support.fault_router import FaultRouter
from tests.support.house import close, make_app
from tests.support.plays import answers

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flask.testing import FlaskClient

VECTORS = json.loads((Path(__file__).parents[1] / "vectors" / "payloads.json").read_text(encoding="utf-8"))
NUMBER = r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"
ALLOWED = re.compile(
    rf"/esc-rest/api/v2/cards/{NUMBER}/status|/esc-verifier-service/api/v1/cards/verify/{NUMBER}"
)


@pytest.fixture(name="router", scope="module")
def _router() -> Iterator[FaultRouter]:
    with FaultRouter(answers(404, NOT_FOUND)) as router:
        yield router


@pytest.fixture(name="till", scope="module")
def _till(router: FaultRouter, tmp_path_factory: pytest.TempPathFactory) -> Iterator[FlaskClient]:
    app = make_app(tmp_path_factory.mktemp("hostile"), router.url)
    token = app.test_cli_runner().invoke(args=["device", "add", "till"]).output.split()[-1]
    till = app.test_client()
    till.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {token}"
    yield till
    close(app)


def check(till: FlaskClient, text: str) -> dict[str, Any]:
    told: dict[str, Any] = till.post("/api/v1/validations", json={"input": text}).get_json()
    return told


def is_text(text: str) -> bool:
    """Whether JSON in UTF-8 can hold it at all: half a character cannot arrive."""
    return text == text.encode(errors="ignore").decode()


def test_no_vector_leads_anywhere_else(till: FlaskClient, router: FaultRouter) -> None:
    """Every row of the table of payloads, hostile ones included, asks the two allowed paths or nobody.

    pytest-socket refuses every connection beyond loopback, and this Router records what it is asked.
    """
    before = len(router.requests)
    for row in VECTORS:
        told = check(till, row["text"])

        assert ("outcome" in told) == (row["escn"] is not None), row["why"]
        assert told.get("code") == (row["code"] if is_text(row["text"]) else "malformed_json"), row["why"]

    asked = [request.path for request in router.requests[before:]]
    assert asked
    assert [path for path in asked if not ALLOWED.fullmatch(path)] == []


def test_what_was_refused_asked_nobody(till: FlaskClient, router: FaultRouter) -> None:
    """A refusal is made without a single question to the Router."""
    before = len(router.requests)
    for row in VECTORS:
        if row["escn"] is None:
            check(till, row["text"])

    assert len(router.requests) == before
