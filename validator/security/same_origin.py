"""Refuses changes that another site talks a browser into; no form tokens, as they go stale in cached pages.

The rule is that of Go 1.25's http.CrossOriginProtection and of OWASP's CSRF cheat sheet (Fetch Metadata):
Sec-Fetch-Site decides, and where a browser is too old to send it, Origin does.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import structlog
from flask import request
from werkzeug.exceptions import Forbidden

from validator.error_words import OTHER_SITE

if TYPE_CHECKING:
    from flask import Flask

log = structlog.get_logger(__name__)
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
DEFAULT_PORTS = {"http": 80, "https": 443}


class CrossSiteRefused(Forbidden):
    """Another site's page asked for a change here."""

    description = f"{OTHER_SITE.text} {OTHER_SITE.next_step}"


def comes_from_us(method: str, host: str, fetch_site: str | None, origin: str | None) -> bool:
    """Whether a request may change something; `host` is the one this request was sent to, port included."""
    if method in SAFE_METHODS:
        return True
    if fetch_site is not None:
        # "none" is the person's own doing, such as a reload; "same-site" may be anybody's sibling domain.
        return fetch_site in {"same-origin", "none"}
    # Neither header: no browser sent this, and only a browser can be talked into using somebody's cookie.
    return origin is None or _names_host(origin, host)


def _names_host(origin: str, host: str) -> bool:
    """Compare host and port only: behind a proxy our own scheme may be unknown."""
    try:
        theirs = urlsplit(origin)
        default = DEFAULT_PORTS[theirs.scheme]
        ours = urlsplit(f"//{host}")
        same_port = (theirs.port or default) == (ours.port or default)
    except (ValueError, KeyError):
        # "null" of a sandboxed frame, a port that is no number, a scheme that is not the web's.
        return False
    return same_port and theirs.hostname is not None and theirs.hostname == ours.hostname


def init_app(app: Flask) -> None:
    """Check every request before anything else looks at it."""
    app.before_request(_refuse_other_sites)


def _refuse_other_sites() -> None:
    headers = request.headers
    fetch_site, origin = headers.get("Sec-Fetch-Site"), headers.get("Origin")
    if not comes_from_us(request.method, request.host, fetch_site, origin):
        log.warning("other_site_refused", endpoint=request.endpoint, why=_why(fetch_site, origin))
        raise CrossSiteRefused


def _why(fetch_site: str | None, origin: str | None) -> str:
    """For the operator. The last is also what every old browser meets behind a proxy that changes Host."""
    if fetch_site is not None:
        return "Sec-Fetch-Site names another site"
    return "Origin is null" if origin == "null" else "Origin names another host than Host does"
