"""Where the server listens: HOST and PORT, and whether the address is free. Checked before all else."""

from __future__ import annotations

import errno
import os
import socket
from ipaddress import AddressValueError, IPv6Address
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

LAST_PORT = 65_535
FIRST_FREE_FOR_ALL = 1_024
MOST_PROCESSES = 256
MOST_THREADS = 1_024


class ListenError(Exception):
    """HOST, PORT, WEB_CONCURRENCY or WEB_THREADS cannot be used; the message says what to do."""


def host_and_port(environ: Mapping[str, str]) -> tuple[str, int]:
    """HOST and PORT, or their defaults. Raises ListenError."""
    host = environ.get("HOST", "").strip() or "127.0.0.1"
    if host.startswith("[") and host.endswith("]"):
        host = host[1:-1]
    if ":" in host:
        try:
            IPv6Address(host)
        except AddressValueError:
            raise ListenError(
                "HOST must be a name or an address alone, such as 127.0.0.1 or ::1: give the port in PORT."
            ) from None
    return host, whole_number(environ, "PORT", 8_000, LAST_PORT)


def whole_number(environ: Mapping[str, str], name: str, default: int, most: int) -> int:
    """The variable's value, from 1 to `most`. Raises ListenError."""
    text = environ.get(name, "").strip() or str(default)
    if not (text.isascii() and text.isdigit() and len(text) <= len(str(most)) and 1 <= int(text) <= most):
        raise ListenError(f"{name} must be a number from 1 to {most}.")
    return int(text)


def address(host: str, port: int) -> str:
    """Both as one text, as in a web address."""
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def check_free(host: str, port: int) -> None:
    """Raise ListenError where this program cannot listen there just now."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        socket.create_server((host, port), family=family).close()
    except (OSError, UnicodeError, OverflowError) as error:
        raise ListenError(f"{address(host, port)} cannot be used: {_why(error, port)}.") from None


def _why(error: Exception, port: int) -> str:
    number = error.errno if isinstance(error, OSError) else None
    if number == errno.EADDRINUSE:
        return (
            f"another program uses it. Stop that program, or choose another port, such as PORT={_next(port)}"
        )
    if number in {errno.EACCES, errno.EPERM} and port < FIRST_FREE_FOR_ALL:
        return "ports below 1024 are for root. Choose a higher one, such as PORT=8000, behind a proxy"
    if number == errno.EADDRNOTAVAIL:
        return "this machine does not have that address. Set HOST to one of its own, or to 127.0.0.1"
    if number in {errno.EAFNOSUPPORT, socket.EAI_ADDRFAMILY}:
        return "this machine does not use IPv6. Set HOST to an IPv4 address, such as 127.0.0.1"
    # Errors of looking up a name have numbers below zero; `create_server` makes plain OSErrors of them.
    if isinstance(error, UnicodeError) or (number is not None and number < 0):
        return "HOST is no name or address that this machine knows. Set it to 127.0.0.1, or correct it"
    # Python adds the address to the system's words.
    words = os.strerror(number) if number else type(error).__name__
    return f"{words}. Choose another HOST or PORT"


def _next(port: int) -> int:
    return port % (LAST_PORT - 535) + 1
