"""What a whole HTTP reply means: status and body in, one answer out. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING

from validator.router.answers import KnownCard, RouterFailure, UnknownCard
from validator.router.cards import known_card
from validator.router.config import Endpoint
from validator.router.strict_json import Unusable, load_object
from validator.verdict import Reason

if TYPE_CHECKING:
    from scanner.escn import Escn

NO_SUCH_CARD = "ER-0001"
ASKED_TO_WAIT = ", asked to wait"

_REFUSED = frozenset({HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN})
_BUSY = frozenset({HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE})
_MAY_PASS = frozenset({HTTPStatus.BAD_GATEWAY, HTTPStatus.SERVICE_UNAVAILABLE, HTTPStatus.GATEWAY_TIMEOUT})
_REDIRECTS = range(300, 400)
_CLIENT_ERRORS = range(400, 500)
_SERVER_ERRORS = range(500, 600)
_SECONDS = re.compile(r"[0-9]{1,9}")


@dataclass(frozen=True, slots=True, repr=False)
class Reply:
    """One HTTP reply. `body` is None where it was not read or is over the bound. No repr: it holds a body."""

    status: int
    content_type: str | None = None
    content_encoding: str | None = None
    retry_after: str | None = None
    date: str | None = None
    body: bytes | None = None


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """This endpoint is not to be had from here, another may be; `failure` stands where none is."""

    failure: RouterFailure
    path_missing: bool


Reading = KnownCard | UnknownCard | RouterFailure | Elsewhere


def needs_body(status: int) -> bool:
    """Whether the body can change what the reply means; other bodies are never read."""
    return status == HTTPStatus.OK or (status in _CLIENT_ERRORS and status not in _REFUSED | _BUSY)


def read_reply(endpoint: Endpoint, asked: Escn, reply: Reply, *, keep_display_name: bool = False) -> Reading:
    """The answer in this reply. Only a well-formed one about exactly this card becomes a card's answer."""
    if reply.status == HTTPStatus.OK:
        try:
            answer = load_object(_plain_body(reply), reply.content_type)
            return known_card(endpoint, asked, answer, keep_display_name=keep_display_name)
        except Unusable as fault:
            return RouterFailure(Reason.ROUTER_ANSWER_UNUSABLE, f"200, {fault}")
    code = _error_code(reply) if needs_body(reply.status) else None
    if code is not None and _says_unknown(endpoint, reply.status, code):
        return UnknownCard()
    return _failure(reply)


def _failure(reply: Reply) -> RouterFailure | Elsewhere:
    status = reply.status
    if status in _REFUSED or status in _REDIRECTS:
        refusal = RouterFailure(Reason.ROUTER_REFUSED, str(status))
        # How production turns away networks it does not know, perhaps on one endpoint only (protocol.md §7).
        return Elsewhere(refusal, path_missing=False) if status == HTTPStatus.FORBIDDEN else refusal
    if status == HTTPStatus.NOT_FOUND:
        missing = RouterFailure(Reason.ROUTER_ANSWER_UNUSABLE, "404 of the path itself")
        return Elsewhere(missing, path_missing=True)
    if status in _BUSY:
        # Who asks us to wait is not asked again at once.
        may_pass = status in _MAY_PASS and reply.retry_after is None
        return RouterFailure(Reason.ROUTER_BUSY, f"{status}{_asked_to_wait(reply)}", may_pass)
    if status in _SERVER_ERRORS:
        return RouterFailure(Reason.ROUTER_ERROR, str(status), status in _MAY_PASS)
    return RouterFailure(Reason.ROUTER_ANSWER_UNUSABLE, f"unexpected status {status}")


def _says_unknown(endpoint: Endpoint, status: int, code: str) -> bool:
    """404 with the documented body; of the verifier the code is known, not the status (protocol.md §3.3)."""
    return status == HTTPStatus.NOT_FOUND or (endpoint is Endpoint.VERIFIER and code == NO_SUCH_CARD)


def _error_code(reply: Reply) -> str | None:
    """The code of an ApiErrorMessage, or None where the body is none.

    Digits alone are how gateways number their own errors, SE- is the Router's "access denied": neither is a
    word about a card (protocol.md §3.5).
    """
    try:
        error = load_object(_plain_body(reply), reply.content_type)
    except Unusable:
        return None
    code, message = error.get("code"), error.get("message")
    if not isinstance(code, str) or not isinstance(message, str) or not code.strip():
        return None
    return None if code.strip().isdecimal() or code.startswith("SE-") else code


def _plain_body(reply: Reply) -> bytes:
    if (reply.content_encoding or "identity").strip().lower() != "identity":
        raise Unusable("packed, though no packing was asked for")
    if reply.body is None:
        raise Unusable("the body is over the bound")
    return reply.body


def _asked_to_wait(reply: Reply) -> str:
    """Told in the log, never obeyed: a header must not put a thread to sleep (trust.md §2.9)."""
    seconds = (reply.retry_after or "").strip()
    return f"{ASKED_TO_WAIT} {seconds} s" if _SECONDS.fullmatch(seconds) else ""
