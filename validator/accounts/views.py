"""Signing in and out, over plain forms."""

from __future__ import annotations

import re
from http import HTTPStatus
from typing import TYPE_CHECKING

import structlog
from flask import Blueprint, Response, current_app, make_response, redirect, render_template, request, url_for
from flask_login import current_user
from sqlalchemy.exc import OperationalError

from validator.accounts import steps
from validator.accounts.caller import current_caller, current_session
from validator.accounts.sign_in import end_session, lock_as_kiosk
from validator.accounts.steps import NeedsCode, own_password
from validator.http.origin import is_plain_form
from validator.security.access import people_only, public

if TYPE_CHECKING:
    from werkzeug.wrappers import Response as BaseResponse

log = structlog.get_logger(__name__)
blueprint = Blueprint("accounts", __name__)

# A path of ours: one slash, no second one and no backslash (which browsers read as one), nothing that
# browsers drop silently, no address of another host.
OWN_PATH = re.compile(r"/(?![/\\])[^\\\x00-\x20\x7f]{0,500}")
_WAY_UP = frozenset({".", ".."})
OVER_HTTP = "Nobody was signed in: over http:// this browser keeps no sign-in. Use the https:// address."


def own_path(target: str) -> str:
    """Where to go after signing in: the target if it is a page of ours, else the first page."""
    first = f"{request.script_root}/"
    here = {url_for("accounts.login"), url_for("accounts.logout")}
    is_ours = OWN_PATH.fullmatch(target) and target.startswith(first) and not _leads_up(target)
    return target if is_ours and target not in here else first


def _leads_up(target: str) -> bool:
    """Whether browsers would shorten the path, and so might leave the proxy's prefix."""
    parts = re.split(r"[?#]", target, maxsplit=1)[0].split("/")
    return any(re.sub("%2e", ".", part, flags=re.IGNORECASE) in _WAY_UP for part in parts)


@blueprint.route("/login", methods=["GET", "POST"])
@public("people sign in here")
def login() -> BaseResponse:
    """The form, and what it sends; a person who is signed in goes on, at a kiosk everybody gets the form."""
    target = own_path(request.values.get("next", ""))
    if request.method == "POST":
        if current_app.config["SESSION_COOKIE_SECURE"] and is_plain_form(request.headers.get("Origin")):
            return _form(target, error=OVER_HTTP, status=HTTPStatus.FORBIDDEN)
        return _sign_in(target)
    # Before a session ends one can begin the next, without signing out.
    is_renewed = "again" in request.args
    goes_on = current_user.is_authenticated and not current_user.caller.is_kiosk and not is_renewed
    return redirect(target) if goes_on else _form(target)


@blueprint.post("/logout")
def logout() -> BaseResponse:
    """End this browser's session."""
    log.info("signed_out", person=current_caller().id)
    end_session()
    return redirect(url_for("accounts.login"))


@blueprint.post("/kiosk/lock")
@people_only
def lock_kiosk() -> BaseResponse:
    """After the own password: make this tablet a kiosk for thirty days; the way back is to sign in."""
    caller = current_caller()
    refusal = own_password(caller.id, request.form.get("password", "")) if current_session() else None
    if refusal is not None:
        answer = make_response(render_template("accounts/lock.html", error=refusal.why), refusal.status)
        if refusal.retry_after_s:
            answer.retry_after = refusal.retry_after_s
        return answer
    lock_as_kiosk()
    log.info("kiosk_locked", person=caller.id)
    return redirect(url_for("web.kiosk"))


def _sign_in(target: str) -> BaseResponse:
    """Go on to the target, or to the second step, or show the form again with what to do."""
    response = redirect(target)
    try:
        told = steps.second(response) if "code" in request.form else steps.first(response)
    except OperationalError as error:
        log.error("sign_in_impossible", kind=type(error.orig).__name__)  # noqa: TRY400 - a traceback quotes its values
        told = steps.CANNOT_WRITE
    if told is None:
        return response
    if isinstance(told, NeedsCode):
        return _form(target, error=told.why, status=told.status, page="accounts/code.html")
    answer = _form(target, request.form.get("username", ""), told.why, told.status)
    if told.retry_after_s:
        answer.retry_after = told.retry_after_s
    return answer


def _form(
    target: str,
    username: str = "",
    error: str = "",
    status: int = HTTPStatus.OK,
    page: str = "accounts/login.html",
) -> Response:
    return make_response(render_template(page, next=target, username=username, error=error), status)
