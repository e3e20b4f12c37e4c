"""How to reach the Router: checked once, frozen, and silent about the token."""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING
from urllib.parse import quote, urlsplit

if TYPE_CHECKING:
    from scanner.escn import Escn
    from validator.router.route import Proxy

_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_BASE = re.compile(
    rf"https?://(?:{_LABEL}(?:\.{_LABEL})*|\[[0-9A-Fa-f:.]+\])(?::[0-9]{{1,5}})?(?:/[A-Za-z0-9._~-]+)*"
)
_PORTS = {"https": 443, "http": 80}
_TOKEN = re.compile(r"[!-~]+")


class Endpoint(StrEnum):
    """The two ways of asking without a key (protocol.md §3.3); no other path is ever requested."""

    STATUS_V2 = "status-v2"
    VERIFIER = "verifier"


_PATHS = {
    Endpoint.STATUS_V2: ("/esc-rest/api/v2/cards/", "/status"),
    Endpoint.VERIFIER: ("/esc-verifier-service/api/v1/cards/verify/", ""),
}


@dataclass(frozen=True, slots=True)
class RouterConfig:
    """Where and how the Router is asked; seconds and bytes throughout. Raises ValueError for what is unsafe.

    `calls_per_s` 0 means no ceiling. `permits` bounds the calls that run at once. Without the breaker every
    card is asked about, however the ones before fared. The authorities in `ca_file` count too.
    """

    base_url: str
    endpoints: tuple[str, ...] = (Endpoint.STATUS_V2, Endpoint.VERIFIER)
    deadline_s: float = 2.5
    connect_s: float = 0.8
    token: str | None = field(default=None, repr=False)
    max_body: int = 64 * 1024
    permits: int = 14
    permit_wait_s: float = 0.1
    calls_per_s: float = 0.0
    keep_display_name: bool = False
    has_breaker: bool = True
    user_agent: str = "esc-validator"
    proxy: Proxy | None = None
    ca_file: str | None = None

    def __post_init__(self) -> None:
        if not _BASE.fullmatch(self.base_url) or not _is_safe(self.base_url):
            raise ValueError("the Router's address must be https://host, or http:// on a loopback host")
        if not self.order or len(set(self.order)) != len(self.order):
            raise ValueError("name each of the Router's endpoints at most once, and at least one")
        if self.token is not None and not _TOKEN.fullmatch(self.token):
            raise ValueError("the Router's token must be printable ASCII without blanks")
        if min(self.deadline_s, self.connect_s, self.max_body, self.permits) <= 0:
            raise ValueError("the Router's deadline, connect time, body bound and permits must be above zero")

    @property
    def order(self) -> tuple[Endpoint, ...]:
        """The endpoints in the order to ask them; raises ValueError for a name that is none."""
        return tuple(Endpoint(name) for name in self.endpoints)

    @property
    def identity(self) -> str:
        """Which Router this is: scheme, host, port and path of its address, however they are written.

        Neither the token nor the endpoints are part of it: the same Router answers.
        """
        parts = urlsplit(self.base_url)
        port = parts.port or _PORTS[parts.scheme]
        host = f"[{parts.hostname}]" if ":" in (parts.hostname or "") else parts.hostname
        return f"{parts.scheme}://{host}:{port}{parts.path.rstrip('/')}"

    def address(self, endpoint: Endpoint, escn: Escn) -> str:
        """The only addresses that are ever asked: the base, a fixed path, and the quoted number."""
        before, after = _PATHS[endpoint]
        return f"{self.base_url}{before}{quote(escn.value, safe='')}{after}"


def is_loopback(host: str) -> bool:
    """Whether this host name or address is this very machine."""
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _is_safe(base_url: str) -> bool:
    try:
        parts = urlsplit(base_url)
        _ = parts.port
    except ValueError:
        return False
    return parts.scheme == "https" or is_loopback(parts.hostname or "")
