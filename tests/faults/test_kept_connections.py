"""Connections are kept alive between checks, and a kept one never costs or falsifies an answer."""

from __future__ import annotations

import json
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest

from scanner.escn import Escn
from tests.support.cards import ANNA, BRUNO, NOT_FOUND, status_v2
from tests.support.fault_router import FaultRouter
from tests.support.router_client import ANNA_ESCN, SPARE_S, ask, good, open_client, reason
from tests.support.router_scripts import answers, black_hole, closes, in_turn, response
from validator.router.answers import KnownCard, UnknownCard
from validator.verdict import Reason

if TYPE_CHECKING:
    from tests.support.fault_router import Exchange
    from tests.support.router_scripts import Script

NOT_REGISTERED = answers(404, NOT_FOUND)


@pytest.mark.parametrize("script", [good, NOT_REGISTERED, answers(404), answers(200, b"[]")])
def test_one_connection_serves_many_checks(script: Script) -> None:
    """Answers that were read to their end leave the connection for the next check."""
    with FaultRouter(script) as router, open_client(router.url) as client:
        for _ in range(5):
            ask(client)
        assert router.connections == 1


def test_chunked_answers_keep_the_connection() -> None:
    """An answer in chunks is read to its end like any other."""
    head = response(200).replace(b"Content-Length: 0", b"Transfer-Encoding: chunked")
    body = json.dumps(status_v2(ANNA)).encode()

    def chunked(exchange: Exchange) -> bool:
        exchange.send(head + b"".join(b"1\r\n%c\r\n" % byte for byte in body) + b"0\r\n\r\n")
        return True

    with FaultRouter(chunked) as router, open_client(router.url) as client:
        assert isinstance(ask(client), KnownCard)
        assert isinstance(ask(client), KnownCard)
        assert router.connections == 1


def test_a_kept_connection_that_dies_is_replaced_at_once() -> None:
    """If the other side closes a kept connection, the request is repeated on a new one."""
    with FaultRouter(in_turn(good, closes, good)) as router, open_client(router.url) as client:
        assert isinstance(ask(client), KnownCard)
        assert isinstance(ask(client), KnownCard)
        assert router.connections == 2


def test_a_new_connection_that_dies_is_not_retried() -> None:
    """A Router that closes every new connection is asked once a check."""
    with FaultRouter(closes) as router, open_client(router.url) as client:
        assert reason(ask(client)) == Reason.ROUTER_UNREACHABLE
        assert router.connections == 1


def test_data_after_an_answer_is_never_the_next_answer() -> None:
    """Data after an answer is never used for another card."""

    def says_too_much(exchange: Exchange) -> bool:
        exchange.send(response(404, b'{"code": "ER-0001", "message": "x"}') * 2)
        return True

    with FaultRouter(in_turn(says_too_much, good)) as router, open_client(router.url) as client:
        assert ask(client, Escn.parse(BRUNO)) == UnknownCard()
        assert isinstance(ask(client), KnownCard)


def test_a_late_answer_is_never_the_next_answer() -> None:
    """An answer that comes after the deadline goes down with its connection."""
    free = threading.Event()

    def late(exchange: Exchange) -> bool:
        free.wait(5)
        exchange.send(response(404, b'{"code": "ER-0001", "message": "x"}'))
        return True

    with FaultRouter(in_turn(late, good)) as router, open_client(router.url, deadline_s=SPARE_S) as client:
        assert reason(ask(client, Escn.parse(BRUNO))) == Reason.ROUTER_TIMEOUT
        free.set()
        assert isinstance(ask(client), KnownCard)
        assert router.connections == 2


def test_concurrent_checks_get_their_own_cards() -> None:
    """Eight concurrent checks of two cards each get the answer for their own card."""

    def echo(exchange: Exchange) -> bool:
        number = ANNA if ANNA in exchange.request.path else BRUNO
        return answers(200, status_v2(number, issuerName=number))(exchange)

    asked = [ANNA_ESCN, Escn.parse(BRUNO)] * 100
    with (
        FaultRouter(echo) as router,
        open_client(router.url) as client,
        ThreadPoolExecutor(8) as people,
    ):
        cards = list(people.map(client.status, asked))

    assert [known.issuer_name for known in cards if isinstance(known, KnownCard)] == [
        one.value for one in asked
    ]


def test_a_hanging_call_does_not_delay_another() -> None:
    """While one check waits on a silent Router, another on a second connection is answered."""

    def hangs_for_bruno(exchange: Exchange) -> bool:
        return (black_hole if BRUNO in exchange.request.path else good)(exchange)

    with (
        FaultRouter(hangs_for_bruno) as router,
        open_client(router.url, deadline_s=SPARE_S) as client,
        ThreadPoolExecutor(2) as people,
    ):
        bruno = people.submit(client.status, Escn.parse(BRUNO))
        assert isinstance(ask(client), KnownCard)
        assert reason(bruno.result()) == Reason.ROUTER_TIMEOUT
