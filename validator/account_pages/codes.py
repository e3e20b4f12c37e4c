"""Turning the codes of an authenticator app on and off, on the page of one's own account."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING

import segno
import structlog
from flask import render_template, request
from werkzeug.exceptions import Forbidden

from validator.account_pages.views import asked_for_password, done, own, page, person
from validator.account_pages.words import GONE, NOT_THE_CODE
from validator.accounts import totp
from validator.accounts.caller import Proven
from validator.accounts.guard import Wait
from validator.accounts.sign_in import accounts
from validator.accounts.steps import WRONG_CODE, later, own_code_turn
from validator.security.access import people_only

if TYPE_CHECKING:
    from werkzeug.wrappers import Response

log = structlog.get_logger(__name__)
SITE = "ESC Validator"
SCALE = 5


@own.post("/codes")
@people_only
def offer_codes() -> tuple[str, int]:
    """After the own password: the secret once, as a picture and in letters, and a field for a code."""
    caller, opened = person()
    if not caller.is_manager:
        raise Forbidden
    refused = asked_for_password("codes")
    if refused is not None:
        return refused
    if accounts().second_factors.is_on(caller.id):
        return page(), HTTPStatus.CONFLICT
    secret = accounts().second_factors.offer(Proven(caller, opened.alternative_id), opened.token)
    drawn = segno.make(totp.address(secret, caller.name, SITE), error="m", micro=False)
    picture: str = drawn.svg_data_uri(scale=SCALE, light="#fff")
    return _form(picture=picture, secret=totp.written(secret)), HTTPStatus.OK


@own.post("/codes/confirm")
@people_only
def confirm_codes() -> Response | tuple[str, int]:
    """The first code from the app: it turns the codes on."""
    caller, opened = person()
    if not accounts().second_factors.is_offered(opened.token):
        return page(error=GONE, about="codes"), HTTPStatus.CONFLICT
    turn = own_code_turn(caller.id)
    if isinstance(turn, Wait):
        return _form(error=later(turn).why), HTTPStatus.TOO_MANY_REQUESTS
    if not accounts().second_factors.confirm(opened.token, request.form.get("code", "")):
        return _form(error=NOT_THE_CODE), HTTPStatus.FORBIDDEN
    accounts().guard.right(turn)
    log.info("codes_on", person=caller.id)
    return done("codes-on")


@own.post("/codes/off")
@people_only
def turn_codes_off() -> Response | tuple[str, int]:
    """After the own password and a code: signing in asks for no code any more."""
    caller, _ = person()
    refused = asked_for_password("codes") or _asked_for_code()
    if refused is not None:
        return refused
    accounts().second_factors.drop(caller.id)
    log.info("codes_off", person=caller.id)
    return done("codes-off")


def _asked_for_code() -> tuple[str, int] | None:
    """None where the form holds a code of the own app, or codes are off; else the page that says what to do.

    Whoever saw the password must not be able to take the second factor away.
    """
    caller, _ = person()
    if not accounts().second_factors.is_on(caller.id):
        return None
    turn = own_code_turn(caller.id)
    if isinstance(turn, Wait):
        return page(error=later(turn).why, about="codes"), HTTPStatus.TOO_MANY_REQUESTS
    if not accounts().second_factors.take(caller.id, request.form.get("code", "")):
        log.warning("own_code_refused", person=caller.id)
        return page(error=WRONG_CODE, about="codes"), HTTPStatus.FORBIDDEN
    accounts().guard.right(turn)
    return None


def _form(picture: str = "", secret: str = "", error: str = "") -> str:
    return render_template("account_pages/codes.html", picture=picture, secret=secret, error=error)
