"""Signing in and out, over plain forms."""

from __future__ import annotations

import re
from http import HTTPStatus
from typing import TYPE_CHECKING

import structlog
from flask import Blueprint, Response, make_response, redirect, render_template, request, session, url_for
from flask_login import current_user

from validator.accounts.passwords import Busy
from validator.accounts.sign_in import accounts, begin_session
from validator.security.access import public

if TYPE_CHECKING:
    from werkzeug.wrappers import Response as BaseResponse

log = structlog.get_logger(__name__)
blueprint = Blueprint("accounts", __name__)

# A path of ours: one slash, no second one and no backslash (which browsers read as one), nothing that
# browsers drop silently, no address of another host.
OWN_PATH = re.compile(r"/(?![/\\])[^\\\x00-\x20\x7f]{0,500}")
WRONG = "That user name and password do not belong together. Check both and try again, or ask a manager."
BUSY = "Many people are signing in just now. Wait a few seconds, then try again."


def own_path(target: str) -> str:
    """Where to go after signing in: the target if it is a page of ours, else the first page."""
    here = {url_for("accounts.login"), url_for("accounts.logout")}
    return target if OWN_PATH.fullmatch(target) and target not in here else "/"


@blueprint.route("/login", methods=["GET", "POST"])
@public("people sign in here")
def login() -> BaseResponse:
    """The form, and what it sends; whoever is signed in already goes on."""
    target = own_path(request.values.get("next", ""))
    if request.method == "POST":
        return _sign_in(target)
    return redirect(target) if current_user.is_authenticated else _form(target)


@blueprint.post("/logout")
def logout() -> BaseResponse:
    """End this browser's session."""
    session.clear()
    return redirect(url_for("accounts.login"))


def _sign_in(target: str) -> BaseResponse:
    """Go on to the target, or show the form again with what to do."""
    username = request.form.get("username", "")
    who = accounts().people.sign_in(username, request.form.get("password", ""))
    # A refused name is not logged: people type their password into the wrong field.
    if isinstance(who, Busy):
        log.warning("sign_in_busy")
        response = _form(target, username, BUSY, HTTPStatus.SERVICE_UNAVAILABLE)
        response.retry_after = who.retry_after_s
        return response
    if who is None:
        log.warning("sign_in_refused")
        # Not 401, which must name a scheme to sign in by: RFC 9110 has 403 for credentials that do not do.
        return _form(target, username, WRONG, HTTPStatus.FORBIDDEN)
    begin_session(who)
    log.info("signed_in", person=who.caller.id)
    return redirect(target)


def _form(target: str, username: str = "", error: str = "", status: int = HTTPStatus.OK) -> Response:
    page = render_template("accounts/login.html", next=target, username=username, error=error)
    return make_response(page, status)
