"""What is taken from the headers of a proxy, and the check of the sub-path that it names, such as /esc.

Without ESCV_PROXY_HOPS all these headers are ignored. The sub-path comes from the X-Forwarded-Prefix of the
nearest proxy alone; SCRIPT_NAME is never used. Addresses in pages, headers and cookies begin with the
sub-path. So it must be short and of harmless characters, or the request is refused.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from flask import request
from werkzeug.exceptions import BadRequest
from werkzeug.middleware.proxy_fix import ProxyFix

if TYPE_CHECKING:
    from collections.abc import Iterable

    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment
    from flask import Flask

HEADER = "HTTP_X_FORWARDED_PREFIX"
UNUSABLE = "escv.unusable_prefix"
MOST_CHARACTERS = 100
# No empty part, and none of dots alone: browsers would read them as another host, or as a way up.
_PREFIX = re.compile(r"(?:/(?!\.{1,2}(?:/|$))[A-Za-z0-9._~-]+)+")


def clean(value: str) -> str | None:
    """The prefix without a slash at its end, "" for none; None for what cannot be one.

    Of several values the last one counts: the nearest proxy has added it.
    """
    last = value.rpartition(",")[2].strip().removesuffix("/")
    if len(last) > MOST_CHARACTERS:
        return None
    return last if not last or _PREFIX.fullmatch(last) else None


def behind_proxies(inner: WSGIApplication, hops: int) -> WSGIApplication:
    """The application behind this number of trusted proxies."""
    return CleanPrefix(ProxyFix(inner, x_for=hops, x_proto=hops, x_host=hops, x_prefix=1))


class CleanPrefix:
    """Passes a usable prefix on to ProxyFix, and marks a request with an unusable one."""

    def __init__(self, inner: WSGIApplication) -> None:
        self._inner = inner

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer the request."""
        prefix = clean(environ.pop(HEADER, ""))
        if prefix:
            environ[HEADER] = prefix
        environ[UNUSABLE] = prefix is None
        return self._inner(environ, start_response)


def init_app(app: Flask) -> None:
    """Refuse requests with an unusable prefix."""
    app.before_request(_refuse_unusable)


def _refuse_unusable() -> None:
    if request.environ.get(UNUSABLE):
        raise BadRequest("X-Forwarded-Prefix must be a path such as /esc.")
