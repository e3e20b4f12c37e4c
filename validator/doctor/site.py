"""Asks our own public address, as a browser would, for what the server in front changes. Sends no cookie."""

from __future__ import annotations

import http.client
import ssl
from contextlib import closing
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from validator.doctor.site_findings import SiteFacts

if TYPE_CHECKING:
    from collections.abc import Mapping

ANSWER_S = 2.0
MOST_BYTES = 64 * 1024
# Names that only this check uses: an answer with them was made from a header of the client.
PREFIX, HOST = "/doctor-check", "doctor-check.invalid"
POLICY, HSTS = "Content-Security-Policy", "Strict-Transport-Security"


class Unreachable(Exception):
    """There was no answer; the message says why in a word or two."""


@dataclass(frozen=True, slots=True)
class _Answer:
    status: int
    policies: int
    has_hsts: bool
    body: str


def site_facts(url: str, tls: ssl.SSLContext) -> SiteFacts:
    """What our pages look like from here, asked at this address; some four short requests."""
    try:
        plain = _ask(url, "/login", tls)
        live = _ask(url, "/livez", tls)
        named = _ask(url, "/login", tls, {"X-Forwarded-Prefix": PREFIX, "X-Forwarded-Proto": "http"})
        other = _ask(url, "/livez", tls, {"Host": HOST})
    except ssl.SSLCertVerificationError:
        return SiteFacts(url, is_certificate_accepted=False)
    except (OSError, http.client.HTTPException, Unreachable) as error:
        return SiteFacts(url, fault=type(error).__name__)
    return SiteFacts(
        url,
        status=live.status,
        policies=plain.policies,
        is_seen_as_https=plain.has_hsts,
        passes_prefix=f"{PREFIX}/" in named.body,
        passes_scheme=plain.has_hsts and not named.has_hsts,
        answers_other_hosts=other.status < http.client.BAD_REQUEST,
    )


def _ask(url: str, path: str, tls: ssl.SSLContext, headers: Mapping[str, str] | None = None) -> _Answer:
    parts = urlsplit(url)
    host, port = parts.hostname or "", parts.port
    connection: http.client.HTTPConnection
    if parts.scheme == "https":
        connection = http.client.HTTPSConnection(host, port, timeout=ANSWER_S, context=tls)
    else:
        connection = http.client.HTTPConnection(host, port, timeout=ANSWER_S)
    with closing(connection):
        connection.request("GET", parts.path.rstrip("/") + path, headers=dict(headers or {}))
        answer = connection.getresponse()
        return _Answer(
            status=answer.status,
            policies=len(answer.headers.get_all(POLICY, [])),
            has_hsts=answer.headers.get(HSTS) is not None,
            body=answer.read(MOST_BYTES).decode("utf-8", errors="replace"),
        )
