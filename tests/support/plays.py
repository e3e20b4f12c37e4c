"""What a Router, or something in its place, may do to one request. Each play is a function of a Talk."""

from __future__ import annotations

import gzip
import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from tests.support.fault_router import Talk

    Play = Callable[[Talk], bool]

JSON = "application/json"
MIB = b"x" * 1024 * 1024


def response(status: int, body: bytes = b"", content_type: str | None = JSON, **headers: str) -> bytes:
    """A whole well-formed HTTP response; header names with underscores for hyphens."""
    lines = [f"HTTP/1.1 {status} Whatever", f"Content-Length: {len(body)}"]
    if content_type is not None:
        lines.append(f"Content-Type: {content_type}")
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    return "\r\n".join(lines).encode("latin-1") + b"\r\n\r\n" + body


def answers(status: int, body: Any = b"", content_type: str | None = JSON, **headers: str) -> Play:
    """Answer with bytes as they are, or with anything else as JSON; keep the connection."""
    data = body if isinstance(body, bytes) else json.dumps(body).encode()

    def play(talk: Talk) -> bool:
        talk.send(response(status, data, content_type, **headers))
        return True

    return play


def says(data: bytes) -> Play:
    """Send these bytes and close."""

    def play(talk: Talk) -> bool:
        talk.send(data)
        return False

    return play


def drips(first: bytes, then: bytes, every_s: float) -> Play:
    """Send the first bytes, then one by one the others."""

    def play(talk: Talk) -> bool:
        talk.send(first)
        for at in range(len(then)):
            if talk.over.wait(every_s):
                break
            talk.send(then[at : at + 1])
        return False

    return play


def stalls(first: bytes, after_s: float = 0, then: bytes = b"") -> Play:
    """Send the first bytes, after a while the others, and then nothing more."""

    def play(talk: Talk) -> bool:
        talk.send(first)
        talk.over.wait(after_s)
        talk.send(then)
        talk.over.wait()
        return False

    return play


def streams(head: bytes, chunks: Iterable[bytes]) -> Play:
    """Send a head and then chunk after chunk, for as long as the other side takes them."""

    def play(talk: Talk) -> bool:
        talk.send(head)
        for chunk in chunks:
            talk.send(chunk)
        return False

    return play


def resets_after(data: bytes) -> Play:
    """Send these bytes, let them arrive, and reset the connection."""

    def play(talk: Talk) -> bool:
        talk.send(data)
        # A reset overtakes data that was not read yet; this is long enough for loopback.
        talk.over.wait(0.05)
        talk.reset()
        return False

    return play


def black_hole(talk: Talk) -> bool:
    """Take the request and never answer."""
    talk.over.wait()
    return False


def closes(_talk: Talk) -> bool:
    """Close without a word."""
    return False


def by_endpoint(status_v2: Play, verifier: Play) -> Play:
    """One play for each of the two paths."""

    def play(talk: Talk) -> bool:
        return (verifier if "verifier" in talk.request.path else status_v2)(talk)

    return play


def in_turn(*plays: Play) -> Play:
    """One play after another, the last one for good."""
    coming = list(plays)

    def play(talk: Talk) -> bool:
        return (coming.pop(0) if len(coming) > 1 else coming[0])(talk)

    return play


def gzip_bomb(size: int = 100 * 1024 * 1024) -> bytes:
    """Zeros, packed a thousandfold."""
    return gzip.compress(bytes(size), compresslevel=1)
