"""Flask-Login, set up: sessions that end when they must, and device tokens beside them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from http import HTTPStatus
from typing import TYPE_CHECKING, cast

from flask import current_app, g, request, session
from flask_login import LoginManager, login_user
from werkzeug.exceptions import Forbidden

from validator.accounts.caller import Proven, current_caller, current_session
from validator.accounts.cookies import ENDS_AT, Cookies
from validator.accounts.devices import Devices
from validator.accounts.guard import Guard
from validator.accounts.known_here import KnownHere
from validator.accounts.labels import label_of
from validator.accounts.models import SessionKind
from validator.accounts.passwords import Passwords
from validator.accounts.pending import PendingSteps
from validator.accounts.people import People
from validator.accounts.sealed import Sealer
from validator.accounts.second_factors import SecondFactors
from validator.accounts.sessions import KIOSK_LIFE, Lives, Sessions
from validator.keys import Purpose, derive
from validator.security.access import has_bearer_token
from validator.services import EXTENSION as SERVICES
from validator.services import services

if TYPE_CHECKING:
    from datetime import datetime

    from flask import Flask, Request, Response

    from validator.accounts.caller import SignedIn
    from validator.services import Services

EXTENSION = "validator.accounts"
# Pages ask these by themselves: an unattended page must not keep a session open.
BY_THEMSELVES = frozenset({"api.me", "api.offline_pack", "api.late_checks"})

# How many seconds ago this browser decided a check without us: sent while such checks wait to be delivered.
USED_AGO = "Escv-Used-Ago"
USED_AGO_FORM = re.compile(r"[0-9]{1,6}")


@dataclass(frozen=True, slots=True)
class Accounts:
    """The people and devices of this application, and what guards their ways in."""

    people: People
    devices: Devices
    sessions: Sessions
    guard: Guard
    known_here: KnownHere
    second_factors: SecondFactors
    pending: PendingSteps


def accounts() -> Accounts:
    """The people and devices of the application that handles this request or command."""
    return cast("Accounts", current_app.extensions[EXTENSION])


def init_app(app: Flask) -> None:
    """Put people and devices in place, and name the session's cookie and its end."""
    app.extensions[EXTENSION] = _accounts(app)
    app.config.update(
        # A browser accepts a __Host- cookie from this very host over https only.
        SESSION_COOKIE_NAME="__Host-escv" if app.config["SESSION_COOKIE_SECURE"] else "escv",
        SESSION_COOKIE_HTTPONLY=True,
        # Not Strict: a link on the staff's intranet page must arrive signed in. No GET changes anything,
        # and http/origin.py refuses every other method from elsewhere.
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_REFRESH_EACH_REQUEST=False,
        # The longest there is; each session's own end is looked at in every request.
        PERMANENT_SESSION_LIFETIME=KIOSK_LIFE,
        SECRET_KEY_FALLBACKS=list(app.extensions[SERVICES].settings.secret_keys[1:]),
    )
    app.session_interface = Cookies()
    # Templates ask for a name of their own: an error page must not need the database for one.
    manager = LoginManager(app, add_context_processor=False)
    # Phones change their address all day, and Flask-Login would believe any X-Forwarded-For.
    manager.session_protection = None
    manager.user_loader(_by_session)
    manager.request_loader(_by_token)
    app.after_request(_note_use)


def _accounts(app: Flask) -> Accounts:
    given: Services = app.extensions[SERVICES]
    database, keys = given.database, given.settings.secret_keys
    lives = Lives(
        timedelta(seconds=given.settings.session_s), timedelta(seconds=given.settings.session_idle_s)
    )

    def clock() -> datetime:
        now: datetime = app.extensions[SERVICES].clock()
        return now

    def true_time() -> datetime:
        """Telephones make their codes by the true time, even where our clock is wrong."""
        now: datetime = app.extensions[SERVICES].router_time()
        return now

    tallies = derive(keys[0], Purpose.SIGN_IN_FAILURES)
    pending = PendingSteps(database, clock)
    return Accounts(
        people=People(database, Passwords(), clock),
        devices=Devices(database, clock, given.background.submit),
        sessions=Sessions(database, lives, clock),
        guard=Guard(database, tallies, clock),
        known_here=KnownHere(keys),
        second_factors=SecondFactors(database, Sealer(keys), pending, true_time),
        pending=pending,
    )


def begin_session(who: Proven, kind: SessionKind = SessionKind.PERSON) -> None:
    """Open a session with nothing of an earlier one in it; that one, if there is one, ends."""
    end_session()
    signed_in = accounts().sessions.begin(who, kind, label_of(request.user_agent.string))
    session.permanent = True
    if signed_in.opened is not None:
        session[ENDS_AT] = int(signed_in.opened.ends_at.timestamp())
    login_user(signed_in)


def end_session() -> None:
    """End this browser's session, if there is one: a copy of its cookie opens nothing any more."""
    opened = current_session()
    if opened is not None:
        accounts().sessions.end(current_caller().id, opened.row)
    session.clear()


def lock_as_kiosk() -> None:
    """Turn this person's session into a kiosk's, which opens only what a kiosk needs, for its own life.

    Forbidden for a device and for a kiosk: locking again would let it live for ever.
    """
    caller, opened = current_caller(), current_session()
    if opened is None or caller.is_kiosk:
        raise Forbidden
    begin_session(Proven(caller, opened.alternative_id), SessionKind.KIOSK)


def session_ends() -> datetime | None:
    """When this request's session ends, however busy it is; None for a device's token."""
    opened = current_session()
    return opened.ends_at if opened else None


def _by_session(token: str) -> SignedIn | None:
    return None if has_bearer_token() else accounts().sessions.find(token, _used_at())


def _used_at() -> datetime | None:
    """When this browser last decided a check without us, as it says; only our own scripts can say it."""
    seconds = request.headers.get(USED_AGO, "")
    if not USED_AGO_FORM.fullmatch(seconds):
        return None
    return services().clock() - timedelta(seconds=int(seconds))


def _by_token(request: Request) -> SignedIn | None:
    token = request.authorization.token if request.authorization and has_bearer_token() else None
    return accounts().devices.by_token(token) if token else None


def _note_use(response: Response) -> Response:
    """Remember that a session is in use, when what was asked for was given; nobody waits for the writing."""
    used_at = _used_at() if request.endpoint in BY_THEMSELVES else services().clock()
    is_use = response.status_code < HTTPStatus.BAD_REQUEST and used_at is not None
    # Looking at current_user would ask the database on pages that need nobody.
    opened = current_session() if is_use and "_login_user" in g else None
    sessions = accounts().sessions
    if opened is not None and used_at is not None and sessions.is_due(opened, used_at):
        services().background.submit(f"seen {opened.row}", partial(sessions.seen, opened, used_at))
    return response
