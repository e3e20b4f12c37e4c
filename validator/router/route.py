"""The route to the Router: direct or through a web proxy, and the trusted certificate authorities."""

from __future__ import annotations

import os
import re
import ssl
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Self
from urllib.parse import urlsplit

from requests import adapters
from requests.utils import should_bypass_proxies

if TYPE_CHECKING:
    from collections.abc import Mapping

    from validator.router.config import RouterConfig

_PORTS = {"http": 80, "https": 443}
# HTTPS_PROXY is among them for a Router that NO_PROXY excludes.
_OTHER_VARIABLES = (
    "https_proxy", "HTTPS_PROXY", "http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY",
)  # fmt: skip
_APT = re.compile(r"^\s*Acquire::https?::Proxy\s+\"([^\"\n]{1,300})\"", re.IGNORECASE | re.MULTILINE)
_EXAMPLE = "http://proxy.example.org:3128"


class UnusableProxyError(Exception):
    """HTTPS_PROXY cannot be used. The message says what to do and quotes nothing."""


@dataclass(frozen=True, slots=True)
class Proxy:
    """A web proxy and the variable that set it. `address` may hold a password, `public_address` does not."""

    address: str = field(repr=False)
    variable: str

    @classmethod
    def parse(cls, text: str, variable: str) -> Self:
        """The proxy at this http(s) address; raises ValueError for other text, without quoting it."""
        address = text.strip()
        # Other programs also accept a bare host and port.
        address = address if "://" in address else f"http://{address}"
        try:
            parts = urlsplit(address)
            is_valid = bool(parts.hostname) and parts.port != 0 and parts.path in {"", "/"}
        except ValueError:
            is_valid = False
        if not is_valid or parts.scheme not in _PORTS or parts.query or parts.fragment:
            raise ValueError(f"must be a web proxy’s http(s) address such as {_EXAMPLE}")
        return cls(address.rstrip("/"), variable)

    @property
    def public_address(self) -> str:
        """Scheme, host and port, without name and password."""
        parts = urlsplit(self.address)
        host = f"[{parts.hostname}]" if ":" in (parts.hostname or "") else parts.hostname
        return f"{parts.scheme}://{host}:{parts.port or _PORTS[parts.scheme]}"


def environment_proxy(base_url: str, environ: Mapping[str, str]) -> Proxy | None:
    """The proxy that HTTPS_PROXY sets for this address, unless NO_PROXY excludes it.

    Only for https: an http address is on this machine. Raises UnusableProxyError.
    """
    names = [name for name in ("https_proxy", "HTTPS_PROXY") if environ.get(name, "").strip()]
    if not names or not base_url.startswith("https:"):
        return None
    excluded = environ.get("no_proxy") or environ.get("NO_PROXY") or ""
    if should_bypass_proxies(base_url, excluded):
        return None
    try:
        return Proxy.parse(environ[names[0]], names[0])
    except ValueError as error:
        advice = "correct it, set ESCV_ROUTER_PROXY, or name the Router’s host in NO_PROXY"
        raise UnusableProxyError(f"{names[0]} {error}: {advice}") from None


def other_proxies(base_url: str, environ: Mapping[str, str], apt: str) -> list[Proxy]:
    """Proxies that this machine has for other purposes; `apt` is the text of apt's configuration.

    Only for https: an http address is on this machine. What cannot be read is left out.
    """
    if not base_url.startswith("https:"):
        return []
    named = [(name, environ.get(name, "")) for name in _OTHER_VARIABLES]
    named += [("apt’s configuration", text) for text in _APT.findall(apt)]
    found: dict[str, Proxy] = {}
    for name, text in named:
        with suppress(ValueError):
            if text.strip():
                proxy = Proxy.parse(text, name)
                found.setdefault(proxy.address, proxy)
    return list(found.values())


def describe_route(config: RouterConfig) -> dict[str, str]:
    """How the Router is reached, for the log; without a proxy's user name and password."""
    proxy = config.proxy
    shown = f"{proxy.public_address} ({proxy.variable})" if proxy else "none"
    route = {"router": config.identity, "proxy": shown}
    if config.base_url.startswith("https:"):
        route["authorities"] = certificates(config.ca_file)[1]
    return route


def certificates(ca_file: str | None) -> tuple[ssl.SSLContext, str]:
    """The TLS context that verifies the Router's certificate, and a description of the trusted authorities.

    They are those of SSL_CERT_FILE and SSL_CERT_DIR if set, else the system's, else those of Requests; and in
    addition those of `ca_file`. Raises ValueError if `ca_file` holds no certificate.
    """
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    # The default from Python 3.13: an operator may have only an intermediate authority, not its root.
    context.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN
    paths = ssl.get_default_verify_paths()
    named = [name for name in (paths.openssl_cafile_env, paths.openssl_capath_env) if os.environ.get(name)]
    if named or _system_has_any(paths):
        context.set_default_verify_paths()
        words = " and ".join(named) or "the system’s store"
    else:
        context.load_verify_locations(cafile=adapters.DEFAULT_CA_BUNDLE_PATH)
        words = "the list that comes with Requests"
    if ca_file is None:
        return context, words
    add_authorities(context, ca_file)
    return context, f"{words}, and ESCV_ROUTER_CA_FILE"


def add_authorities(context: ssl.SSLContext, ca_file: str) -> None:
    """Trust the authorities of this PEM file too; raises ValueError if it holds none."""
    before = context.cert_store_stats()["x509"]
    try:
        context.load_verify_locations(cafile=ca_file)
    except (OSError, ValueError):
        raise ValueError("must name a readable file with certificates in PEM form") from None
    if context.cert_store_stats()["x509"] == before:
        raise ValueError("names a file that holds no certificate")


def certificate_setting_errors(base_url: str, environ: Mapping[str, str]) -> list[str]:
    """Errors in SSL_CERT_FILE: OpenSSL ignores an unreadable file, and then no certificate is trusted."""
    name = ssl.get_default_verify_paths().openssl_cafile_env
    file = Path(environ.get(name, ""))
    if not environ.get(name) or not base_url.startswith("https:"):
        return []
    if file.is_file() and os.access(file, os.R_OK):
        return []
    return [f"{name} names a file that cannot be read: correct it or leave it out"]


def _system_has_any(paths: ssl.DefaultVerifyPaths) -> bool:
    """A minimal Debian has an empty folder and no file."""
    return Path(paths.openssl_cafile).is_file() or any(Path(paths.openssl_capath).glob("*.[0-9]"))
