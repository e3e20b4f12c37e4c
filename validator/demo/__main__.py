"""`python -m validator.demo`, called by `make run`: the simulated Router and the app, until Ctrl-C."""

from __future__ import annotations

import os
import signal
import sys
import time
from typing import TYPE_CHECKING

from validator.demo.plan import ROOT, Plan, make_plan
from validator.demo.processes import (
    Server,
    StartError,
    check_alive,
    listener,
    start,
    stop,
    wait_ready,
)
from validator.http.listening import ListenError, address, check_free

if TYPE_CHECKING:
    from collections.abc import Callable
    from socket import socket

SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
WATCH_S = 0.2


class Stopped(Exception):
    """The demo was asked to stop."""


class StopRequest:
    """Records a signal to stop. Only `pause` acts on it, so that no server is left running."""

    def __init__(self) -> None:
        self._is_requested = False

    def record(self, _number: int, _frame: object) -> None:
        """Handle a signal."""
        self._is_requested = True

    def pause(self, seconds: float) -> None:
        """Sleep, then raise Stopped if the demo was asked to stop."""
        time.sleep(seconds)
        if self._is_requested:
            raise Stopped


def main() -> int:
    """Start both servers, print the addresses, watch the servers. Returns 0 after a signal, else 1."""
    request = StopRequest()
    for number in SIGNALS:
        signal.signal(number, request.record)
    servers: list[Server] = []
    try:
        _run(servers, request.pause)
    except Stopped:
        print("Stopping.", flush=True)
    except (StartError, ListenError) as error:
        print(f"\nESC Validator demo: {error}", file=sys.stderr, flush=True)
        return 1
    finally:
        stop(servers)
    return 0


def _run(servers: list[Server], pause: Callable[[float], None]) -> None:
    with listener() as router_socket:
        plan = make_plan(os.environ, router_socket.getsockname()[1])
        check_free(plan.host, plan.port)
        servers.append(_start_app(plan))
        servers.append(_start_router(plan, router_socket))
    wait_ready(plan.address, servers, time.monotonic, pause)
    print(_welcome(plan), flush=True)
    while True:
        check_alive(servers)
        pause(WATCH_S)


def _start_app(plan: Plan) -> Server:
    return start("The app", ["-c", "gunicorn.conf.py", "wsgi:app"], plan.app_environ, ROOT)


def _start_router(plan: Plan, router_socket: socket) -> Server:
    handle = router_socket.fileno()
    arguments = ["--bind", f"fd://{handle}", "--worker-class=gthread", "--workers=1", "--threads=24"]
    arguments.append("validator.demo.router:create_router()")
    return start("The simulated Router", arguments, plan.router_environ, ROOT, [handle])


def _welcome(plan: Plan) -> str:
    site = f"http://{address(*plan.address)}"
    password = plan.password or "as set in ESCV_DEMO_PASSWORD"
    return f"""
ESC Validator is ready. This is a demo: all cards are invented, and the Router is simulated.

  Check a card   {site}/
  Demo cards     {site}/demo/cards
  Sign in as     staff or manager
  Password       {password}

Ctrl-C stops it.
"""


if __name__ == "__main__":
    sys.exit(main())
