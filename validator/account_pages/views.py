"""`/account`: what a person sees and changes of the own account; kiosks and devices have none."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING

import structlog
from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.exceptions import Forbidden

from validator.account_pages.words import SAID, line
from validator.accounts.caller import current_caller, current_session
from validator.accounts.refusals import AccountRefusedError
from validator.accounts.sign_in import accounts, begin_session, end_session
from validator.accounts.steps import own_password
from validator.database import row_number
from validator.security.access import people_only
from validator.services import services

if TYPE_CHECKING:
    from werkzeug.wrappers import Response

    from validator.accounts.caller import Caller, Opened

log = structlog.get_logger(__name__)
own = Blueprint("account", __name__, url_prefix="/account")


@own.get("")
@people_only
def show() -> str:
    """The sessions that are open, and the forms."""
    return page(said=SAID.get(request.args.get("said", ""), ""))


@own.post("/sessions/end")
@people_only
def end_one() -> Response:
    """End one of the own sessions; with this one the person signs out."""
    caller, opened = person()
    row = request.form.get("session", type=row_number)
    if row == opened.row:
        end_session()
        return redirect(url_for("accounts.login"), HTTPStatus.SEE_OTHER)
    if row is not None and accounts().sessions.end(caller.id, row):
        log.info("session_ended", person=caller.id)
    return done("ended")


@own.post("/sessions/end-others")
@people_only
def end_others() -> Response:
    """End every session of this person but this one."""
    caller, opened = person()
    ended = accounts().sessions.end_others(caller.id, opened.row)
    log.info("sessions_ended", person=caller.id, ended=ended)
    return done("ended")


@own.post("/password")
@people_only
def change_password() -> Response | tuple[str, int]:
    """Change the own password; every other session ends, this one goes on under a new id."""
    caller, _ = person()
    refused = asked_for_password("old")
    if refused is not None:
        return refused
    try:
        accounts().people.set_password(caller.name, request.form.get("new", ""))
    except AccountRefusedError as refusal:
        return page(error=str(refusal), about="password"), HTTPStatus.UNPROCESSABLE_ENTITY
    who = accounts().people.now(caller.id)
    if who is None:
        raise Forbidden
    begin_session(who)
    log.info("password_changed", person=caller.id)
    return done("password")


def person() -> tuple[Caller, Opened]:
    """Who is signed in, and in which session; Forbidden for a device's token."""
    opened = current_session()
    if opened is None:
        raise Forbidden
    return current_caller(), opened


def asked_for_password(field: str) -> tuple[str, int] | None:
    """None where this field of the form holds the own password, else the page that says what to do."""
    caller, _ = person()
    refusal = own_password(caller.id, request.form.get(field, ""))
    return (page(error=refusal.why, about=field), refusal.status) if refusal else None


def done(said: str) -> Response:
    """Back to the page, which says what was done."""
    return redirect(url_for("account.show", said=said), HTTPStatus.SEE_OTHER)


def page(said: str = "", error: str = "", about: str = "") -> str:
    """The page; `about` names the form that the error stands at."""
    caller, opened = person()
    found, zone = services(), services().settings.zone
    has_codes = accounts().second_factors.is_on(caller.id)
    return render_template(
        "account_pages/account.html",
        lines=[line(one, opened.row, found.clock(), zone) for one in accounts().sessions.of(caller.id)],
        said=said,
        error=error,
        about=about,
        has_codes=has_codes,
        may_have_codes=has_codes or caller.is_manager,
    )
