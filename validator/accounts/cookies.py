"""The session's cookie: browsers drop it when the session ends, not some time after each change."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from flask import request
from flask.sessions import SecureCookieSessionInterface

if TYPE_CHECKING:
    from flask import Flask
    from flask.sessions import SessionMixin

ENDS_AT = "ends_at"


class Cookies(SecureCookieSessionInterface):
    """Signed cookies that hold a session's id and its end, for the browser; what counts is its row."""

    def get_cookie_name(self, app: Flask) -> str:
        """Browsers take a name with __Host- only together with the path “/”."""
        name = super().get_cookie_name(app)
        return name.replace("__Host-", "__Secure-") if request.script_root else name

    def get_cookie_path(self, app: Flask) -> str:  # noqa: ARG002 - the base class's signature
        """Below the proxy's prefix only: what else is on this host does not get the cookie."""
        return f"{request.script_root}/"

    def get_expiration_time(self, app: Flask, session: SessionMixin) -> datetime | None:
        """When the browser drops the cookie."""
        if ENDS_AT in session:
            return datetime.fromtimestamp(session[ENDS_AT], UTC)
        return super().get_expiration_time(app, session)
