"""`python -m validator.demo`, called by `make run`: the simulated Router and the app, until Ctrl-C."""

from __future__ import annotations

import io
import os
import signal
import sys
import time
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path
from socket import AF_INET, AF_INET6, create_server
from typing import TYPE_CHECKING

import segno

from validator.demo.certificate import outgoing_address, reachable, server_context, this_machine
from validator.demo.plan import Plan, make_plan
from validator.demo.processes import (
    Server,
    StartError,
    check_alive,
    listener,
    start,
    stop,
    wait_ready,
)
from validator.demo.tls import relay
from validator.http.listening import ListenError, address, check_free

if TYPE_CHECKING:
    from collections.abc import Callable
    from socket import socket

SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
OWN_HOSTS = {"127.0.0.1", "::1", "localhost"}
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
    with listener() as router_socket, ExitStack() as open_until_end:
        plan = make_plan(os.environ, router_socket.getsockname()[1])
        check_free(plan.host, plan.port)
        secure = _start_tls(plan, open_until_end) if plan.https_port else None
        servers.append(_start_app(plan))
        servers.append(_start_router(plan, router_socket))
        wait_ready(plan.address, servers, time.monotonic, pause)
        print(_welcome(plan) if secure is None else _welcome_phone(plan, secure), flush=True)
        while True:
            check_alive(servers)
            pause(WATCH_S)


def _start_tls(plan: Plan, open_until_end: ExitStack) -> str:
    """End TLS at the plan's port; returns the address for a phone."""
    port = plan.https_port or 0
    check_free(plan.host, port)
    folder = Path(plan.app_environ["ESCV_DATA_DIR"])
    names = this_machine(plan.host)
    try:
        context = server_context(folder, names, datetime.now(UTC))
    except OSError as error:
        raise StartError(f"The certificate cannot be written to {folder}: {error.strerror}.") from None
    family = AF_INET6 if ":" in plan.host else AF_INET
    server = open_until_end.enter_context(create_server((plan.host, port), family=family, backlog=128))
    open_until_end.enter_context(relay(server, context, plan.address))
    return address(str(reachable(names, outgoing_address())), port)


def _start_app(plan: Plan) -> Server:
    arguments = ["-c", "python:validator.gunicorn_config", "validator.wsgi:app"]
    return start("The app", arguments, plan.app_environ, Path.cwd())


def _start_router(plan: Plan, router_socket: socket) -> Server:
    handle = router_socket.fileno()
    arguments = ["--bind", f"fd://{handle}", "--worker-class=gthread", "--workers=1", "--threads=24"]
    arguments.append("validator.demo.router:create_router()")
    return start("The simulated Router", arguments, plan.router_environ, Path.cwd(), [handle])


def _welcome(plan: Plan) -> str:
    site = f"http://{address(*plan.address)}"
    is_open = plan.host not in OWN_HOSTS
    hint = "\nOver http a phone gives a page no camera. For phones: make run HTTPS=1\n" if is_open else ""
    return f"""
ESC Validator is ready. This is a demo: all cards are invented, and the Router is simulated.

  Check a card   {site}/
  Demo cards     {site}/demo/cards
{_people(plan)}
{hint}
Ctrl-C stops it.
"""


def _welcome_phone(plan: Plan, secure: str) -> str:
    drawn = io.StringIO()
    segno.make(f"https://{secure}/", error="l", micro=False).terminal(drawn, compact=True, border=2)
    site = f"http://{address(*plan.address)}"
    host = secure.rpartition(":")[0]
    # White on black, whatever colours the terminal has.
    code = "\n".join(f"\x1b[97;40m{line}\x1b[0m" for line in drawn.getvalue().splitlines())
    return f"""
{code}
ESC Validator is ready. This is a demo: all cards are invented, and the Router is simulated.

  On a phone in the same network   https://{secure}/    (or scan the code above)
  On this computer                 {site}/
  Demo cards                       {site}/demo/cards
{_people(plan)}

The phone warns that it does not know the certificate: this computer has made it.
Check that the address is the one above. Choose “Advanced”, then continue. Camera and checks work then.
Checks without a network, and the installation as an app, need a certificate that the phone trusts:
open  http://{host}:{plan.port}/demo/ca.crt  on the phone and install it as a certificate authority.
(iPhone: then Settings, General, About, Certificate Trust Settings.) Remove it after the demo.

If the phone finds nothing there: use the same Wi-Fi, and allow port {plan.https_port} in the firewall.

Ctrl-C stops it.
"""


def _people(plan: Plan) -> str:
    password = plan.password or "as set in ESCV_DEMO_PASSWORD"
    return f"  Sign in as     staff or manager\n  Password       {password}"


if __name__ == "__main__":
    sys.exit(main())
