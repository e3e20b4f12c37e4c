"""The views of one's own account: open sessions, password, second factor; kiosks and devices have none."""

from __future__ import annotations

from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING

import segno
import structlog
from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.exceptions import Forbidden

from validator.accounts.errors import AccountRefusedError
from validator.accounts.identity import VerifiedPerson, current_caller, current_session
from validator.accounts.models import SessionKind
from validator.accounts.sessions import translated_label
from validator.accounts.two_factor import format_secret, provisioning_uri
from validator.database import row_number
from validator.http.access import Access, access
from validator.i18n import N_
from validator.i18n import gettext as _
from validator.rate_limiting.login_throttle import Wait
from validator.services import services
from validator.sign_in.login import WRONG_CODE, admit_own_code, reauthenticate, retry_message
from validator.sign_in.session import end_session, start_session

if TYPE_CHECKING:
    from datetime import datetime

    from werkzeug.wrappers import Response

    from validator.accounts.identity import Caller, CurrentSession
    from validator.accounts.models import SessionRow

log = structlog.get_logger(__name__)
blueprint = Blueprint("account", __name__, url_prefix="/account")
SITE = "ESC Validator"
QR_SCALE = 5

NOT_THE_CODE = N_(
    "That code is not right. Check that your phone sets its clock automatically, and type the next code."
)
GONE = N_("That took too long. Start again with your password.")
DONE = {
    "ended": N_("Signed out on that device."),
    "password": N_("Your password is changed. You stay signed in here; elsewhere, sign in with the new one."),
    "codes-on": N_("Codes are on: from now on, signing in asks for one after the password."),
    "codes-off": N_("Codes are off: signing in asks for the password alone."),
}


@dataclass(frozen=True, slots=True)
class SessionLine:
    """One session as its owner sees it; the template writes the times out."""

    row: int
    label: str
    is_this: bool
    began_at: datetime
    unused_s: int
    ends_at: datetime


def session_line(one: SessionRow, current_id: int, now: datetime) -> SessionLine:
    """The line of a session."""
    label = translated_label(one.label)
    return SessionLine(
        row=one.id,
        label=_("Kiosk: %(browser)s", browser=label) if one.kind is SessionKind.KIOSK else label,
        is_this=one.id == current_id,
        began_at=one.began_at,
        unused_s=max(0, int((now - one.seen_at).total_seconds())),
        ends_at=one.ends_at,
    )


@blueprint.get("")
@access(Access.PEOPLE)
def show() -> str:
    """The page with the open sessions and the forms."""
    return _page(done=DONE.get(request.args.get("said", ""), ""))


@blueprint.post("/sessions/end")
@access(Access.PEOPLE)
def end_one() -> Response:
    """End one of the person's sessions; ending the current one signs out."""
    caller, current = _person()
    session_id = request.form.get("session", type=row_number)
    if session_id == current.id:
        end_session()
        return redirect(url_for("accounts.login"), HTTPStatus.SEE_OTHER)
    if session_id is not None and services().accounts.sessions.end(caller.id, session_id):
        log.info("session_ended", person=caller.id)
    return _redirect_done("ended")


@blueprint.post("/sessions/end-others")
@access(Access.PEOPLE)
def end_others() -> Response:
    """End every session of this person except the current one."""
    caller, current = _person()
    ended = services().accounts.sessions.end_others(caller.id, current.id)
    log.info("sessions_ended", person=caller.id, ended=ended)
    return _redirect_done("ended")


@blueprint.post("/password")
@access(Access.PEOPLE)
def change_password() -> Response | tuple[str, int]:
    """Change the password; every other session ends, and this browser gets a new one."""
    caller, _session = _person()
    refused = _check_password("old")
    if refused is not None:
        return refused
    try:
        services().accounts.people.set_password(caller.name, request.form.get("new", ""))
    except AccountRefusedError as refusal:
        return _page(error=str(refusal), about="password"), HTTPStatus.UNPROCESSABLE_ENTITY
    who = services().accounts.people.get_enabled(caller.id)
    if who is None:
        raise Forbidden
    start_session(who)
    log.info("password_changed", person=caller.id)
    return _redirect_done("password")


@blueprint.post("/codes")
@access(Access.PEOPLE)
def offer_codes() -> tuple[str, int]:
    """After the password: show the secret once, as QR code and as text, with a field for the first code."""
    caller, current = _person()
    if not caller.is_manager:
        raise Forbidden
    refused = _check_password("codes")
    if refused is not None:
        return refused
    factors = services().accounts.second_factors
    if factors.is_on(caller.id):
        return _page(), HTTPStatus.CONFLICT
    secret = factors.start_enrolment(VerifiedPerson(caller, current.alternative_id), current.token)
    code = segno.make(provisioning_uri(secret, caller.name, SITE), error="m", micro=False)
    picture: str = code.svg_data_uri(scale=QR_SCALE, light="#fff")
    return _codes_form(picture=picture, secret=format_secret(secret)), HTTPStatus.OK


@blueprint.post("/codes/confirm")
@access(Access.PEOPLE)
def confirm_codes() -> Response | tuple[str, int]:
    """Turn the codes on with the first code from the app."""
    caller, current = _person()
    if not services().accounts.second_factors.is_enrolling(current.token):
        return _page(error=_(GONE), about="codes"), HTTPStatus.CONFLICT
    attempt = admit_own_code(caller.id)
    if isinstance(attempt, Wait):
        return _codes_form(error=retry_message(attempt).message), HTTPStatus.TOO_MANY_REQUESTS
    if not services().accounts.second_factors.confirm_enrolment(current.token, request.form.get("code", "")):
        return _codes_form(error=_(NOT_THE_CODE)), HTTPStatus.FORBIDDEN
    services().login_throttle.succeeded(attempt)
    log.info("codes_on", person=caller.id)
    return _redirect_done("codes-on")


@blueprint.post("/codes/off")
@access(Access.PEOPLE)
def turn_codes_off() -> Response | tuple[str, int]:
    """Turn the codes off, after the password and a code."""
    caller, _session = _person()
    refused = _check_password("codes") or _check_code()
    if refused is not None:
        return refused
    services().accounts.second_factors.turn_off(caller.id)
    log.info("codes_off", person=caller.id)
    return _redirect_done("codes-off")


def _person() -> tuple[Caller, CurrentSession]:
    """The person who is signed in, and the session; Forbidden for a device's token."""
    current = current_session()
    if current is None:
        raise Forbidden
    return current_caller(), current


def _check_password(field: str) -> tuple[str, int] | None:
    """None if this field of the form holds the person's password, else the page with a message."""
    caller, _session = _person()
    refused = reauthenticate(caller.id, request.form.get(field, ""))
    return (_page(error=refused.message, about=field), refused.status) if refused else None


def _check_code() -> tuple[str, int] | None:
    """None if the form holds a valid code or codes are off, else the page with a message.

    A thief who saw the password must not be able to remove the second factor.
    """
    caller, _session = _person()
    if not services().accounts.second_factors.is_on(caller.id):
        return None
    attempt = admit_own_code(caller.id)
    if isinstance(attempt, Wait):
        return _page(error=retry_message(attempt).message, about="codes"), HTTPStatus.TOO_MANY_REQUESTS
    if not services().accounts.second_factors.verify(caller.id, request.form.get("code", "")):
        log.warning("own_code_refused", person=caller.id)
        return _page(error=_(WRONG_CODE), about="codes"), HTTPStatus.FORBIDDEN
    services().login_throttle.succeeded(attempt)
    return None


def _redirect_done(what: str) -> Response:
    """Redirect to the page, which then says what was done."""
    return redirect(url_for("account.show", said=what), HTTPStatus.SEE_OTHER)


def _page(done: str = "", error: str = "", about: str = "") -> str:
    """The page; `about` names the form that the error belongs to."""
    caller, current = _person()
    now = services().clock()
    has_codes = services().accounts.second_factors.is_on(caller.id)
    rows = services().accounts.sessions.list_for(caller.id)
    return render_template(
        "accounts/account.html",
        lines=[session_line(one, current.id, now) for one in rows],
        said=done and _(done),
        error=error,
        about=about,
        has_codes=has_codes,
        may_have_codes=has_codes or caller.is_manager,
    )


def _codes_form(picture: str = "", secret: str = "", error: str = "") -> str:
    return render_template("accounts/codes.html", picture=picture, secret=secret, error=error)
