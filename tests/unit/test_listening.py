"""Where the server cannot listen, one sentence says what to do."""

from __future__ import annotations

import errno
import os
import socket

import pytest

from validator.http.listening import LAST_PORT, ListenError, address, check_free, host_and_port, whole_number

UNUSABLE = [
    ({"PORT": "99999"}, f"PORT must be a number from 1 to {LAST_PORT}"),
    ({"PORT": "0"}, "PORT must be"),
    ({"PORT": "abc"}, "PORT must be"),
    ({"PORT": "-1"}, "PORT must be"),
    ({"PORT": "8000.5"}, "PORT must be"),
    ({"PORT": "²"}, "PORT must be"),
    ({"PORT": "9" * 9_999}, "PORT must be"),
    ({"HOST": "127.0.0.1:8000"}, "give the port in PORT"),
    ({"HOST": "http://127.0.0.1"}, "HOST must be a name or an address alone"),
]


@pytest.mark.parametrize(("environ", "says"), UNUSABLE)
def test_a_host_or_port_that_cannot_be_one_is_refused(environ: dict[str, str], says: str) -> None:
    """Whatever stands in the variable; the value is not repeated."""
    with pytest.raises(ListenError, match=says) as refused:
        host_and_port(environ)

    assert str(refused.value).endswith(".")


@pytest.mark.parametrize(
    ("host", "shown"),
    [("", "127.0.0.1:8000"), ("::1", "[::1]:8000"), ("[::1]", "[::1]:8000"), ("localhost", "localhost:8000")],
)
def test_ipv6_addresses_are_written_as_servers_and_browsers_need_them(host: str, shown: str) -> None:
    """In brackets, since the port follows a colon."""
    assert address(*host_and_port({"HOST": host})) == shown


@pytest.mark.parametrize("text", ["many", "0", "257", "1.5"])
def test_a_number_of_processes_is_within_its_bounds(text: str) -> None:
    """The name of the variable and its bounds are in the message."""
    with pytest.raises(ListenError, match=r"WEB_CONCURRENCY must be a number from 1 to 256\."):
        whole_number({"WEB_CONCURRENCY": text}, "WEB_CONCURRENCY", 1, 256)


def test_a_taken_port_is_named_with_the_way_out() -> None:
    """And it is free again once the other program is gone."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]

        with pytest.raises(ListenError, match=rf"127\.0\.0\.1:{port} .*another program.*such as PORT=\d+\."):
            check_free("127.0.0.1", port)
    check_free("127.0.0.1", port)


@pytest.mark.parametrize("host", ["fe80::1%nosuch", "..", "a" * 64])
def test_a_host_that_nobody_knows_is_told(host: str) -> None:
    """Where the system, or Python, finds no address for it; none of these is asked of a network."""
    with pytest.raises(ListenError, match="HOST is no name or address that this machine knows"):
        check_free(host, 8_000)


@pytest.mark.parametrize(
    ("error", "says"),
    [
        (OSError(errno.EACCES, "x"), "ports below 1024 are for root"),
        (OSError(errno.EADDRNOTAVAIL, "x"), "this machine does not have that address"),
        (OSError(errno.EAFNOSUPPORT, "x"), "this machine does not use IPv6"),
        (OSError(socket.EAI_ADDRFAMILY, "x"), "this machine does not use IPv6"),
        (OSError(socket.EAI_NONAME, "x"), "HOST is no name or address"),
        (UnicodeError("x"), "HOST is no name or address"),
        (OSError(errno.ENOBUFS, "x"), os.strerror(errno.ENOBUFS)),
    ],
)
def test_each_way_of_not_listening_has_its_own_sentence(
    monkeypatch: pytest.MonkeyPatch, error: Exception, says: str
) -> None:
    """What the system would say is replaced, since no test can take its addresses or rights away."""

    def refuse(*_: object, **__: object) -> None:
        raise error

    monkeypatch.setattr(socket, "create_server", refuse)
    with pytest.raises(ListenError, match=says):
        check_free("host.example", 80)
