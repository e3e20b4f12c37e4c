"""The steps of a sign-in: name and password, and for some people a code as well."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING

import structlog
from flask import after_this_request, current_app, request, url_for

from validator.accounts.device_cookies import LIFETIME_DAYS, SECONDS_PER_DAY
from validator.accounts.password_queue import Origin
from validator.accounts.passwords import Busy
from validator.accounts.pending import PendingKind
from validator.accounts.people import login_key
from validator.i18n import N_, ngettext
from validator.i18n import gettext as _
from validator.rate_limiting.login_throttle import Attempt, Wait, network_of
from validator.services import services
from validator.sign_in.session import start_session

if TYPE_CHECKING:
    from werkzeug.wrappers import Response

    from validator.accounts.identity import VerifiedPerson

log = structlog.get_logger(__name__)
WRONG = N_("Wrong user name or password. Check both and try again, or ask a manager.")
NOT_THE_PASSWORD = N_("That is not your password. Check the keyboard and type it again.")
WRONG_CODE = N_("That code is not right, or was used before. Wait for the next one in your app and type it.")
TOO_LATE = N_("That took too long. Type your user name and password again.")
BUSY = N_("Many people are signing in just now. Wait a few seconds, then try again.")
DEVICE_COOKIE = "escv-known"
FIRST_STEP_COOKIE = "escv-first-step"
_TOKEN_BYTES = 32


@dataclass(frozen=True, slots=True)
class LoginRefused:
    """Why the sign-in failed, and what to do next."""

    message: str
    status: int
    retry_after_s: int = 0


@dataclass(frozen=True, slots=True)
class CodeRequired:
    """The password was right in this browser, which may now send a code for a few minutes."""

    message: str = ""
    status: int = HTTPStatus.OK


CANNOT_WRITE = N_(
    "The server cannot write to its disk, so signing in is not possible now. Tell IT support. Devices "
    "that are signed in can still check cards."
)


def check_password(response: Response) -> LoginRefused | CodeRequired | None:
    """The step with name and password; None if the person is signed in and the response has the cookies."""
    username = request.form.get("username", "")
    if services().accounts.people.is_busy(_origin(is_known=_known_device(username) is not None)):
        # Before the attempt is counted: a rush must not load the database as well.
        return _busy(Busy())
    attempt = _attempt(f"name {login_key(username)}", username)
    if isinstance(attempt, Wait):
        return retry_message(attempt)
    who = services().accounts.people.authenticate(
        username, request.form.get("password", ""), _origin(is_known=attempt.is_known)
    )
    if isinstance(who, Busy):
        services().login_throttle.release(attempt)
        return _busy(who)
    if who is None:
        # The name is not logged: people type their password into the wrong field.
        log.warning("sign_in_refused")
        # Not 401, which must name a scheme to sign in by: RFC 9110 has 403 for insufficient credentials.
        return LoginRefused(_(WRONG), HTTPStatus.FORBIDDEN)
    if services().accounts.second_factors.is_on(who.caller.id):
        services().login_throttle.release(attempt)
        _start_code_step(who)
        return CodeRequired()
    _complete(who, attempt, response)
    return None


def check_code(response: Response) -> LoginRefused | CodeRequired | None:
    """The step with the code, after the right password in this browser; None if the person is signed in."""
    token = request.cookies.get(_cookie(FIRST_STEP_COOKIE), "")
    step = services().accounts.pending.find(PendingKind.SIGN_IN, token)
    who = services().accounts.people.get_enabled(step.person_id) if step else None
    if who is None:
        return LoginRefused(_(TOO_LATE), HTTPStatus.FORBIDDEN)
    attempt = _attempt(f"code {who.caller.id}", who.caller.name)
    if isinstance(attempt, Wait):
        return CodeRequired(retry_message(attempt).message, HTTPStatus.TOO_MANY_REQUESTS)
    if not services().accounts.second_factors.verify(who.caller.id, request.form.get("code", "")):
        log.warning("sign_in_code_refused", person=who.caller.id)
        return CodeRequired(_(WRONG_CODE), HTTPStatus.FORBIDDEN)
    if not services().accounts.pending.consume(PendingKind.SIGN_IN, token):
        return LoginRefused(_(TOO_LATE), HTTPStatus.FORBIDDEN)
    response.delete_cookie(
        _cookie(FIRST_STEP_COOKIE), path=url_for("accounts.login"), secure=_is_secure(), httponly=True
    )
    _complete(who, attempt, response)
    return None


def reauthenticate(person_id: int, password: str) -> LoginRefused | None:
    """None if this is the password of a person who is signed in, else what to do next.

    An open session does not prove who is at the counter, and it must not help to guess.
    """
    attempt = services().login_throttle.attempt(f"own {person_id}", None, None)
    if isinstance(attempt, Wait):
        return retry_message(attempt)
    is_right = services().accounts.people.is_password_of(person_id, password)
    if isinstance(is_right, Busy):
        services().login_throttle.release(attempt)
        return _busy(is_right)
    if not is_right:
        log.warning("own_password_refused", person=person_id)
        return LoginRefused(_(NOT_THE_PASSWORD), HTTPStatus.FORBIDDEN)
    services().login_throttle.succeeded(attempt)
    return None


def admit_own_code(person_id: int) -> Attempt | Wait:
    """Whether a person who is signed in may try a code now; a right password does not reset this count."""
    return services().login_throttle.attempt(f"own code {person_id}", None, None)


def retry_message(wait: Wait) -> LoginRefused:
    """When to try again, in words; reveals nothing about whether the name exists."""
    log.warning("sign_in_delayed", seconds=wait.seconds)
    minutes = -(-wait.seconds // 60)
    message = ngettext(
        "There were many failed tries. Try again in %(num)s minute, "
        "or sign in on a device that you signed in on before.",
        "There were many failed tries. Try again in %(num)s minutes, "
        "or sign in on a device that you signed in on before.",
        minutes,
    )
    return LoginRefused(message, HTTPStatus.TOO_MANY_REQUESTS, wait.seconds)


def _busy(busy: Busy) -> LoginRefused:
    log.warning("sign_in_busy")
    return LoginRefused(_(BUSY), HTTPStatus.SERVICE_UNAVAILABLE, busy.retry_after_s)


def _attempt(about: str, username: str) -> Attempt | Wait:
    return services().login_throttle.attempt(about, network_of(request.remote_addr), _known_device(username))


def _known_device(username: str) -> str | None:
    """The nonce of this browser's device cookie for this name; None if the person never signed in here."""
    cookie = request.cookies.get(_cookie(DEVICE_COOKIE), "")
    return services().accounts.device_cookies.find(
        cookie, login_key(username), services().clock().timestamp()
    )


def _origin(*, is_known: bool) -> Origin:
    return Origin(network_of(request.remote_addr), request.remote_addr or "", is_known)


def _complete(who: VerifiedPerson, attempt: Attempt, response: Response) -> None:
    """Start the session and issue the device cookie."""
    start_session(who)
    services().login_throttle.succeeded(attempt)
    log.info("signed_in", person=who.caller.id)
    old = request.cookies.get(_cookie(DEVICE_COOKIE), "")
    now_s = services().clock().timestamp()
    new = services().accounts.device_cookies.issue(old, login_key(who.caller.name), now_s)
    _set_cookie(response, DEVICE_COOKIE, new, LIFETIME_DAYS * SECONDS_PER_DAY)


def _start_code_step(who: VerifiedPerson) -> None:
    """Let only this browser continue with the code."""
    token = secrets.token_urlsafe(_TOKEN_BYTES)
    services().accounts.pending.start(PendingKind.SIGN_IN, token, who)

    @after_this_request
    def _with_cookie(answer: Response) -> Response:
        lifetime_s = int(PendingKind.SIGN_IN.value.total_seconds())
        _set_cookie(answer, FIRST_STEP_COOKIE, token, lifetime_s)
        return answer


def _set_cookie(response: Response, name: str, text: str, seconds: int) -> None:
    """Set a cookie that browsers send to the sign-in form only."""
    response.set_cookie(
        _cookie(name),
        text,
        seconds,
        path=url_for("accounts.login"),
        secure=_is_secure(),
        httponly=True,
        samesite="Strict",
    )


def _cookie(name: str) -> str:
    return f"__Secure-{name}" if _is_secure() else name


def _is_secure() -> bool:
    return bool(current_app.config["SESSION_COOKIE_SECURE"])
