"""Set-up of Flask-Login with our sessions and device tokens, and the session cookie."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from http import HTTPStatus
from typing import TYPE_CHECKING, cast

from flask import current_app, g, request, session
from flask.sessions import SecureCookieSessionInterface
from flask_login import LoginManager, login_user
from werkzeug.exceptions import Forbidden

from validator.accounts.device_cookies import DeviceCookies
from validator.accounts.devices import Devices
from validator.accounts.identity import VerifiedPerson, current_caller, current_session
from validator.accounts.identity_cache import Revision
from validator.accounts.models import SessionKind
from validator.accounts.passwords import Passwords
from validator.accounts.pending import PendingSteps
from validator.accounts.people import People
from validator.accounts.sessions import KIOSK_LIFETIME, SessionLifetimes, Sessions, label_of
from validator.accounts.two_factor import Encryptor, SecondFactors
from validator.housekeeping import Housekeeping
from validator.http.access import has_bearer_token
from validator.keys import Purpose, derive
from validator.rate_limiting.login_throttle import LoginThrottle
from validator.services import EXTENSION as SERVICES
from validator.services import services

if TYPE_CHECKING:
    from flask import Flask, Request, Response
    from flask.sessions import SessionMixin

    from validator.accounts.identity import LoginUser
    from validator.services import Services

EXTENSION = "validator.accounts"
# Pages request these on their own: they must not keep an unattended page's session open.
AUTOMATIC = frozenset({"api.me", "api.offline_pack", "api.late_checks"})
# How many seconds ago this browser decided a check offline; sent while such checks wait for delivery.
USED_AGO = "Escv-Used-Ago"
USED_AGO_FORM = re.compile(r"[0-9]{1,6}")
ENDS_AT = "ends_at"


@dataclass(frozen=True, slots=True)
class Accounts:
    """The people and devices of this application, and what protects their sign-in."""

    people: People
    devices: Devices
    sessions: Sessions
    throttle: LoginThrottle
    device_cookies: DeviceCookies
    second_factors: SecondFactors
    pending: PendingSteps

    def purge(self) -> None:
        """Delete everything that has expired."""
        self.sessions.purge()
        self.throttle.purge()
        self.pending.purge()


class SessionCookie(SecureCookieSessionInterface):
    """The signed cookie with a session's token, and its end for the browser; only the row's end counts."""

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


def accounts() -> Accounts:
    """The people and devices of the application that handles this request or command."""
    return cast("Accounts", current_app.extensions[EXTENSION])


def init_app(app: Flask) -> None:
    """Create the accounts and configure the session cookie and Flask-Login."""
    app.extensions[EXTENSION] = _accounts(app)
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
        SECRET_KEY_FALLBACKS=list(app.extensions[SERVICES].settings.secret_keys[1:]),
    )
    app.session_interface = SessionCookie()
    # Templates call a function for the name: an error page must not need the database for one.
    manager = LoginManager(app, add_context_processor=False)
    # Phones change their address all day, and Flask-Login would trust any X-Forwarded-For.
    manager.session_protection = None
    manager.user_loader(_load_by_session)
    manager.request_loader(_load_by_token)
    app.after_request(_record_use)
    _purge_hourly(app)


def _accounts(app: Flask) -> Accounts:
    given: Services = app.extensions[SERVICES]
    database, keys = given.database, given.settings.secret_keys
    lifetimes = SessionLifetimes(
        timedelta(seconds=given.settings.session_s), timedelta(seconds=given.settings.session_idle_s)
    )

    def clock() -> datetime:
        now: datetime = app.extensions[SERVICES].clock()
        return now

    def true_time() -> datetime:
        """Phones make their codes by the true time, even if our clock is wrong."""
        now: datetime = app.extensions[SERVICES].router_time()
        return now

    failures_key = derive(keys[0], Purpose.SIGN_IN_FAILURES)
    pending, revision = PendingSteps(database, clock), Revision(database)
    return Accounts(
        people=People(database, Passwords(), clock),
        devices=Devices(database, clock, given.background.submit, revision),
        sessions=Sessions(database, lifetimes, clock, revision),
        throttle=LoginThrottle(given.sign_in_store, failures_key, clock),
        device_cookies=DeviceCookies(keys),
        second_factors=SecondFactors(database, Encryptor(keys), pending, true_time),
        pending=pending,
    )


def _purge_hourly(app: Flask) -> None:
    """Delete what has expired, in the background, due once an hour after a request."""

    def purge() -> None:
        app.extensions[SERVICES].background.submit("accounts", app.extensions[EXTENSION].purge)

    housekeeping = Housekeeping(purge, lambda: app.extensions[SERVICES].clock().timestamp())

    @app.teardown_request
    def _look(_error: BaseException | None) -> None:
        housekeeping.look()


def start_session(who: VerifiedPerson, kind: SessionKind = SessionKind.PERSON) -> None:
    """Start a session with nothing of an earlier one in it; the earlier one ends."""
    end_session()
    login = accounts().sessions.start(who, kind, label_of(request.user_agent.string))
    session.permanent = True
    if login.session is not None:
        session[ENDS_AT] = int(login.session.ends_at.timestamp())
    login_user(login)


def end_session() -> None:
    """End this browser's session if it has one: a copy of its cookie is worthless from then on."""
    current = current_session()
    if current is not None:
        accounts().sessions.end(current_caller().id, current.id)
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
    return None if has_bearer_token() else accounts().sessions.find(token, _offline_use())


def _offline_use() -> datetime | None:
    """When this browser says it last decided a check offline; only our own scripts can send the header."""
    seconds = request.headers.get(USED_AGO, "")
    if not USED_AGO_FORM.fullmatch(seconds):
        return None
    return services().clock() - timedelta(seconds=int(seconds))


def _load_by_token(request: Request) -> LoginUser | None:
    token = request.authorization.token if request.authorization and has_bearer_token() else None
    return accounts().devices.by_token(token) if token else None


def _record_use(response: Response) -> Response:
    """Record in the background that a session is in use, if its request succeeded."""
    used_at = _offline_use() if request.endpoint in AUTOMATIC else services().clock()
    is_use = response.status_code < HTTPStatus.BAD_REQUEST and used_at is not None
    # current_user would ask the database on pages that need no caller.
    current = current_session() if is_use and "_login_user" in g else None
    sessions = accounts().sessions
    if current is not None and used_at is not None and sessions.should_record_use(current, used_at):
        services().background.submit(f"seen {current.id}", partial(sessions.record_use, current, used_at))
    return response
