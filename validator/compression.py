"""Pages and JSON travel compressed, made anew for each answer: they are small, or differ for everybody."""

from __future__ import annotations

import gzip
from typing import TYPE_CHECKING

from flask import request

if TYPE_CHECKING:
    from flask import Flask, Response

# Under one network packet nothing is won.
LEAST_BYTES = 1_200
LEVEL = 5
_TYPES = frozenset({"text/html", "application/json", "text/javascript", "application/manifest+json"})


def init_app(app: Flask) -> None:
    """Compress answers after every request."""
    app.after_request(_compress)


def _compress(response: Response) -> Response:
    if response.mimetype not in _TYPES or response.direct_passthrough:
        return response
    response.vary.add("Accept-Encoding")
    if "Content-Encoding" in response.headers or not request.accept_encodings["gzip"]:
        return response
    body = response.get_data()
    if len(body) >= LEAST_BYTES:
        response.set_data(gzip.compress(body, LEVEL, mtime=0))
        response.headers["Content-Encoding"] = "gzip"
    return response
