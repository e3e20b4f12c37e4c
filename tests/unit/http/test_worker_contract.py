"""The private names that our worker takes from gunicorn: a version without one of them fails here."""

from __future__ import annotations

import inspect
import tomllib
from typing import Any

import gunicorn  # type: ignore[import-untyped]
import pytest
from gunicorn import http
from gunicorn.config import Config  # type: ignore[import-untyped]
from gunicorn.http.message import Message  # type: ignore[import-untyped]
from gunicorn.http.unreader import SocketUnreader  # type: ignore[import-untyped]
from gunicorn.workers.gthread import TConn, ThreadWorker  # type: ignore[import-untyped]

from tests.support.demo_site import ROOT

PARAMETERS = {
    TConn.__init__: ["self", "cfg", "sock", "client", "server"],
    TConn.close: ["self", "graceful"],
    ThreadWorker.accept: ["self", "listener"],
    ThreadWorker.enqueue_req: ["self", "conn"],
    ThreadWorker.finish_request: ["self", "conn", "fs"],
    ThreadWorker.handle: ["self", "conn"],
    ThreadWorker.handle_request: ["self", "req", "conn"],
    ThreadWorker.handle_error: ["self", "req", "client", "addr", "exc"],
    ThreadWorker.murder_pending: ["self"],
    ThreadWorker.init_process: ["self"],
    SocketUnreader.unread: ["self", "data"],
    SocketUnreader.take_buffered: ["self"],
    Message.force_close: ["self"],
}


def test_the_minor_version_is_pinned() -> None:
    """What is private may change with the next one."""
    required = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["dependencies"]
    major, minor, *_ = gunicorn.version_info
    assert f"gunicorn=={major}.{minor}.*" in required


@pytest.mark.parametrize("function", PARAMETERS, ids=lambda function: function.__qualname__)
def test_what_is_overridden_or_called_takes_the_same(function: Any) -> None:
    """The parameters by name and place."""
    assert list(inspect.signature(function).parameters) == PARAMETERS[function]


def test_what_is_read_of_a_worker_is_there() -> None:
    """Its counters, its poller, and the loop that calls what we put in place."""
    made = inspect.getsource(ThreadWorker.__init__)
    for name in ("worker_connections", "poller", "nr_conns"):
        assert f"self.{name} =" in made
    loop = inspect.getsource(ThreadWorker.run)
    for used in (
        "self.nr_conns < self.worker_connections",
        "self.murder_pending()",
        "while self.nr_conns > 0",
    ):
        assert used in loop
    assert "self.accept)" in inspect.getsource(ThreadWorker.set_accept_enabled)
    assert "self.finish_request, conn, fut" in inspect.getsource(ThreadWorker.enqueue_req)


def test_a_connection_with_its_parser_is_not_waited_for_in_a_thread() -> None:
    """`handle` waits for the first bytes of a connection only where it was not initialised."""
    handle = inspect.getsource(ThreadWorker.handle)
    assert "if not conn.initialized and not conn.data_ready:" in handle
    assert "if self.initialized:\n            return" in inspect.getsource(TConn.init)
    parser = http.get_parser(Config(), [b""], ("127.0.0.1", 1))
    parser.unreader.unread(b"GET")
    assert parser.unreader.take_buffered() == b"GET"


def test_a_closed_request_closes_its_answer() -> None:
    """`force_close` on the request is what ends a connection after a large body."""
    assert "must_close = True" in inspect.getsource(Message.force_close)
    assert "if self.must_close" in inspect.getsource(Message.should_close)
