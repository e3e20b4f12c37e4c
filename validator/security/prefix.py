"""The sub-path behind a proxy, such as /esc: believed from the nearest proxy's X-Forwarded-Prefix alone.

The proxy takes the prefix off the path. Without ESCV_PROXY_HOPS the header is ignored. SCRIPT_NAME never
counts. An address in a page, a header or a cookie begins with the prefix, so it is short and of harmless
characters, or the request is refused.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from flask import request
from werkzeug.exceptions import BadRequest

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


class CleanPrefix:
    """Leaves of the header what ProxyFix may take over."""

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
    """Refuse requests whose addresses could not be written."""
    app.before_request(_refuse_unusable)


def _refuse_unusable() -> None:
    if request.environ.get(UNUSABLE):
        raise BadRequest("X-Forwarded-Prefix must be a path such as /esc.")
