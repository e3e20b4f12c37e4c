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
from validator.accounts.guard import Wait
from validator.accounts.sign_in import accounts
from validator.accounts.steps import later, own_turn
from validator.security.access import people_only

if TYPE_CHECKING:
    from werkzeug.wrappers import Response

log = structlog.get_logger(__name__)
SITE = "ESC Validator"
SCALE = 5


@own.post("/codes")
@people_only
def offer_codes() -> tuple[str, int]:
    """After the own password: the secret as a picture and in letters, and a field for the first code."""
    caller, _ = person()
    if not caller.is_manager:
        raise Forbidden
    refused = asked_for_password("codes")
    if refused is not None:
        return refused
    if accounts().second_factors.is_on(caller.id):
        return page(), HTTPStatus.CONFLICT
    return _offer(accounts().second_factors.offer(caller.id))


@own.post("/codes/confirm")
@people_only
def confirm_codes() -> Response | tuple[str, int]:
    """The first code from the app: it turns the codes on."""
    caller, _ = person()
    secret = accounts().second_factors.offered(caller.id)
    if secret is None:
        return page(error=GONE, about="codes"), HTTPStatus.CONFLICT
    turn = own_turn(caller.id)
    if isinstance(turn, Wait):
        return _offer(secret, later(turn).why, HTTPStatus.TOO_MANY_REQUESTS)
    if not accounts().second_factors.take(caller.id, request.form.get("code", "")):
        return _offer(secret, NOT_THE_CODE, HTTPStatus.FORBIDDEN)
    accounts().guard.right(turn)
    log.info("codes_on", person=caller.id)
    return done("codes-on")


@own.post("/codes/off")
@people_only
def turn_codes_off() -> Response | tuple[str, int]:
    """After the own password: signing in asks for no code any more."""
    caller, _ = person()
    refused = asked_for_password("codes")
    if refused is not None:
        return refused
    accounts().second_factors.drop(caller.id)
    log.info("codes_off", person=caller.id)
    return done("codes-off")


def _offer(secret: bytes, error: str = "", status: int = HTTPStatus.OK) -> tuple[str, int]:
    caller, _ = person()
    drawn = segno.make(totp.address(secret, caller.name, SITE), error="m", micro=False)
    picture: str = drawn.svg_data_uri(scale=SCALE, light="#fff")
    shown = render_template(
        "account_pages/codes.html", picture=picture, secret=totp.written(secret), error=error
    )
    return shown, status
