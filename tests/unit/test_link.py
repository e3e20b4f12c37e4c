"""The link that browser tests cut: nothing gets through it, or they would be told what nobody should know."""

from __future__ import annotations

import socket

import pytest

from tests.support.fault_proxy import fault_proxy
from tests.support.fault_router import FaultRouter
from tests.support.router_scripts import answers

QUESTION = b"GET / HTTP/1.1\r\nHost: here\r\n\r\n"
TIMEOUT_S = 10


def test_a_connection_that_waited_in_silence_does_not_slip_through_a_cut() -> None:
    """It was open when the link was cut, although nothing had passed through it yet."""
    with FaultRouter(answers(200)) as server, fault_proxy(server.url) as link:
        link.go_silent()
        with socket.create_connection(("127.0.0.1", link.port), TIMEOUT_S) as browser:
            browser.sendall(QUESTION)
            link.reset_connections()
            with pytest.raises(ConnectionResetError):
                browser.recv(1)
        assert server.requests == []

        link.pass_through()
        with socket.create_connection(("127.0.0.1", link.port), TIMEOUT_S) as browser:
            browser.sendall(QUESTION)
            assert browser.recv(12) == b"HTTP/1.1 200"
