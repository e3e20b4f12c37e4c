"""Where a request comes from: refuses changes that another site causes, and notices plain http.

Cross-site requests: the rule is that of Go 1.25's http.CrossOriginProtection and of OWASP's CSRF cheat sheet
(Fetch Metadata). Sec-Fetch-Site decides; where a browser is too old to send it, Origin decides. There are no
form tokens, because they become stale in cached pages.

Plain http: a browser cannot stay signed in on it and gets no camera. The application may stand behind a proxy
that ends TLS without a header that says so. So the answer only chooses texts and grants nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import structlog
from flask import request
from werkzeug.exceptions import Forbidden

from validator.error_words import OTHER_SITE
from validator.router.config import is_loopback

if TYPE_CHECKING:
    from flask import Flask
    from werkzeug.datastructures import Headers

log = structlog.get_logger(__name__)
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
DEFAULT_PORTS = {"http": 80, "https": 443}


class CrossSiteRefused(Forbidden):
    """Another site's page asked for a change here."""

    description = f"{OTHER_SITE.text} {OTHER_SITE.next_step}"


def is_same_origin(method: str, host: str, fetch_site: str | None, origin: str | None) -> bool:
    """Whether a request may change something; `host` is the one this request was sent to, port included."""
    if method in SAFE_METHODS:
        return True
    if fetch_site is not None:
        # "none" is an action of the user, such as a reload; "same-site" may be another owner's domain.
        return fetch_site in {"same-origin", "none"}
    # Neither header: no browser sent this, and only a browser adds a cookie to another site's request.
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
    """Check every request before any other handler."""
    app.before_request(_refuse_other_sites)


def _refuse_other_sites() -> None:
    headers = request.headers
    fetch_site, origin = headers.get("Sec-Fetch-Site"), headers.get("Origin")
    if not is_same_origin(request.method, request.host, fetch_site, origin):
        log.warning("other_site_refused", endpoint=request.endpoint, why=_why(fetch_site, origin))
        raise CrossSiteRefused


def _why(fetch_site: str | None, origin: str | None) -> str:
    """For the log. An old browser behind a proxy that changes Host gets the last text, too."""
    if fetch_site is not None:
        return "Sec-Fetch-Site names another site"
    return "Origin is null" if origin == "null" else "Origin names another host than Host does"


def seems_plain(scheme: str, host: str, headers: Headers) -> bool:
    """Whether a page was most likely opened with http:// from another machine; `host` may have a port.

    Wrong only for an old browser behind a proxy that forwards no scheme.
    """
    # Browsers send Sec-Fetch-Site over https and to their own machine only.
    if scheme == "https" or is_own_machine(host) or "Sec-Fetch-Site" in headers:
        return False
    return "https" not in headers.get("X-Forwarded-Proto", "") + headers.get("Forwarded", "")


def is_plain_form(origin: str | None) -> bool:
    """Whether a form was certainly sent from an http:// page of another machine: its Origin says so."""
    scheme, _, host = (origin or "").partition("://")
    return scheme == "http" and not is_own_machine(host)


def host_name(host: str) -> str:
    """The name or address without its port; an IPv6 address keeps its brackets. Empty where it is neither."""
    try:
        name = urlsplit(f"//{host}").hostname or ""
    except ValueError:
        return ""
    return f"[{name}]" if ":" in name else name


def is_own_machine(host: str) -> bool:
    """Whether a browser treats this host as its own machine, and so as secure; it may have a port."""
    name = host_name(host).strip("[]")
    return is_loopback(name) or name.endswith(".localhost")
