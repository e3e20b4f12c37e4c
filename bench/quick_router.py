"""A Router for benchmarks: knows every card, answers after a set time, one event loop, little work a call."""

from __future__ import annotations

import asyncio
import json
import sys


def answer(path: str) -> bytes:
    """The documented answer for the card in this path."""
    number = path.split("/")[-2] if path.endswith("/status") else path.rsplit("/", maxsplit=1)[-1]
    card = {
        "cardNumber": number, "status": "ACTIVE", "expiresAt": "2099-12-31", "issuedAt": "2025-10-01",
        "issuerIdentifier": "000000001", "issuerName": "University of Benchmarks",
    }  # fmt: skip
    body = json.dumps(card).encode()
    head = f"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    return head.encode() + body


async def serve(port: int, delay_s: float) -> None:
    """Answer on this loopback port until the process is ended."""

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while head := await reader.readuntil(b"\r\n\r\n"):
                path = head.split(b" ", 2)[1].decode()
                if path != "/":
                    await asyncio.sleep(delay_s)
                writer.write(answer(path))
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            writer.close()

    server = await asyncio.start_server(talk, "127.0.0.1", port)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(serve(int(sys.argv[1]), float(sys.argv[2])))
