"""Reads a certificate that was not accepted, so that an operator learns who issued it and when it ends.

A handshake without verification; nothing is sent over the connection, and nothing is read from it.
"""

from __future__ import annotations

import base64
import http.client
import ssl
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from validator.router.route import certificates

if TYPE_CHECKING:
    from datetime import datetime

    from validator.router.config import RouterConfig
    from validator.router.route import Proxy

MOST_CHARACTERS = 80


@dataclass(frozen=True, slots=True)
class ServerCertificate:
    """`code` is OpenSSL's number for the fault (X509_V_ERR_…), 0 for none. `issuer` is as it names itself."""

    code: int
    issuer: str
    starts: datetime
    ends: datetime


def server_certificate(config: RouterConfig) -> ServerCertificate | None:
    """The certificate shown in the Router's name; None if it cannot be read."""
    # Imported here: only this fault needs it.
    from cryptography import x509  # noqa: PLC0415

    unverified = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    unverified.check_hostname = False
    unverified.verify_mode = ssl.CERT_NONE
    try:
        code = _verify_code(config)
        found = x509.load_der_x509_certificate(_shown(config, unverified))
    except (OSError, ValueError, http.client.HTTPException):
        return None
    issuer = found.issuer.rfc4514_string()
    readable = "".join(letter if letter.isprintable() else "?" for letter in issuer[:MOST_CHARACTERS])
    return ServerCertificate(code, readable, found.not_valid_before_utc, found.not_valid_after_utc)


def _verify_code(config: RouterConfig) -> int:
    try:
        _shown(config, certificates(config.ca_file)[0])
    except ssl.SSLCertVerificationError as error:
        return error.verify_code
    return 0


def _shown(config: RouterConfig, tls: ssl.SSLContext) -> bytes:
    """The certificate as bytes, directly or through the proxy."""
    router = urlsplit(config.base_url)
    name, port = router.hostname or "", router.port or 443
    if config.proxy is None:
        connection = http.client.HTTPSConnection(name, port, timeout=config.connect_s, context=tls)
    else:
        proxy = urlsplit(config.proxy.address)
        connection = http.client.HTTPSConnection(
            proxy.hostname or "", proxy.port, timeout=config.connect_s, context=tls
        )
        connection.set_tunnel(name, port, _login(config.proxy))
    try:
        connection.connect()
        shown: bytes | None = connection.sock.getpeercert(binary_form=True)
        return shown or b""
    finally:
        connection.close()


def _login(proxy: Proxy) -> dict[str, str]:
    parts = urlsplit(proxy.address)
    if parts.username is None:
        return {}
    pair = f"{unquote(parts.username)}:{unquote(parts.password or '')}"
    return {"Proxy-Authorization": f"Basic {base64.b64encode(pair.encode()).decode()}"}
