"""Whether a browser came over plain http, on which it cannot stay signed in and gets no camera.

The application may stand behind a proxy that ends TLS without saying so. Everything here chooses words only:
it opens nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from validator.router.config import is_loopback

if TYPE_CHECKING:
    from werkzeug.datastructures import Headers

# Browsers send these over https and to their own machine only.
_FETCH_METADATA = "Sec-Fetch-Site"


def seems_plain(scheme: str, host: str, headers: Headers) -> bool:
    """Whether a page was most likely opened with http:// from another machine; `host` may have a port.

    An old browser behind a proxy that passes nothing on is the one that is taken for it wrongly.
    """
    if scheme == "https" or is_own_machine(host) or _FETCH_METADATA in headers:
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
