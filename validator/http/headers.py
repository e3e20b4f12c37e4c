"""The headers of every response, errors and static files included, and the compression of its body.

No Cross-Origin-Embedder-Policy: our decoder needs no threads that share memory, so pages are not isolated.
"""

from __future__ import annotations

import gzip
from typing import TYPE_CHECKING

from flask import current_app, request, session

if TYPE_CHECKING:
    from flask import Flask, Response
    from werkzeug.datastructures import Headers

CONTENT_SECURITY_POLICY = (
    "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; img-src 'self' data: blob:; "
    "connect-src 'self'; worker-src 'self'; manifest-src 'self'; media-src 'self' blob:; "
    "base-uri 'none'; form-action 'self'; frame-ancestors 'none'; "
    "require-trusted-types-for 'script'; trusted-types esc"
)
# A file is no page: opened by itself it may do nothing. A worker is governed by the policy of its own script.
FILE_POLICY = "default-src 'none'; frame-ancestors 'none'"
WORKERS = frozenset({"js/decoder/worker.js"})
ALWAYS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
    # Not no-referrer: with it browsers send "Origin: null" on our own forms, and one that sends no
    # Sec-Fetch-Site could not be distinguished from another site's page (origin.py).
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
}
# A year, which is what the lists of browsers ask for; sent over TLS only, as the RFC (6797, 7.2) wants it.
HTTPS_ONLY = "max-age=31536000"
# Only where a camera is pointed at cards: the two scanning pages, and their empty forms that an app keeps.
WITH_CAMERA = frozenset({"web.scan", "web.scan_photo", "web.kiosk", "web.shell"})
CAMERA_POLICY = "camera=(self), microphone=(), geolocation=()"
# The address of a static file names its version, so it may be kept for good.
STATIC_AGE_S = 31_536_000
# A smaller body fits one network packet anyway.
LEAST_COMPRESSED_BYTES = 1_200
COMPRESSION_LEVEL = 5
COMPRESSED_TYPES = frozenset(
    {"text/html", "application/json", "text/javascript", "application/manifest+json"}
)
KEPT = frozenset({"static", "web.messages"})


def init_app(app: Flask) -> None:
    """Compress each response, then add its headers. Flask calls the last one first."""
    app.after_request(_harden)
    app.after_request(_compress)


def _harden(response: Response) -> Response:
    endpoint = request.endpoint
    if endpoint == "static" and (request.view_args or {}).get("filename") not in WORKERS:
        response.headers["Content-Security-Policy"] = FILE_POLICY
    if endpoint in WITH_CAMERA:
        response.headers["Permissions-Policy"] = CAMERA_POLICY
    _add_missing(response.headers, ALWAYS)
    if request.is_secure:
        # Other hosts below this name are not ours to decide about, unless the operator says so.
        more = "; includeSubDomains" if current_app.config["HSTS_SUBDOMAINS"] else ""
        response.headers.setdefault("Strict-Transport-Security", HTTPS_ONLY + more)
    if endpoint in KEPT and response.status_code < 400:  # noqa: PLR2004 - the first error status
        response.headers["Cache-Control"] = f"public, max-age={STATIC_AGE_S}, immutable"
        # Flask-Login looks into every session; what is the same for everybody must not vary by cookie.
        session.accessed = False
    else:
        response.headers["Cache-Control"] = "no-store"
    return response


def _add_missing(headers: Headers, values: dict[str, str]) -> None:
    """Like `setdefault` for each of them, which would read all headers for each."""
    present = {name.lower() for name in headers.keys()}  # noqa: SIM118 - iterating gives pairs
    for name, value in values.items():
        if name.lower() not in present:
            headers.add(name, value)


def _compress(response: Response) -> Response:
    if response.mimetype not in COMPRESSED_TYPES or response.direct_passthrough:
        return response
    body = response.get_data()
    if 0 < len(body) < LEAST_COMPRESSED_BYTES:
        return response
    response.vary.add("Accept-Encoding")
    if "Content-Encoding" not in response.headers and request.accept_encodings["gzip"]:
        response.set_data(gzip.compress(body, COMPRESSION_LEVEL, mtime=0))
        response.headers["Content-Encoding"] = "gzip"
    return response
