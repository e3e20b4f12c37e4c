"""The Router's configuration: validated once and frozen; its repr hides the token. And its setting types."""

from __future__ import annotations

import ipaddress
import re
import ssl
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated
from urllib.parse import quote, urlsplit

from pydantic import AfterValidator, BeforeValidator, SecretStr

from validator.router.route import Proxy, add_authorities
from validator.version import PRODUCT

if TYPE_CHECKING:
    from scanner.escn import Escn

_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_BASE = re.compile(
    rf"https?://(?:{_LABEL}(?:\.{_LABEL})*|\[[0-9A-Fa-f:.]+\])(?::[0-9]{{1,5}})?(?:/[A-Za-z0-9._~-]+)*"
)
_PORTS = {"https": 443, "http": 80}
_TOKEN = re.compile(r"[!-~]+")
# No brackets, quotes or backslash: they end a comment of the header (RFC 9110, 5.6.5).
_CONTACT = re.compile(r"(?:https?://|(?:mailto:)?[\w.+-]{1,64}@)[A-Za-z0-9._~:/?&=#%+-]{3,200}", re.ASCII)


class Endpoint(StrEnum):
    """The two endpoints that need no key (protocol.md §3.3); no other path is ever requested."""

    STATUS_V2 = "status-v2"
    VERIFIER = "verifier"


_PATHS = {
    Endpoint.STATUS_V2: ("/esc-rest/api/v2/cards/", "/status"),
    Endpoint.VERIFIER: ("/esc-verifier-service/api/v1/cards/verify/", ""),
}


@dataclass(frozen=True, slots=True)
class RouterConfig:
    """Where and how the Router is called, in seconds and bytes. Raises ValueError for unsafe values.

    `calls_per_s` 0 means no limit. `permits` is how many calls run at once. Without the breaker, failures
    never stop later calls. The certificate authorities in `ca_file` are trusted too.
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
    user_agent: str = PRODUCT
    proxy: Proxy | None = None
    ca_file: str | None = None

    def __post_init__(self) -> None:
        if not _BASE.fullmatch(self.base_url) or not _is_safe(self.base_url):
            raise ValueError("the Router's address must be https://host, or http:// on a loopback host")
        if not self.order or len(set(self.order)) != len(self.order):
            raise ValueError("name at least one of the Router's endpoints, each at most once")
        if self.token is not None and not _TOKEN.fullmatch(self.token):
            raise ValueError("the Router's token must be printable ASCII without blanks")
        if min(self.deadline_s, self.connect_s, self.max_body, self.permits) <= 0:
            raise ValueError("the Router's deadline, connect time, body bound and permits must be above zero")

    @property
    def order(self) -> tuple[Endpoint, ...]:
        """The endpoints in the order in which to call them; raises ValueError for an unknown name."""
        return tuple(Endpoint(name) for name in self.endpoints)

    @property
    def identity(self) -> str:
        """Identifies this Router: scheme, host, port and path of its address, normalised.

        Token and endpoints are not part of it: the same Router answers.
        """
        parts = urlsplit(self.base_url)
        port = parts.port or _PORTS[parts.scheme]
        host = f"[{parts.hostname}]" if ":" in (parts.hostname or "") else parts.hostname
        return f"{parts.scheme}://{host}:{port}{parts.path.rstrip('/')}"

    def address(self, endpoint: Endpoint, escn: Escn) -> str:
        """The address for this card: base, fixed path, quoted number. No other address is ever requested."""
        before, after = _PATHS[endpoint]
        return f"{self.base_url}{before}{quote(escn.value, safe='')}{after}"


def is_loopback(host: str) -> bool:
    """Whether this host name or address is this machine itself."""
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


def _check_address(value: str) -> str:
    address = value.rstrip("/")
    RouterConfig(base_url=address)
    return address


def _check_token(value: SecretStr) -> SecretStr:
    RouterConfig(base_url="https://router.invalid", token=value.get_secret_value())
    return value


def _parse_proxy(value: object) -> object:
    return Proxy.parse(value, "ESCV_ROUTER_PROXY") if isinstance(value, str) else value


def _check_ca_file(value: str) -> str:
    add_authorities(ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT), value)
    return value


def _check_contact(value: str) -> str:
    if not _CONTACT.fullmatch(value):
        raise ValueError(
            "must be an e-mail address or a web address without blanks, such as it-support@example.edu"
        )
    return value


def user_agent(contact: str | None) -> str:
    """The name of this program for the Router's operators, with the contact of this site."""
    return f"{PRODUCT} (+{contact})" if contact else PRODUCT


RouterAddress = Annotated[str, AfterValidator(_check_address)]
RouterToken = Annotated[SecretStr, AfterValidator(_check_token)]
RouterProxy = Annotated[Proxy, BeforeValidator(_parse_proxy)]
RouterCaFile = Annotated[str, AfterValidator(_check_ca_file)]
Contact = Annotated[str, AfterValidator(_check_contact)]
