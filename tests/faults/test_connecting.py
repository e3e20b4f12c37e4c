"""No server, or one that cannot prove to be the Router: no connection and no verdict, in time."""

from __future__ import annotations

import socket
import threading
import time
from typing import TYPE_CHECKING, Any

import pytest

from tests.support import certificates
from tests.support.cards import ANNA
from tests.support.fault_router import FaultRouter, full_backlog, refused_url
from tests.support.router_client import SHORT_S, SPARE_S, ask, failed, good, open_client, reason
from tests.support.router_scripts import black_hole, drips, response
from validator.router.answers import Cause, KnownCard, RouterFailure
from validator.router.runtime import Deadline
from validator.verdict import Reason

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.support.router_scripts import Script


def test_a_closed_port_is_unreachable() -> None:
    """If no server listens, the Router is unreachable."""
    with open_client(refused_url()) as client:
        answer = failed(ask(client))
        assert (answer.reason, answer.cause) == (Reason.ROUTER_UNREACHABLE, Cause.ROUTE)
        assert "ECONNREFUSED" in answer.detail


def test_a_connection_that_never_comes_about_is_unreachable() -> None:
    """Where packets vanish, connecting ends by its own bound, before the deadline."""
    with full_backlog() as url, open_client(url, connect_s=0.2) as client:
        assert reason(ask(client)) == Reason.ROUTER_UNREACHABLE


def test_the_deadline_counts_while_connecting() -> None:
    """Where the deadline comes before the bound on connecting, it is a time-out."""
    with full_backlog() as url, open_client(url, deadline_s=0.2, connect_s=5) as client:
        assert reason(ask(client)) == Reason.ROUTER_TIMEOUT


def test_a_name_that_does_not_resolve_is_unreachable(monkeypatch: pytest.MonkeyPatch) -> None:
    """A failing name service means unreachable; the test replaces the system call."""

    def fails(*_: Any, **__: Any) -> list[Any]:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", fails)
    with open_client("https://router.invalid") as client:
        answer = failed(ask(client))
        assert (answer.reason, answer.cause) == (Reason.ROUTER_UNREACHABLE, Cause.NAME)


def test_an_unforeseen_exception_is_no_verdict(monkeypatch: pytest.MonkeyPatch) -> None:
    """Any exception, also one that quotes the number, becomes an ordinary failure without the number."""

    def breaks(*_: Any, **__: Any) -> list[Any]:
        raise MemoryError(ANNA)

    with open_client("https://router.invalid", permits=1) as client:
        with monkeypatch.context() as patched:
            patched.setattr(socket, "getaddrinfo", breaks)
            answer = ask(client)
        assert reason(answer) == Reason.ROUTER_ANSWER_UNUSABLE
        assert ANNA not in repr(answer)


def test_no_time_left_means_no_call() -> None:
    """If the deadline has passed already, no call is made."""
    with FaultRouter(good) as router, open_client(router.url) as client:
        answer = client._caller._transport.get(router.url, Deadline.after(0, time.monotonic))
        assert isinstance(answer, RouterFailure)
        assert answer.reason == Reason.ROUTER_TIMEOUT
        assert router.connections == 0


@pytest.fixture(name="hanging_names")
def _hanging_names(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    over = threading.Event()

    def hangs(*_: Any, **__: Any) -> list[Any]:
        over.wait(10)
        raise socket.gaierror(socket.EAI_AGAIN, "Temporary failure in name resolution")

    monkeypatch.setattr(socket, "getaddrinfo", hangs)
    yield
    over.set()


@pytest.mark.usefixtures("hanging_names")
def test_a_hanging_name_service_does_not_block_checks() -> None:
    """Resolving cannot be interrupted: the answer comes without it, and so does the next one."""
    with open_client("https://router.invalid", deadline_s=SHORT_S, permits=1) as client:
        answer = failed(ask(client))
        assert (answer.reason, answer.cause) == (Reason.ROUTER_TIMEOUT, Cause.NAME)
        assert reason(ask(client)) == Reason.ROUTER_TIMEOUT


def test_every_address_of_a_name_is_tried(monkeypatch: pytest.MonkeyPatch) -> None:
    """If the first address of a name has no listener, the second is used."""
    with FaultRouter(good) as router:
        port = int(router.url.rsplit(":", 1)[1])
        found = [
            (socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port)) for address in ("::1", "127.0.0.1")
        ]
        real = socket.getaddrinfo

        def two(host: str, *args: Any, **options: Any) -> list[Any]:
            return found if host == "localhost" else list(real(host, *args, **options))

        monkeypatch.setattr(socket, "getaddrinfo", two)
        with open_client(f"http://localhost:{port}") as client:
            assert isinstance(ask(client), KnownCard)
            assert isinstance(ask(client), KnownCard)
        assert router.connections == 1


def test_an_unknown_certificate_is_unreachable(tmp_path: Path) -> None:
    """A certificate that no known authority signed ends the connection before anything is sent."""
    with FaultRouter(good, certificates.serving(tmp_path)) as router, open_client(router.url) as client:
        answer = failed(ask(client))
        assert (answer.reason, answer.cause) == (Reason.ROUTER_UNREACHABLE, Cause.CERTIFICATE)
        assert router.requests == []


def test_a_certificate_that_ran_out_is_unreachable(tmp_path: Path) -> None:
    """An expired certificate is refused even where its authority is trusted, and our clock is named."""
    tls = certificates.serving_expired(tmp_path)
    with FaultRouter(good, tls) as router, open_client(router.url, ca_file=authority(tmp_path)) as client:
        answer = failed(ask(client))
        assert (answer.reason, answer.cause) == (Reason.ROUTER_UNREACHABLE, Cause.CERTIFICATE)
        assert "clock" in answer.detail
        assert router.requests == []


def test_a_certificate_of_another_host_is_unreachable(tmp_path: Path) -> None:
    """A trusted certificate counts for its own host only."""
    tls = certificates.serving(tmp_path, host="127.0.0.2")
    with FaultRouter(good, tls) as router, open_client(router.url, ca_file=authority(tmp_path)) as client:
        answer = failed(ask(client))
        assert (answer.reason, answer.cause) == (Reason.ROUTER_UNREACHABLE, Cause.CERTIFICATE)
        assert router.requests == []


def test_a_private_authority_is_trusted_if_it_is_set(tmp_path: Path, named: dict[str, str]) -> None:
    """With a certificate in order the card is known, over one connection for two checks."""
    tls = certificates.serving(tmp_path)
    with FaultRouter(good, tls) as router, open_client(router.url, **named) as client:
        assert isinstance(ask(client), KnownCard)
        assert isinstance(ask(client), KnownCard)
        assert router.connections == 1


@pytest.fixture(name="named", params=["ca_file", "SSL_CERT_FILE"])
def _named(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    if request.param == "ca_file":
        return {"ca_file": authority(tmp_path)}
    monkeypatch.setenv(request.param, authority(tmp_path))
    return {}


@pytest.mark.parametrize("script", [black_hole, drips(b"", response(200, b"{}"), every_s=0.1)])
def test_slowness_is_bounded_under_tls_too(tmp_path: Path, script: Script) -> None:
    """Silence and slow headers inside TLS end by the deadline, and the only permit comes back."""
    tls = certificates.serving(tmp_path)
    with (
        FaultRouter(script, tls) as router,
        open_client(router.url, deadline_s=SPARE_S, permits=1, ca_file=authority(tmp_path)) as client,
    ):
        assert reason(ask(client)) == Reason.ROUTER_TIMEOUT
        router.script = good
        assert isinstance(ask(client), KnownCard)


def test_a_handshake_that_never_ends_is_bounded() -> None:
    """A server that speaks no TLS at all, and nothing else either, costs no more than the deadline."""
    with (
        FaultRouter(black_hole) as router,
        open_client(router.url.replace("http:", "https:"), deadline_s=SHORT_S) as client,
    ):
        assert reason(ask(client)) == Reason.ROUTER_TIMEOUT


def test_no_caller_can_switch_verification_off(tmp_path: Path) -> None:
    """Certificates are verified even if code in the router package switches it off by mistake."""
    with FaultRouter(good, certificates.serving(tmp_path)) as router, open_client(router.url) as client:
        client._caller._transport._session.verify = False
        assert reason(ask(client)) == Reason.ROUTER_UNREACHABLE
        assert router.requests == []


def authority(folder: Path) -> str:
    """The file of the authority that signed the certificate in this folder."""
    return str(folder / "cert.pem")
