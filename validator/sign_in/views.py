"""The views for signing in and out and for locking a kiosk, as plain forms."""

from __future__ import annotations

import re
from http import HTTPStatus
from typing import TYPE_CHECKING

import structlog
from flask import Blueprint, Response, current_app, make_response, redirect, render_template, request, url_for
from sqlalchemy.exc import OperationalError

from validator.accounts.identity import current_caller, current_login, current_session
from validator.http.access import Access, access
from validator.http.origin import is_plain_form
from validator.i18n import N_
from validator.i18n import gettext as _
from validator.sign_in.login import (
    CANNOT_WRITE,
    CodeRequired,
    LoginRefused,
    check_code,
    check_password,
    reauthenticate,
)
from validator.sign_in.session import end_session, lock_as_kiosk

if TYPE_CHECKING:
    from werkzeug.wrappers import Response as BaseResponse

log = structlog.get_logger(__name__)
blueprint = Blueprint("accounts", __name__)

# A path on this site: one slash, no second one and no backslash (which browsers read as a slash), nothing
# that browsers remove silently, no address of another host.
OWN_PATH = re.compile(r"/(?![/\\])[^\\\x00-\x20\x7f]{0,500}")
_DOT_SEGMENTS = frozenset({".", ".."})
OVER_HTTP = N_("You are not signed in: over http:// this browser keeps no sign-in. Use the https:// address.")


def safe_redirect_target(target: str) -> str:
    """The target after sign-in if it is a page of this site, else the first page."""
    first = f"{request.script_root}/"
    excluded = {url_for("accounts.login"), url_for("accounts.logout")}
    is_own = OWN_PATH.fullmatch(target) and target.startswith(first) and not _has_dot_segments(target)
    return target if is_own and target not in excluded else first


def _has_dot_segments(target: str) -> bool:
    """Whether browsers would shorten the path, and so might leave the proxy's prefix."""
    parts = re.split(r"[?#]", target, maxsplit=1)[0].split("/")
    return any(re.sub("%2e", ".", part, flags=re.IGNORECASE) in _DOT_SEGMENTS for part in parts)


@blueprint.route("/login", methods=["GET", "POST"])
@access(Access.PUBLIC, why="people sign in here")
def login() -> BaseResponse:
    """Show or accept the form; redirect a person who is signed in, but show it at a kiosk."""
    target = safe_redirect_target(request.values.get("next", ""))
    if request.method == "POST":
        if current_app.config["SESSION_COOKIE_SECURE"] and is_plain_form(request.headers.get("Origin")):
            return _form(target, error=_(OVER_HTTP), status=HTTPStatus.FORBIDDEN)
        return _sign_in(target)
    current = current_login()
    # `again`: a person may start the next session before the present one ends, without signing out.
    needs_form = current is None or current.caller.is_kiosk or "again" in request.args
    return _form(target) if needs_form else redirect(target)


@blueprint.post("/logout")
def logout() -> BaseResponse:
    """End this browser's session."""
    log.info("signed_out", person=current_caller().id)
    end_session()
    return redirect(url_for("accounts.login"))


@blueprint.post("/kiosk/lock")
@access(Access.PEOPLE)
def lock_kiosk() -> BaseResponse:
    """Turn this tablet into a kiosk for thirty days, after the person's password; signing in unlocks it."""
    caller = current_caller()
    refused = reauthenticate(caller.id, request.form.get("password", "")) if current_session() else None
    if refused is not None:
        answer = make_response(render_template("accounts/lock.html", error=refused.message), refused.status)
        if refused.retry_after_s:
            answer.retry_after = refused.retry_after_s
        return answer
    lock_as_kiosk()
    log.info("kiosk_locked", person=caller.id)
    return redirect(url_for("web.kiosk"))


def _sign_in(target: str) -> BaseResponse:
    """Redirect to the target, or show the form for the code, or the same form with a message."""
    response = redirect(target)
    try:
        result = check_code(response) if "code" in request.form else check_password(response)
    except OperationalError as error:
        log.error("sign_in_impossible", kind=type(error.orig).__name__)  # noqa: TRY400 - a traceback quotes its values
        result = LoginRefused(_(CANNOT_WRITE), HTTPStatus.SERVICE_UNAVAILABLE)
    if result is None:
        return response
    if isinstance(result, CodeRequired):
        return _form(target, error=result.message, status=result.status, page="accounts/code.html")
    answer = _form(target, request.form.get("username", ""), result.message, result.status)
    if result.retry_after_s:
        answer.retry_after = result.retry_after_s
    return answer


def _form(
    target: str,
    username: str = "",
    error: str = "",
    status: int = HTTPStatus.OK,
    page: str = "accounts/login.html",
) -> Response:
    return make_response(render_template(page, next=target, username=username, error=error), status)
