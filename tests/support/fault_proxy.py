"""A TCP proxy between browser and server that a test can slow down, silence or reset."""

from __future__ import annotations

import socket
import struct
import threading
from contextlib import contextmanager, suppress
from enum import Enum, auto
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

CHUNK = 65_536
# Closing a socket with this option sends RST instead of FIN.
RESET = struct.pack("ii", 1, 0)
ANSWER, END_OF_HEAD = b"HTTP/", b"\r\n\r\n"


class State(Enum):
    """Current behaviour of the proxy."""

    THROUGH = auto()
    SILENT = auto()  # connections stay open, no data passes
    STALLING = auto()  # requests pass, each answer stops after its headers
    CUT = auto()  # all connections are reset, new ones too


class FaultProxy:
    """A proxy on its own loopback port to the server's port; one thread for each direction."""

    def __init__(self, target_port: int) -> None:
        self._target_port = target_port
        self._change = threading.Condition()
        self._state = State.THROUGH
        self._delay_s = 0.0
        self._ended = threading.Event()
        self._open: set[socket.socket] = set()
        self._resets = 0
        self._threads: list[threading.Thread] = []
        self._listening = socket.create_server(("127.0.0.1", 0), backlog=128)
        self.port = int(self._listening.getsockname()[1])
        self._run(self._serve)

    @property
    def address(self) -> str:
        """The proxy's address."""
        return f"http://127.0.0.1:{self.port}"

    def pass_through(self, delay_s: float = 0.0) -> None:
        """Pass all data, each piece with this delay."""
        self._set(State.THROUGH, delay_s)

    def go_silent(self) -> None:
        """Keep connections open, but pass no data."""
        self._set(State.SILENT)

    def stall_bodies(self) -> None:
        """Keep connections open, but stop each answer after its headers."""
        self._set(State.STALLING)

    def reset_connections(self) -> None:
        """Reset all connections and each new one."""
        self._set(State.CUT)
        self._reset_all()

    def retarget(self, address: str) -> None:
        """Send new connections to another server; reset the open ones."""
        self._target_port = port_of(address)
        self._reset_all()

    def close(self) -> None:
        """Close all connections and wait for the threads."""
        self._ended.set()
        # Only a connection wakes a thread that waits in accept().
        with suppress(OSError):
            socket.create_connection(("127.0.0.1", self.port), 1).close()
        self._set(State.CUT)
        self._reset_all()
        for thread in self._threads:
            thread.join(5)
        self._listening.close()

    def _set(self, state: State, delay_s: float = 0.0) -> None:
        with self._change:
            self._state, self._delay_s = state, delay_s
            self._change.notify_all()

    def _reset_all(self) -> None:
        with self._change:
            self._resets += 1
            for each in self._open:
                with suppress(OSError):
                    each.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
                    each.shutdown(socket.SHUT_RDWR)

    def _run(self, work: object, *arguments: object) -> None:
        thread = threading.Thread(target=work, args=arguments, daemon=True)  # type: ignore[arg-type]  # any work
        self._threads.append(thread)
        thread.start()

    def _serve(self) -> None:
        while not self._ended.is_set():
            near, _ = self._listening.accept()
            self._run(self._talk, near, self._resets)

    def _talk(self, near: socket.socket, resets: int) -> None:
        self._wait_while(State.SILENT)
        with near, suppress(OSError), socket.create_connection(("127.0.0.1", self._target_port)) as far:
            pair = {near, far}
            if not self._join(pair, resets):
                near.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
                return
            back = threading.Thread(target=self._carry, args=(far, near), daemon=True)
            back.start()
            self._carry(near, far)
            back.join()
            with self._change:
                self._open -= pair

    def _join(self, pair: set[socket.socket], resets: int) -> bool:
        """Register this pair for the next reset; false if a reset came while it was opening."""
        with self._change:
            if self._state is State.CUT or self._resets != resets:
                return False
            self._open |= pair
            return True

    def _carry(self, source: socket.socket, target: socket.socket) -> None:
        with suppress(OSError):
            while data := source.recv(CHUNK):
                self._wait_while(State.SILENT)
                self._ended.wait(self._delay_s)
                begun = data.find(END_OF_HEAD) + len(END_OF_HEAD) if data.startswith(ANSWER) else 0
                if begun and self._state is State.STALLING:
                    target.sendall(data[:begun])
                    self._wait_while(State.STALLING)
                    data = data[begun:]
                target.sendall(data)
        # Both ends read the end of the stream.
        for each in (source, target):
            with suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)

    def _wait_while(self, state: State) -> None:
        with self._change:
            self._change.wait_for(lambda: self._state is not state)


def port_of(address: str) -> int:
    """The port of a loopback address."""
    return int(address.rsplit(":", 1)[1])


@contextmanager
def fault_proxy(address: str) -> Iterator[FaultProxy]:
    """A proxy to the server at this address; at first all data passes."""
    link = FaultProxy(port_of(address))
    try:
        yield link
    finally:
        link.close()
