"""Ends TLS in front of the demo: what a phone sends to the https port goes on to the app on loopback."""

from __future__ import annotations

import asyncio
import contextlib
import threading
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import ssl
    from collections.abc import Iterator
    from socket import socket

_PIECE_BYTES = 64 * 1024
# A phone with a bad network that never finishes its handshake must not be kept for long.
_HANDSHAKE_S = 10.0


@contextlib.contextmanager
def relay(listener: socket, context: ssl.SSLContext, app: tuple[str, int]) -> Iterator[None]:
    """Relay connections of this listening socket to the app until the block ends. One thread serves all."""
    loop = asyncio.new_event_loop()
    server = loop.run_until_complete(
        asyncio.start_server(
            lambda reader, writer: _connect(reader, writer, app),
            sock=listener,
            ssl=context,
            ssl_handshake_timeout=_HANDSHAKE_S,
        )
    )
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    try:
        yield
    finally:
        loop.call_soon_threadsafe(server.close)
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        # Open connections are cut: this process ends.
        for task in asyncio.all_tasks(loop):
            task.cancel()
        loop.run_until_complete(asyncio.gather(*asyncio.all_tasks(loop), return_exceptions=True))
        loop.close()


async def _connect(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, app: tuple[str, int]) -> None:
    with contextlib.suppress(OSError):
        from_app, to_app = await asyncio.open_connection(*app)
        await asyncio.gather(_copy(reader, to_app), _copy(from_app, writer))
    writer.close()


async def _copy(source: asyncio.StreamReader, target: asyncio.StreamWriter) -> None:
    """Copy until one side ends; then both ends of this direction are closed."""
    with contextlib.suppress(OSError):
        while piece := await source.read(_PIECE_BYTES):
            target.write(piece)
            await target.drain()
    target.close()
