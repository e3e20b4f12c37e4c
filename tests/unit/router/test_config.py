"""What the router room refuses to be configured with, and where it asks."""

from __future__ import annotations

import pytest

from scanner.escn import Escn
from tests.support.cards import ANNA
from validator.router.config import Endpoint, RouterConfig

SAFE = (
    "https://router.europeanstudentcard.eu",
    "https://router.example:8443",
    "https://router.example/mirror/of-it",
    "http://127.0.0.1:8000",
    "http://127.8.9.1",
    "http://localhost:5000",
    "http://[::1]:5000",
)
UNSAFE = (
    "http://router.europeanstudentcard.eu",
    "http://localhost.example",
    "http://127.0.0.1.example",
    "http://10.0.0.1",
    "http://[::2]",
    "https://",
    "https://user@router.example",
    "https://router.example?x=",
    "https://router.example#x",
    "https://router.example/a/",
    "https://router.example/../x?",
    "https://router.example\\@evil.example",
    "https://router.example\n",
    "https://router.example:99999",
    "https://[::g]",
    "https://a..b",
    "https://-router.example",
    f"https://{'a' * 64}.example",
    "ftp://router.example",
    "//router.example",
    "",
)


@pytest.mark.parametrize("url", SAFE)
def test_https_anywhere_and_http_at_home_are_taken(url: str) -> None:
    """The Router is asked over TLS; plain HTTP is for a loopback host."""
    assert RouterConfig(url).base_url == url


@pytest.mark.parametrize("url", UNSAFE)
def test_any_other_address_is_refused(url: str) -> None:
    """No clear text over a network, and no address that two parsers could read differently."""
    with pytest.raises(ValueError, match="must be https://host"):
        RouterConfig(url)


@pytest.mark.parametrize("endpoints", [(), ("verifier", "verifier"), ("status-v1",), ("",)])
def test_the_endpoints_are_the_two_known_ones(endpoints: tuple[str, ...]) -> None:
    """One or both of the two endpoints, each once."""
    with pytest.raises(ValueError, match=r"endpoints|Endpoint"):
        RouterConfig("https://router.example", endpoints)


@pytest.mark.parametrize("name", ["deadline_s", "connect_s", "max_body", "permits"])
def test_bounds_are_above_zero(name: str) -> None:
    """A bound of nothing would answer nothing."""
    with pytest.raises(ValueError, match="above zero"):
        RouterConfig("https://router.example", **{name: 0})  # type: ignore[arg-type]  # one name at a time


def test_the_addresses_are_these_two() -> None:
    """The base, a fixed path and the number: protocol.md §3.3."""
    config = RouterConfig("https://router.example/base")
    anna = Escn.parse(ANNA)
    assert config.address(Endpoint.STATUS_V2, anna) == (
        f"https://router.example/base/esc-rest/api/v2/cards/{ANNA}/status"
    )
    assert config.address(Endpoint.VERIFIER, anna) == (
        f"https://router.example/base/esc-verifier-service/api/v1/cards/verify/{ANNA}"
    )
