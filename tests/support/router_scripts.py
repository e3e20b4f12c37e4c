"""Scripts for the fault Router: what it (or something in its place) does with one request."""

from __future__ import annotations

import gzip
import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from tests.support.fault_router import Exchange

    Script = Callable[[Exchange], bool]

JSON = "application/json"
MIB = b"x" * 1024 * 1024


def response(status: int, body: bytes = b"", content_type: str | None = JSON, **headers: str) -> bytes:
    """A whole well-formed HTTP response; header names with underscores for hyphens."""
    lines = [f"HTTP/1.1 {status} Whatever", f"Content-Length: {len(body)}"]
    if content_type is not None:
        lines.append(f"Content-Type: {content_type}")
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    return "\r\n".join(lines).encode("latin-1") + b"\r\n\r\n" + body


def answers(status: int, body: Any = b"", content_type: str | None = JSON, **headers: str) -> Script:
    """Answer with bytes as they are, or with anything else as JSON; keep the connection."""
    data = body if isinstance(body, bytes) else json.dumps(body).encode()

    def script(exchange: Exchange) -> bool:
        exchange.send(response(status, data, content_type, **headers))
        return True

    return script


def sends(data: bytes) -> Script:
    """Send these bytes and close."""

    def script(exchange: Exchange) -> bool:
        exchange.send(data)
        return False

    return script


def drips(first: bytes, then: bytes, every_s: float) -> Script:
    """Send the first bytes, then the others one by one."""

    def script(exchange: Exchange) -> bool:
        exchange.send(first)
        for at in range(len(then)):
            if exchange.over.wait(every_s):
                break
            exchange.send(then[at : at + 1])
        return False

    return script


def stalls(first: bytes, after_s: float = 0, then: bytes = b"") -> Script:
    """Send the first bytes, later the others, then nothing more and keep the connection."""

    def script(exchange: Exchange) -> bool:
        exchange.send(first)
        exchange.over.wait(after_s)
        exchange.send(then)
        exchange.over.wait()
        return False

    return script


def streams(head: bytes, chunks: Iterable[bytes]) -> Script:
    """Send a head and then chunk after chunk, as long as the other side accepts them."""

    def script(exchange: Exchange) -> bool:
        exchange.send(head)
        for chunk in chunks:
            exchange.send(chunk)
        return False

    return script


def resets_after(data: bytes) -> Script:
    """Send these bytes, let them arrive, and reset the connection."""

    def script(exchange: Exchange) -> bool:
        exchange.send(data)
        # A reset discards data that was not read yet; this pause is long enough on loopback.
        exchange.over.wait(0.05)
        exchange.reset()
        return False

    return script


def black_hole(exchange: Exchange) -> bool:
    """Accept the request and never answer."""
    exchange.over.wait()
    return False


def closes(_talk: Exchange) -> bool:
    """Close without an answer."""
    return False


def by_endpoint(status_v2: Script, verifier: Script) -> Script:
    """A script for each of the two endpoints."""

    def script(exchange: Exchange) -> bool:
        return (verifier if "verifier" in exchange.request.path else status_v2)(exchange)

    return script


def in_turn(*scripts: Script) -> Script:
    """One script after another; the last one repeats."""
    coming = list(scripts)

    def script(exchange: Exchange) -> bool:
        return (coming.pop(0) if len(coming) > 1 else coming[0])(exchange)

    return script


def gzip_bomb(size: int = 100 * 1024 * 1024) -> bytes:
    """Zeros, compressed about 1000 : 1."""
    return gzip.compress(bytes(size), compresslevel=1)
