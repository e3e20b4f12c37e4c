"""Which way leads to the Router: directly or through a web proxy, and which certificate authorities count."""

from __future__ import annotations

import os
import ssl
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
_EXAMPLE = "http://proxy.example.org:3128"


class UnusableProxyError(Exception):
    """HTTPS_PROXY cannot be used; the message says what to do and quotes nothing."""


@dataclass(frozen=True, slots=True)
class Proxy:
    """A web proxy, and the variable that named it. Its address may hold a password, `shown` does not."""

    address: str = field(repr=False)
    named_by: str

    @classmethod
    def named(cls, text: str, named_by: str) -> Self:
        """The proxy at this http(s) address; raises ValueError for any other text, which is not quoted."""
        address = text.strip()
        # Other programs take a bare host and port too.
        address = address if "://" in address else f"http://{address}"
        try:
            parts = urlsplit(address)
            is_plain = bool(parts.hostname) and parts.port != 0 and parts.path in {"", "/"}
        except ValueError:
            is_plain = False
        if not is_plain or parts.scheme not in _PORTS or parts.query or parts.fragment:
            raise ValueError(f"must be a web proxy’s http(s) address such as {_EXAMPLE}")
        return cls(address.rstrip("/"), named_by)

    @property
    def shown(self) -> str:
        """Scheme, host and port, without name and password."""
        parts = urlsplit(self.address)
        host = f"[{parts.hostname}]" if ":" in (parts.hostname or "") else parts.hostname
        return f"{parts.scheme}://{host}:{parts.port or _PORTS[parts.scheme]}"


def environment_proxy(base_url: str, environ: Mapping[str, str]) -> Proxy | None:
    """The proxy that HTTPS_PROXY names for this address, unless NO_PROXY excepts it.

    Only for https: an http address is on this very machine. Raises UnusableProxyError.
    """
    names = [name for name in ("https_proxy", "HTTPS_PROXY") if environ.get(name, "").strip()]
    if not names or not base_url.startswith("https:"):
        return None
    excepted = environ.get("no_proxy") or environ.get("NO_PROXY") or ""
    if should_bypass_proxies(base_url, excepted):
        return None
    try:
        return Proxy.named(environ[names[0]], names[0])
    except ValueError as fault:
        advice = "correct it, set ESCV_ROUTER_PROXY, or name the Router’s host in NO_PROXY"
        raise UnusableProxyError(f"{names[0]} {fault}: {advice}") from None


def way(config: RouterConfig) -> dict[str, str]:
    """What is used to reach the Router, for the log; no name and no password of a proxy."""
    proxy = config.proxy
    said = {"router": config.identity, "proxy": f"{proxy.shown} ({proxy.named_by})" if proxy else "none"}
    if config.base_url.startswith("https:"):
        said["authorities"] = certificates(config.ca_file)[1]
    return said


def certificates(ca_file: str | None) -> tuple[ssl.SSLContext, str]:
    """What verifies the Router's certificate, and in words whose authorities count.

    Those of SSL_CERT_FILE and SSL_CERT_DIR where they are set, else the system's, else those that come with
    Requests; and beside them those of `ca_file`. Raises ValueError where `ca_file` holds no certificate.
    """
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    # As Python 3.13 has it: an operator may have an authority in between only, not the one above it.
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
    """Let the authorities of this PEM file count too; raises ValueError where it holds none."""
    before = context.cert_store_stats()["x509"]
    try:
        context.load_verify_locations(cafile=ca_file)
    except (OSError, ValueError):
        raise ValueError("must name a readable file with certificates in PEM form") from None
    if context.cert_store_stats()["x509"] == before:
        raise ValueError("names a file that holds no certificate")


def authority_faults(base_url: str, environ: Mapping[str, str]) -> list[str]:
    """What is wrong with SSL_CERT_FILE: OpenSSL would pass over it, and no certificate would be trusted."""
    name = ssl.get_default_verify_paths().openssl_cafile_env
    file = Path(environ.get(name, ""))
    if not environ.get(name) or not base_url.startswith("https:"):
        return []
    if file.is_file() and os.access(file, os.R_OK):
        return []
    return [f"{name} names a file that cannot be read: correct it or leave it out"]


def _system_has_any(paths: ssl.DefaultVerifyPaths) -> bool:
    """A bare Debian has an empty folder and no file."""
    return Path(paths.openssl_cafile).is_file() or any(Path(paths.openssl_capath).glob("*.[0-9]"))
