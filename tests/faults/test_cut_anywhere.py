"""An answer that breaks off at any byte is no answer."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from tests.support.cards import ANNA, NOT_FOUND, status_v2
from tests.support.fault_router import FaultRouter
from tests.support.router_client import ask, open_client
from tests.support.router_scripts import closes, response, sends
from validator.router.answers import KnownCard, RouterFailure, UnknownCard

if TYPE_CHECKING:
    from validator.router.answers import RouterAnswer


def _answers_to_every_beginning(whole: bytes) -> list[RouterAnswer]:
    answers = []
    with FaultRouter(closes) as router:
        for length in range(len(whole) + 1):
            router.script = sends(whole[:length])
            # A new client each: the breaker of one would soon stop the calls.
            with open_client(router.url, endpoints=("status-v2",)) as client:
                answers.append(ask(client))
        assert len(router.requests) == len(whole) + 1
    return answers


def test_a_card_that_breaks_off_is_not_known() -> None:
    """Of all beginnings of a valid answer only the whole one counts."""
    *parts, whole = _answers_to_every_beginning(response(200, json.dumps(status_v2(ANNA)).encode()))
    assert isinstance(whole, KnownCard)
    assert [part for part in parts if not isinstance(part, RouterFailure)] == []


def test_an_unknown_card_that_breaks_off_is_not_unknown() -> None:
    """The same for the answer that a card is not known."""
    *parts, whole = _answers_to_every_beginning(response(404, json.dumps(NOT_FOUND).encode()))
    assert isinstance(whole, UnknownCard)
    assert [part for part in parts if not isinstance(part, RouterFailure)] == []
