"""gunicorn's threaded worker, with threads for whole requests only: a slow client holds none.

A new or kept connection waits in the poller until its request has arrived. A body too large to wait for
is read by one of a few threads, at a minimum rate. The poller also sends what a client does not read at
once, and closes connections. The names that this takes from gunicorn are private to it: its minor version
is pinned, and tests/unit/http/test_worker_contract.py names them.
"""

from __future__ import annotations

import errno
import socket
import time
from collections import deque
from contextlib import suppress
from http import HTTPStatus
from typing import Any

from gunicorn.workers.gthread import ThreadWorker  # type: ignore[import-untyped]

from validator.http.connection import (
    OWN_DESCRIPTORS,
    ClientSocket,
    Connection,
    Stage,
    WaitList,
    open_files_limit,
)
from validator.http.parsing import Arrival, arrival, refusal, status_of

# From the first byte of a request until it is whole; no thread waits meanwhile.
ARRIVES_WITHIN_S = 20.0
# How long a client may take to read the last bytes of an answer before the connection is closed.
LINGER_S = 2.0
LINGER_BYTES = 4 * 1024 * 1024
# The time between two checks for connections that are too late.
CHECK_EVERY_S = 0.5
PIECE_BYTES = 64 * 1024
# Requests that are arriving take this much memory at most, all together.
MOST_ARRIVING_BYTES = 32 * 1024 * 1024
_NO_DESCRIPTOR = frozenset({errno.EMFILE, errno.ENFILE})
_GONE_ALREADY = frozenset({errno.EAGAIN, errno.EWOULDBLOCK, errno.ECONNABORTED})


class Worker(ThreadWorker):  # type: ignore[misc]  # gunicorn ships no types
    """The threads that answer requests, and the poller where everything slow waits."""

    def init_process(self) -> None:
        """Begin to serve, in this process."""
        self.queue: deque[Connection] = deque()
        self.streaming = 0
        self.most_streaming = max(1, self.cfg.threads // 4)
        self.next_check = 0.0
        self.worker_connections = min(self.cfg.worker_connections, open_files_limit() - OWN_DESCRIPTORS)
        super().init_process()

    def run(self) -> None:
        """Serve until the end."""
        self.waiting = WaitList(self.poller, time.monotonic)
        super().run()

    # From a new connection to a whole request, in the poller.

    def accept(self, listener: socket.socket) -> None:
        """Take a new connection; it gets a thread once its request is whole."""
        if self.cfg.is_ssl:
            super().accept(listener)
            return
        try:
            accepted, client = listener.accept()
        except OSError as error:
            if error.errno in _NO_DESCRIPTOR:
                self._close_oldest()
            elif error.errno not in _GONE_ALREADY:
                raise
            return
        self.nr_conns += 1
        conn = Connection(self.cfg, ClientSocket(accepted, time.monotonic), client, listener.getsockname())
        self._await_request(conn)
        self._close_surplus()

    def _await_request(self, conn: Connection) -> None:
        """Wait for this connection's next request; part of it may be here already."""
        self.waiting.add(conn, Stage.ARRIVING, self.cfg.keepalive, self._receive)
        if early := conn.parser.unreader.take_buffered():
            self._take(conn, early)
        else:
            self._receive(conn)

    def _receive(self, conn: Connection) -> None:
        piece = conn.sock.receive(PIECE_BYTES)
        if piece:
            self._take(conn, piece)
        elif piece is not None:
            self._drop(conn)

    def _take(self, conn: Connection, piece: bytes) -> None:
        """Add what has arrived, and go on where that is enough."""
        if not conn.received:
            conn.due = time.monotonic() + ARRIVES_WITHIN_S
        self.waiting.receive(conn, piece)
        state = arrival(conn.received)
        if state is Arrival.TOO_LARGE:
            self._refuse(conn, HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE)
        elif state is not Arrival.INCOMPLETE:
            self._hand_over(conn, streams=state is Arrival.STREAMED)
        self._close_surplus()

    def _hand_over(self, conn: Connection, *, streams: bool) -> None:
        """Give the request to a thread, or a large one its place in the queue for those that read."""
        conn.parser.unreader.unread(bytes(conn.received))
        self.waiting.remove(conn)
        conn.streams = streams
        if streams:
            self.waiting.queue(conn, ARRIVES_WITHIN_S)
            self.queue.append(conn)
            self._start_streaming()
        else:
            self.enqueue_req(conn)

    def _start_streaming(self) -> None:
        while self.queue and self.streaming < self.most_streaming:
            conn = self.queue.popleft()
            if self.waiting.remove(conn) is not None:
                self.streaming += 1
                self.enqueue_req(conn)

    # In a thread.

    def handle(self, conn: Any) -> object:  # noqa: ANN401 - gunicorn's
        """One request of this connection, measured from now on."""
        if isinstance(conn, Connection):
            conn.sock.begin_request()
        return super().handle(conn)

    def handle_request(self, req: Any, conn: Any) -> object:  # noqa: ANN401 - gunicorn's
        """One request; after a large one the connection ends: what is left of the body is not read."""
        if isinstance(conn, Connection) and conn.streams:
            req.force_close()
        return super().handle_request(req, conn)

    def handle_error(self, req: object, client: socket.socket, addr: object, exc: Exception) -> None:  # noqa: ARG002 - gunicorn's signature
        """Answer what is no HTTP, or what no application answered; nothing of it is repeated anywhere."""
        status = status_of(exc)
        write = self.log.error if status >= HTTPStatus.INTERNAL_SERVER_ERROR else self.log.warning
        write("A request ended in %s: answered %d", type(exc).__name__, status)
        with suppress(OSError):
            client.sendall(refusal(status))

    # From an answer to the next request or the end, in the poller.

    def finish_request(self, conn: Any, fs: Any) -> None:  # noqa: ANN401 - gunicorn's
        """A thread is done: send what is left of the answer, then keep or close the connection."""
        if not isinstance(conn, Connection):
            super().finish_request(conn, fs)
            return
        if conn.streams:
            self.streaming -= 1
            self._start_streaming()
        conn.keeps = not fs.cancelled() and fs.exception() is None and bool(fs.result())
        if conn.sock.fileno() < 0:
            self._drop(conn)
        elif conn.sock.unsent_bytes:
            self.waiting.add(conn, Stage.SENDING, 0.0, self._send)
            self._send(conn)
        else:
            self._after_answer(conn)

    def _send(self, conn: Connection) -> None:
        try:
            is_sent = conn.sock.flush()
        except OSError:
            self._drop(conn)
            return
        conn.due = conn.sock.write_deadline
        if is_sent:
            self.waiting.remove(conn)
            self._after_answer(conn)

    def _after_answer(self, conn: Connection) -> None:
        if conn.keeps:
            self._await_request(conn)
        else:
            self._close_gently(conn)

    def _refuse(self, conn: Connection, status: HTTPStatus) -> None:
        """Answer without a thread."""
        self.waiting.remove(conn)
        with suppress(OSError):
            conn.sock.sendall(refusal(status))
        self._close_gently(conn)

    def _close_gently(self, conn: Connection) -> None:
        """End our side; the client has a moment to read its answer (RFC 9112, 9.6)."""
        try:
            conn.sock.shutdown(socket.SHUT_WR)
        except OSError:
            self._drop(conn)
            return
        conn.drained = 0
        self.waiting.add(conn, Stage.CLOSING, LINGER_S, self._drain)

    def _drain(self, conn: Connection) -> None:
        piece = conn.sock.receive(PIECE_BYTES)
        conn.drained += len(piece or b"")
        if piece == b"" or conn.drained > LINGER_BYTES:
            self._drop(conn)

    # The ends of what waits.

    def _drop(self, conn: Connection) -> None:
        self.waiting.remove(conn)
        self.nr_conns -= 1
        conn.close()

    def _close_surplus(self) -> None:
        """Stay below both bounds: at `worker_connections` gunicorn would accept no connection any more."""
        while (
            self.nr_conns >= self.worker_connections or self.waiting.arriving_bytes > MOST_ARRIVING_BYTES
        ) and self._close_oldest():
            pass

    def _close_oldest(self) -> bool:
        """Close the connection that has sent no whole request for longest; False where there is none."""
        conn = self.waiting.oldest(Stage.ARRIVING)
        if conn is not None:
            self._drop(conn)
        return conn is not None

    def murder_pending(self) -> None:
        """End what waits too long; gunicorn calls this in each turn of its loop."""
        super().murder_pending()
        if time.monotonic() < self.next_check:
            return
        self.next_check = time.monotonic() + CHECK_EVERY_S
        if not self.alive:
            # A stopping worker answers what is on its way, and waits for nothing else.
            self.waiting.hurry(Stage.ARRIVING, LINGER_S)
        for conn, stage in self.waiting.late():
            self._end(conn, stage)

    def _end(self, conn: Connection, stage: Stage) -> None:
        if stage is Stage.QUEUED:
            self._refuse(conn, HTTPStatus.SERVICE_UNAVAILABLE)
        elif stage is Stage.ARRIVING and conn.received:
            self._refuse(conn, HTTPStatus.REQUEST_TIMEOUT)
        else:
            self._drop(conn)
