"""Waiting for, watching and stopping the servers of the demo, with real processes and a real socket."""

from __future__ import annotations

import contextlib
import signal
import socket
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from validator.demo.__main__ import SIGNALS, Stopped, StopRequest, main
from validator.demo.processes import READY_S, Server, StartError, check_alive, stop, wait_ready

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from pytest_httpserver import HTTPServer

PATIENT = "import time; print(flush=True); time.sleep(60)"
STUBBORN = f"import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); {PATIENT}"


@contextlib.contextmanager
def server(code: str) -> Iterator[Server]:
    """A process that runs this code in its own session; returned after its first output or its end."""
    command = [sys.executable, "-c", code]
    with subprocess.Popen(command, stdout=subprocess.PIPE, start_new_session=True) as process:
        assert process.stdout is not None
        process.stdout.readline()
        yield Server("The app", process)
        process.kill()


def test_the_start_waits_for_an_app_that_is_ready(httpserver: HTTPServer) -> None:
    """An app that answers 503 at first is polled until it is ready."""
    httpserver.expect_ordered_request("/readyz").respond_with_data(status=503)
    httpserver.expect_ordered_request("/readyz").respond_with_data("ready")
    pauses: list[float] = []

    wait_ready((httpserver.host, httpserver.port), [], lambda: 0.0, pauses.append)

    assert len(pauses) == 1


def test_waiting_for_an_app_that_is_never_ready_is_limited() -> None:
    """The message reports the time-out and refers to the output."""
    times = iter([0.0, READY_S / 2, READY_S + 1])
    with socket.create_server(("127.0.0.1", 0)) as anonymous:
        address = anonymous.getsockname()[:2]

    with pytest.raises(StartError, match="not ready within 60 s; see the lines above for the reason"):
        wait_ready(address, [], lambda: next(times), lambda _: None)


def test_a_server_that_ended_is_named() -> None:
    """After its end, the message has its name and exit code."""
    with server(PATIENT) as running:
        check_alive([running])
    with server("raise SystemExit(3)") as ended:
        ended.process.wait()

        with pytest.raises(StartError, match=r"The app ended by itself \(exit code 3\)"):
            check_alive([ended])


def test_a_server_that_does_not_stop_is_killed() -> None:
    """A process that ignores SIGTERM is killed."""
    with server(STUBBORN) as stubborn, server(PATIENT) as kind:
        stop([stubborn, kind], patience_s=0.2)

        assert stubborn.process.returncode == -signal.SIGKILL
        assert kind.process.returncode == -signal.SIGTERM


def test_a_stop_request_takes_effect_at_the_next_pause() -> None:
    """A signal is only recorded; the next pause acts on it."""
    request = StopRequest()
    request.pause(0)
    request.record(signal.SIGTERM, None)

    with pytest.raises(Stopped):
        request.pause(0)


def test_a_failed_start_prints_the_reason(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Exit code 1 and one message on standard error."""
    monkeypatch.setenv("PORT", "none")
    monkeypatch.setenv("ESCV_DATA_DIR", str(tmp_path))
    before = {number: signal.getsignal(number) for number in SIGNALS}
    try:
        assert main() == 1
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)

    assert capsys.readouterr().err == "\nESC Validator demo: PORT must be a number from 1 to 65535.\n"
