"""Flask-Login, set up: sessions that end when they must, and device tokens beside them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, cast

from flask import current_app, session
from flask_login import LoginManager, login_user

from validator.accounts.devices import Devices
from validator.accounts.passwords import Passwords
from validator.accounts.people import People
from validator.security.access import has_bearer_token
from validator.services import EXTENSION as SERVICES
from validator.services import services

if TYPE_CHECKING:
    from flask import Flask, Request

    from validator.accounts.caller import SignedIn

EXTENSION = "validator.accounts"
SIGNED_IN_AT = "signed_in_at"
# A long shift. Counted from the sign-in: no use of the session makes it longer.
SESSION_LIFE = timedelta(hours=10)


@dataclass(frozen=True, slots=True)
class Accounts:
    """The people and devices of this application."""

    people: People
    devices: Devices


def accounts() -> Accounts:
    """The people and devices of the application that handles this request or command."""
    return cast("Accounts", current_app.extensions[EXTENSION])


def init_app(app: Flask) -> None:
    """Put people and devices in place, and name the session's cookie and its end."""
    given = app.extensions[SERVICES]
    app.extensions[EXTENSION] = Accounts(
        People(given.database, Passwords(), given.clock), Devices(given.database, given.clock)
    )
    app.config.update(
        # A browser accepts a __Host- cookie from this very host over https only.
        SESSION_COOKIE_NAME="__Host-escv" if app.config["SESSION_COOKIE_SECURE"] else "escv",
        SESSION_COOKIE_HTTPONLY=True,
        # Not Strict: a link on the staff's intranet page must arrive signed in. No GET changes anything,
        # and same_origin.py refuses every other method from elsewhere.
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_REFRESH_EACH_REQUEST=False,
        PERMANENT_SESSION_LIFETIME=SESSION_LIFE,
    )
    # Templates ask for a name of their own: an error page must not need the database for one.
    manager = LoginManager(app, add_context_processor=False)
    # Phones change their address all day, and Flask-Login would believe any X-Forwarded-For.
    manager.session_protection = None
    manager.user_loader(_by_session)
    manager.request_loader(_by_token)


def begin_session(who: SignedIn) -> None:
    """Start a session with nothing of an earlier one in it."""
    session.clear()
    session.permanent = True
    session[SIGNED_IN_AT] = int(services().clock().timestamp())
    login_user(who)


def _by_session(alternative_id: str) -> SignedIn | None:
    age_s = services().clock().timestamp() - session.get(SIGNED_IN_AT, 0)
    if has_bearer_token() or age_s >= SESSION_LIFE.total_seconds():
        return None
    return accounts().people.by_session(alternative_id)


def _by_token(request: Request) -> SignedIn | None:
    token = request.authorization.token if request.authorization and has_bearer_token() else None
    return accounts().devices.by_token(token) if token else None
