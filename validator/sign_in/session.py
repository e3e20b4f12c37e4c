"""Set-up of Flask-Login with our sessions and device tokens, and the session cookie."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from functools import partial
from http import HTTPStatus
from typing import TYPE_CHECKING

from flask import g, request, session
from flask.sessions import SecureCookieSessionInterface
from flask_login import LoginManager, login_user
from werkzeug.exceptions import Forbidden

from validator.accounts.identity import VerifiedPerson, current_caller, current_session
from validator.accounts.models import SessionKind
from validator.accounts.sessions import KIOSK_LIFETIME, label_of
from validator.http.access import has_bearer_token
from validator.services import EXTENSION, services

if TYPE_CHECKING:
    from flask import Flask, Request, Response
    from flask.sessions import SecureCookieSession, SessionMixin

    from validator.accounts.identity import LoginUser

# Pages request these on their own: they must not keep an unattended page's session open.
AUTOMATIC = frozenset({"api.me", "api.offline_pack", "api.late_checks"})
# How many seconds ago this browser decided a check offline; sent while such checks wait for delivery.
USED_AGO = "Escv-Used-Ago"
USED_AGO_FORM = re.compile(r"[0-9]{1,6}")
ENDS_AT = "ends_at"


class SessionCookie(SecureCookieSessionInterface):
    """The signed cookie with a session's token, and its end for the browser; only the row's end counts."""

    def open_session(self, app: Flask, request: Request) -> SecureCookieSession | None:
        """An empty session at no cost where the browser has no cookie, as with a device's token."""
        return super().open_session(app, request) if "Cookie" in request.headers else self.session_class()

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        """Nothing is saved of a session that was never more than empty."""
        if session or session.modified:
            super().save_session(app, session, response)
        elif session.accessed:
            response.vary.add("Cookie")

    def get_cookie_name(self, app: Flask) -> str:
        """Browsers accept a name with __Host- only together with the path “/”."""
        name = super().get_cookie_name(app)
        return name.replace("__Host-", "__Secure-") if request.script_root else name

    def get_cookie_path(self, app: Flask) -> str:  # noqa: ARG002 - the base class's signature
        """Only below the proxy's prefix: other applications on this host do not get the cookie."""
        return f"{request.script_root}/"

    def get_expiration_time(self, app: Flask, session: SessionMixin) -> datetime | None:
        """When the browser deletes the cookie: at the session's end."""
        if ENDS_AT in session:
            return datetime.fromtimestamp(session[ENDS_AT], UTC)
        return super().get_expiration_time(app, session)


class Logins(LoginManager):  # type: ignore[misc]  # Flask-Login ships no types
    """Flask-Login, without looking for a session where a device's token was sent."""

    def _load_user(self) -> None:
        if has_bearer_token():
            self._update_request_context_with_user(_load_by_token())
        else:
            super()._load_user()


def init_app(app: Flask) -> None:
    """Configure the session cookie and Flask-Login."""
    app.config.update(
        # A browser accepts a __Host- cookie from this very host over https only.
        SESSION_COOKIE_NAME="__Host-escv" if app.config["SESSION_COOKIE_SECURE"] else "escv",
        SESSION_COOKIE_HTTPONLY=True,
        # Not Strict: a link on the staff's intranet page must arrive signed in. No GET changes anything,
        # and http/origin.py refuses every other method from other sites.
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_REFRESH_EACH_REQUEST=False,
        # The maximum; each session's own end is checked in every request.
        PERMANENT_SESSION_LIFETIME=KIOSK_LIFETIME,
        SECRET_KEY_FALLBACKS=list(app.extensions[EXTENSION].settings.secret_keys[1:]),
    )
    app.session_interface = SessionCookie()
    # Not by init_app, which would look into the session after each request, for a cookie that we never set,
    # and give templates the caller: an error page must not need the database for a name.
    manager = app.login_manager = Logins()  # type: ignore[attr-defined]
    # Phones change their address all day, and Flask-Login would trust any X-Forwarded-For.
    manager.session_protection = None
    manager.user_loader(_load_by_session)
    app.after_request(_record_use)


def start_session(who: VerifiedPerson, kind: SessionKind = SessionKind.PERSON) -> None:
    """Start a session with nothing of an earlier one in it; the earlier one ends."""
    end_session()
    login = services().accounts.sessions.start(who, kind, label_of(request.user_agent.string))
    session.permanent = True
    if login.session is not None:
        session[ENDS_AT] = int(login.session.ends_at.timestamp())
    login_user(login)


def end_session() -> None:
    """End this browser's session if it has one: a copy of its cookie is worthless from then on."""
    current = current_session()
    if current is not None:
        services().accounts.sessions.end(current_caller().id, current.id)
    session.clear()


def lock_as_kiosk() -> None:
    """Replace this person's session by a kiosk's, which opens only what a kiosk needs, with its own lifetime.

    Forbidden for a device and for a kiosk: a kiosk could prolong itself without end.
    """
    caller, current = current_caller(), current_session()
    if current is None or caller.is_kiosk:
        raise Forbidden
    start_session(VerifiedPerson(caller, current.alternative_id), SessionKind.KIOSK)


def session_ends() -> datetime | None:
    """The end of this request's session, however busy it is; None for a device's token."""
    current = current_session()
    return current.ends_at if current else None


def _load_by_session(token: str) -> LoginUser | None:
    return services().accounts.sessions.find(token, _offline_use())


def _offline_use() -> datetime | None:
    """When this browser says it last decided a check offline; only our own scripts can send the header."""
    seconds = request.headers.get(USED_AGO, "")
    if not USED_AGO_FORM.fullmatch(seconds):
        return None
    return services().clock() - timedelta(seconds=int(seconds))


def _load_by_token() -> LoginUser | None:
    token = request.authorization.token if request.authorization else None
    return services().accounts.devices.by_token(token) if token else None


def _record_use(response: Response) -> Response:
    """Record in the background that a session is in use, if its request succeeded."""
    # current_user would ask the database on pages that need no caller.
    current = current_session() if "_login_user" in g else None
    if current is None or response.status_code >= HTTPStatus.BAD_REQUEST:
        return response
    used_at = _offline_use() if request.endpoint in AUTOMATIC else services().clock()
    sessions = services().accounts.sessions
    if used_at is not None and sessions.should_record_use(current, used_at):
        services().background.submit(f"seen {current.id}", partial(sessions.record_use, current, used_at))
    return response
