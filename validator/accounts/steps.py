"""The steps of a sign-in: name and password, and for some people a code as well."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING

import structlog
from flask import after_this_request, current_app, request, url_for

from validator.accounts import names
from validator.accounts.guard import Turn, Wait
from validator.accounts.networks import network_of
from validator.accounts.passwords import Busy
from validator.accounts.pending import Kind
from validator.accounts.sign_in import accounts, begin_session
from validator.accounts.turns import Origin
from validator.services import services

if TYPE_CHECKING:
    from werkzeug.wrappers import Response

    from validator.accounts.caller import Proven

log = structlog.get_logger(__name__)
WRONG = "That user name and password do not belong together. Check both and try again, or ask a manager."
NOT_THE_PASSWORD = "That is not your password. Check the keyboard and type it again."  # noqa: S105 - a sentence
WRONG_CODE = "That code is not right, or was used before. Wait for the next one in your app and type it."
TOO_LATE = "That took too long. Type your user name and password again."
BUSY = "Many people are signing in just now. Wait a few seconds, then try again."
LATER = (
    "There were many failed tries. Try again in {time}, or sign in on a device that you signed in on before."
)
KNOWN = "escv-known"
FIRST_STEP = "escv-first-step"
_TOKEN_BYTES = 32


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why nobody came in, and what to do."""

    why: str
    status: int
    retry_after_s: int = 0


@dataclass(frozen=True, slots=True)
class NeedsCode:
    """The first step is done in this browser: it is asked for a code for a few minutes."""

    why: str = ""
    status: int = HTTPStatus.OK


CANNOT_WRITE = Refusal(
    "The server cannot write to its disk, so nobody can sign in. Tell whoever looks after this service. "
    "Devices that are signed in go on checking cards.",
    HTTPStatus.SERVICE_UNAVAILABLE,
)


def first(response: Response) -> Refusal | NeedsCode | None:
    """Name and password: None where the person came in, with the cookies of this browser on the response."""
    username = request.form.get("username", "")
    if accounts().people.is_rushed(_origin(is_known=_mark_of(username) is not None)):
        # Before anything is counted: a rush must not make the database busy, too.
        return _busy(Busy())
    turn = _turn(f"name {names.login_key(username)}", username)
    if isinstance(turn, Wait):
        return later(turn)
    who = accounts().people.prove(username, request.form.get("password", ""), _origin(is_known=turn.is_known))
    if isinstance(who, Busy):
        accounts().guard.not_looked_at(turn)
        return _busy(who)
    if who is None:
        # A refused name is not logged: people type their password into the wrong field.
        log.warning("sign_in_refused")
        # Not 401, which must name a scheme to sign in by: RFC 9110 has 403 for credentials that do not do.
        return Refusal(WRONG, HTTPStatus.FORBIDDEN)
    if accounts().second_factors.is_on(who.caller.id):
        accounts().guard.not_looked_at(turn)
        _begin_second(who)
        return NeedsCode()
    _come_in(who, turn, response)
    return None


def second(response: Response) -> Refusal | NeedsCode | None:
    """The code of who did the first step in this browser: None where the person came in."""
    token = request.cookies.get(_cookie(FIRST_STEP), "")
    step = accounts().pending.find(Kind.SIGN_IN, token)
    who = accounts().people.now(step.person_id) if step else None
    if who is None:
        return Refusal(TOO_LATE, HTTPStatus.FORBIDDEN)
    turn = _turn(f"code {who.caller.id}", who.caller.name)
    if isinstance(turn, Wait):
        return NeedsCode(later(turn).why, HTTPStatus.TOO_MANY_REQUESTS)
    if not accounts().second_factors.take(who.caller.id, request.form.get("code", "")):
        log.warning("sign_in_code_refused", person=who.caller.id)
        return NeedsCode(WRONG_CODE, HTTPStatus.FORBIDDEN)
    if not accounts().pending.use(Kind.SIGN_IN, token):
        return Refusal(TOO_LATE, HTTPStatus.FORBIDDEN)
    response.delete_cookie(
        _cookie(FIRST_STEP), path=url_for("accounts.login"), secure=_is_secure(), httponly=True
    )
    _come_in(who, turn, response)
    return None


def own_turn(person_id: int) -> Turn | Wait:
    """Whether somebody who is signed in may try the own password now."""
    return accounts().guard.admit(f"own {person_id}", None, None)


def own_password(person_id: int, password: str) -> Refusal | None:
    """None where this is the password of somebody who is signed in, else what to do.

    An open session on a counter is no proof of who stands there, and it must not help to guess.
    """
    turn = own_turn(person_id)
    if isinstance(turn, Wait):
        return later(turn)
    is_theirs = accounts().people.is_theirs(person_id, password)
    if isinstance(is_theirs, Busy):
        accounts().guard.not_looked_at(turn)
        return _busy(is_theirs)
    if not is_theirs:
        log.warning("own_password_refused", person=person_id)
        return Refusal(NOT_THE_PASSWORD, HTTPStatus.FORBIDDEN)
    accounts().guard.right(turn)
    return None


def own_code_turn(person_id: int) -> Turn | Wait:
    """The same for the code of the own app: a right password must not reset what it counts."""
    return accounts().guard.admit(f"own code {person_id}", None, None)


def later(wait: Wait) -> Refusal:
    """When to try again, in words; nothing about whether the name exists."""
    log.warning("sign_in_delayed", seconds=wait.seconds)
    minutes = -(-wait.seconds // 60)
    time = "a minute" if minutes == 1 else f"{minutes} minutes"
    return Refusal(LATER.format(time=time), HTTPStatus.TOO_MANY_REQUESTS, wait.seconds)


def _busy(busy: Busy) -> Refusal:
    log.warning("sign_in_busy")
    return Refusal(BUSY, HTTPStatus.SERVICE_UNAVAILABLE, busy.retry_after_s)


def _turn(about: str, username: str) -> Turn | Wait:
    return accounts().guard.admit(about, network_of(request.remote_addr), _mark_of(username))


def _mark_of(username: str) -> str | None:
    now_s = services().clock().timestamp()
    return accounts().known_here.mark_of(_marks(), names.login_key(username), now_s)


def _origin(*, is_known: bool) -> Origin:
    return Origin(network_of(request.remote_addr), request.remote_addr or "", is_known)


def _come_in(who: Proven, turn: Turn, response: Response) -> None:
    """Open the session, and let this browser be known from now on."""
    found = accounts()
    begin_session(who)
    found.guard.right(turn)
    log.info("signed_in", person=who.caller.id)
    now_s = services().clock().timestamp()
    _set_cookie(
        response,
        KNOWN,
        found.known_here.marked(_marks(), names.login_key(who.caller.name), now_s),
        180 * 86_400,
    )


def _begin_second(who: Proven) -> None:
    """Let this browser alone go on with the code."""
    token = secrets.token_urlsafe(_TOKEN_BYTES)
    accounts().pending.begin(Kind.SIGN_IN, token, who)

    @after_this_request
    def _mark(answer: Response) -> Response:
        _set_cookie(answer, FIRST_STEP, token, int(Kind.SIGN_IN.value.total_seconds()))
        return answer


def _set_cookie(response: Response, name: str, text: str, seconds: int) -> None:
    """For the sign-in form alone."""
    response.set_cookie(
        _cookie(name),
        text,
        seconds,
        path=url_for("accounts.login"),
        secure=_is_secure(),
        httponly=True,
        samesite="Strict",
    )


def _marks() -> str:
    return request.cookies.get(_cookie(KNOWN), "")


def _cookie(name: str) -> str:
    return f"__Secure-{name}" if _is_secure() else name


def _is_secure() -> bool:
    return bool(current_app.config["SESSION_COOKIE_SECURE"])
