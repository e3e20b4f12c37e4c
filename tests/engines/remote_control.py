"""Remote control of Firefox and WebKitGTK, each by its own protocol.

Firefox answers Marionette over a socket, WebKitGTK's own driver answers WebDriver over HTTP. The commands are
the same under other names, so one small client serves both. Selenium would bring twelve packages, and needs
geckodriver, which Debian lacks and whose wheel on PyPI was last released in 2023.
"""

from __future__ import annotations

import http.client
import json
import os
import shutil
import signal
import socket
import subprocess
from contextlib import closing, contextmanager, suppress
from http import HTTPStatus
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from tests.support.polling import wait_for
from validator.demo.processes import listener

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

# Longest time of a start or a command on a slow, busy machine.
START_S = 120.0
COMMAND_S = 120.0
STOP_S = 10.0
# Each engine's least window is somewhat wider than this.
PHONE = {"width": 390, "height": 844}
FIREFOX, WEBKIT, SCREEN = "firefox-esr", "WebKitWebDriver", "Xvfb"
PROGRAMS = {"firefox": (FIREFOX,), "webkit": (WEBKIT, SCREEN)}
# Where Debian puts the browser that WebKit's driver starts, below the root.
MINI_BROWSER = "usr/lib/*/webkit2gtk-4.*/MiniBrowser"
# A free port, and a proxy that does not exist for Firefox's own requests; loopback bypasses it.
PREFERENCES = {
    "marionette.port": 0,
    "network.proxy.type": 1,
    "network.proxy.http": "127.0.0.1",
    "network.proxy.http_port": 9,
    "network.proxy.ssl": "127.0.0.1",
    "network.proxy.ssl_port": 9,
}
# The method of each command in WebDriver, and its path; "{id}" is the element's.
ROUTES = {
    "Navigate": ("POST", "/url"),
    "ExecuteScript": ("POST", "/execute/sync"),
    "ElementClick": ("POST", "/element/{id}/click"),
    "ElementSendKeys": ("POST", "/element/{id}/value"),
    "PerformActions": ("POST", "/actions"),
    "SetWindowRect": ("POST", "/window/rect"),
    "DeleteSession": ("DELETE", ""),
}


class EngineError(Exception):
    """The browser refused a command; the message is its own."""


class Remote(Protocol):
    """A browser with one window that accepts commands."""

    def call(self, command: str, **parameters: Any) -> Any:
        """The browser's result; EngineError if it refuses."""

    def close(self) -> None:
        """Close the connection to the browser."""


class Marionette:
    """Firefox: each message is the length of its JSON in decimal digits, a colon, and the JSON."""

    def __init__(self, port: int) -> None:
        self._socket = socket.create_connection(("127.0.0.1", port), COMMAND_S)
        self._stream = self._socket.makefile("rb")
        self._last = 0
        self._read()  # the greeting
        self.call("NewSession")

    def call(self, command: str, **parameters: Any) -> Any:
        """See Remote."""
        self._last += 1
        message = json.dumps([0, self._last, f"WebDriver:{command}", parameters]).encode()
        self._socket.sendall(b"%d:%s" % (len(message), message))
        _, _, refused, given = self._read()
        if refused:
            raise EngineError(f"{refused['error']}: {refused['message']}")
        return given.get("value")

    def close(self) -> None:
        """End the connection."""
        self._stream.close()
        self._socket.close()

    def _read(self) -> Any:
        length = b""
        while (digit := self._stream.read(1)) != b":":
            if not digit:
                raise EngineError("Firefox has ended the connection")
            length += digit
        return json.loads(self._stream.read(int(length)))


class WebDriver:
    """WebKitGTK's driver: a request for each command."""

    def __init__(self, port: int, capabilities: Mapping[str, Any]) -> None:
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=COMMAND_S)
        self._session = ""
        started = self._send("POST", "/session", {"capabilities": {"alwaysMatch": capabilities}})
        self._session = f"/session/{started['sessionId']}"

    def call(self, command: str, **parameters: Any) -> Any:
        """See Remote."""
        method, path = ROUTES[command]
        return self._send(method, self._session + path.format(**parameters), parameters)

    def close(self) -> None:
        """End the session, which ends the browser."""
        with suppress(EngineError):
            self.call("DeleteSession")
        self._connection.close()

    def _send(self, method: str, path: str, body: Mapping[str, Any]) -> Any:
        try:
            self._connection.request(method, path, json.dumps(body), {"Content-Type": "application/json"})
            answer = self._connection.getresponse()
            value = json.loads(answer.read())["value"]
        except (OSError, http.client.HTTPException) as error:
            self._connection.close()
            raise EngineError(f"{WEBKIT} did not answer: {error!r}") from error
        if answer.status != HTTPStatus.OK:
            raise EngineError(f"{value['error']}: {value['message']}")
        return value


def missing(engine: str) -> list[str]:
    """The programs of this engine that the system lacks."""
    return [name for name in PROGRAMS[engine] if shutil.which(name) is None]


@contextmanager
def running(engine: str, folder: Path) -> Iterator[Remote]:
    """Start this engine with all its data in `folder`, its window about as wide as a phone; end it."""
    with (_firefox if engine == "firefox" else _webkit)(folder) as remote:
        remote.call("SetWindowRect", **PHONE)
        yield remote


@contextmanager
def _firefox(folder: Path) -> Iterator[Remote]:
    lines = (f"user_pref({json.dumps(name)}, {json.dumps(value)});\n" for name, value in PREFERENCES.items())
    (folder / "user.js").write_text("".join(lines), encoding="utf-8")
    port = folder / "MarionetteActivePort"
    with _process([FIREFOX, "--headless", "--marionette", "--no-remote", "--profile", str(folder)], folder):
        wait_for(lambda: port.exists() and port.read_text(encoding="ascii") != "", START_S)
        with closing(Marionette(int(port.read_text(encoding="ascii")))) as remote:
            yield remote


@contextmanager
def _webkit(folder: Path) -> Iterator[Remote]:
    with listener() as free:
        port = int(free.getsockname()[1])
    browser = next(Path("/").glob(MINI_BROWSER))
    # Without VideoFrame the decoder's worker gets bitmaps. WebKitGTK 2.50 converts the frames of all threads
    # by one object that is made for a single thread, and crashes sooner or later.
    arguments = ["--automation", "--enable-media-stream=true", "--features=-WebCodecsVideo"]
    options = {"binary": str(browser), "args": arguments}
    with _screen(folder) as display:
        # The sandbox needs namespaces, which containers lack; the only pages are ours.
        environ = {"DISPLAY": display, "WEBKIT_DISABLE_SANDBOX_THIS_IS_DANGEROUS": "1"}
        with _process([WEBKIT, "--host=127.0.0.1", f"--port={port}"], folder, environ):
            wait_for(lambda: _listens(port), START_S)
            with closing(WebDriver(port, {"webkitgtk:browserOptions": options})) as remote:
                yield remote


@contextmanager
def _screen(folder: Path) -> Iterator[str]:
    """A screen in memory; its name."""
    reading, writing = os.pipe()
    command = [SCREEN, "-displayfd", str(writing), "-screen", "0", "1280x1024x24", "-nolisten", "tcp"]
    with _process(command, folder, hand_on=[writing]):
        os.close(writing)
        with os.fdopen(reading, encoding="ascii") as output:
            yield f":{output.readline().strip()}"


@contextmanager
def _process(
    command: list[str], folder: Path, environ: Mapping[str, str] | None = None, hand_on: Sequence[int] = ()
) -> Iterator[None]:
    """Run this with its home in `folder`; end it and all that it started."""
    homes = {name: str(folder) for name in ("HOME", "XDG_CACHE_HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME")}
    with (folder / f"{command[0]}.log").open("wb") as log:
        process = subprocess.Popen(
            command,
            env={**os.environ, **homes, **(environ or {})},
            stdout=log,
            stderr=log,
            pass_fds=tuple(hand_on),
            start_new_session=True,
        )
    try:
        yield
    finally:
        _end(process)


def _end(process: subprocess.Popen[bytes]) -> None:
    for how in (signal.SIGTERM, signal.SIGKILL):
        with suppress(ProcessLookupError, subprocess.TimeoutExpired):
            os.killpg(process.pid, how)
            process.wait(STOP_S)


def _listens(port: int) -> bool:
    with suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
        return True
    return False
