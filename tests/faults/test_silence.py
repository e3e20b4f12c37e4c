"""No card number, token, name or body leaves the router package except in its answer."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

import pytest

from tests.support.cards import ANNA, BRUNO, NOT_FOUND, status_v2
from tests.support.fault_router import FaultRouter, refused_url
from tests.support.router_client import SHORT_S, ask, good, open_client
from tests.support.router_scripts import (
    answers,
    black_hole,
    by_endpoint,
    closes,
    resets_after,
    response,
    sends,
)
from validator.router.answers import KnownCard
from validator.router.client import RouterConfig
from validator.version import VERSION

if TYPE_CHECKING:
    from tests.support.router_scripts import Script

TOKEN = "token-of-the-canteen-9c1f"
SECRETS = (ANNA, ANNA.replace("-", ""), BRUNO, TOKEN, "Card of Anna", "Saint-Valentin")

PLAYS = {
    "good": good,
    "unknown": answers(404, NOT_FOUND | {"message": f"Card({ANNA}) not found"}),
    "another card": answers(200, status_v2(BRUNO)),
    "fall-back": by_endpoint(answers(403), good),
    "redirect to the number": answers(302, Location=f"https://s.esc-r.eu/{ANNA}"),
    "silence": black_hole,
    "closed": closes,
    "reset in the body": resets_after(response(200, ANNA.encode())[:-1]),
    "no HTTP, but the number": sends(f"{ANNA}\r\n\r\n".encode()),
    "odd headers": sends(f"HTTP/1.1 200 OK\r\n{ANNA}\r\nX-A: b\r\n\r\n".encode()),
    "odd length": sends(f"HTTP/1.1 200 OK\r\nContent-Length: {ANNA}, 5\r\n\r\n".encode()),
    "odd chunks": sends(f"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n{ANNA}".encode()),
    "waits for a number": answers(429, Retry_After=ANNA),
    "number as status word": answers(200, status_v2(ANNA, status=ANNA, expiresAt=ANNA)),
}


@pytest.mark.parametrize("name", PLAYS)
def test_nothing_secret_is_logged_or_reported(name: str, caplog: pytest.LogCaptureFixture) -> None:
    """With every logger at its most talkative, no log line and no failure's detail holds a secret."""
    _listen_to_everything(caplog)
    bound = {"deadline_s": SHORT_S} if name == "silence" else {}
    with FaultRouter(PLAYS[name]) as router, open_client(router.url, token=TOKEN, **bound) as client:
        answer = ask(client)
        text = "" if isinstance(answer, KnownCard) else repr(answer)
    _assert_silent(caplog.text + text)


def test_an_unreachable_router_logs_no_number(caplog: pytest.LogCaptureFixture) -> None:
    """The same where no connection comes about."""
    _listen_to_everything(caplog)
    with open_client(refused_url(), token=TOKEN) as client:
        _assert_silent(repr(ask(client)) + caplog.text)


def test_the_token_is_never_printed() -> None:
    """The printed configuration, and the error about an invalid one, do not contain the token."""
    assert TOKEN not in repr(RouterConfig("https://router.example", token=TOKEN))
    with pytest.raises(ValueError, match="printable ASCII") as caught:
        RouterConfig("https://router.example", token=f"{TOKEN}\r\nX-Evil: 1")
    assert TOKEN not in str(caught.value)


def test_the_request_says_only_what_it_must() -> None:
    """The headers sent are exactly these; the token goes into one of them and nowhere else."""
    with FaultRouter(good) as router, open_client(router.url, token=TOKEN) as client:
        ask(client)
        assert router.requests[0].headers == {
            "host": router.url.removeprefix("http://"),
            "accept": "application/json",
            "accept-encoding": "identity",
            "user-agent": f"esc-validator/{VERSION}",
            "authorization": f"Bearer {TOKEN}",
        }
        assert TOKEN not in router.requests[0].path


def test_cookies_are_not_kept() -> None:
    """The Router cannot recognise us by a cookie from one card to the next."""
    script: Script = answers(200, status_v2(ANNA), Set_Cookie="canteen=1; Path=/")
    with FaultRouter(script) as router, open_client(router.url) as client:
        ask(client)
        ask(client)
        assert [request.headers.get("cookie") for request in router.requests] == [None, None]


def test_the_environment_cannot_divert_a_call(monkeypatch: pytest.MonkeyPatch) -> None:
    """Proxy variables of the process lead nowhere: the configured Router is asked, and it alone."""
    with FaultRouter(good) as router, FaultRouter(closes) as proxy, open_client(router.url) as client:
        for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
            monkeypatch.setenv(name, proxy.url)
        assert isinstance(ask(client), KnownCard)
        assert proxy.connections == 0


def _listen_to_everything(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    for name in list(logging.root.manager.loggerDict):
        if name.startswith(("urllib3", "requests", "http", "validator", "asyncio")):
            caplog.set_level(logging.DEBUG, logger=name)


def _assert_silent(text: str) -> None:
    assert [secret for secret in SECRETS if secret.lower() in text.lower()] == []
