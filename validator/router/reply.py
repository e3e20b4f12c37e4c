"""What an HTTP reply means: status and body in, one answer out. Pure."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING, Never

from validator.router.answers import KnownCard, RouterFailure, UnknownCard, UnusableAnswer
from validator.router.cards import known_card
from validator.router.config import Endpoint
from validator.verdict import Reason

if TYPE_CHECKING:
    from scanner.escn import Escn

NO_SUCH_CARD = "ER-0001"
ASKED_TO_WAIT = ", asked to wait"

_REFUSED = frozenset({HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN})
_BUSY = frozenset({HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE})
_RETRYABLE = frozenset({HTTPStatus.BAD_GATEWAY, HTTPStatus.SERVICE_UNAVAILABLE, HTTPStatus.GATEWAY_TIMEOUT})
_REDIRECTS = range(300, 400)
_CLIENT_ERRORS = range(400, 500)
_SERVER_ERRORS = range(500, 600)
_SECONDS = re.compile(r"[0-9]{1,9}")
_MEDIA_TYPE = re.compile(r"application/(?:[a-z0-9.-]+\+)?json", re.IGNORECASE)
_CHARSETS = frozenset({"utf-8", "utf8", "us-ascii"})


@dataclass(frozen=True, slots=True, repr=False)
class Reply:
    """One HTTP reply. `body` is None if it was not read or is too large. No repr: it holds a body."""

    status: int
    content_type: str | None = None
    content_encoding: str | None = None
    retry_after: str | None = None
    date: str | None = None
    body: bytes | None = None


@dataclass(frozen=True, slots=True)
class TryNextEndpoint:
    """This endpoint is not available to us, another one may be. `failure` counts if there is no other."""

    failure: RouterFailure
    path_missing: bool


EndpointAnswer = KnownCard | UnknownCard | RouterFailure | TryNextEndpoint


def needs_body(status: int) -> bool:
    """Whether the body can change the meaning of the reply; other bodies are never read."""
    return status == HTTPStatus.OK or (status in _CLIENT_ERRORS and status not in _REFUSED | _BUSY)


def read_reply(
    endpoint: Endpoint, asked: Escn, reply: Reply, *, keep_display_name: bool = False
) -> EndpointAnswer:
    """The answer in this reply. Only a well-formed reply about exactly this card gives a card's answer."""
    if reply.status == HTTPStatus.OK:
        try:
            answer = _json_object(reply)
            return known_card(endpoint, asked, answer, keep_display_name=keep_display_name)
        except UnusableAnswer as error:
            return RouterFailure(Reason.ROUTER_ANSWER_UNUSABLE, f"200, {error}")
    code = _error_code(reply) if needs_body(reply.status) else None
    if code is not None and _means_unknown(endpoint, reply.status, code):
        return UnknownCard()
    return _failure(reply)


def _failure(reply: Reply) -> RouterFailure | TryNextEndpoint:
    status = reply.status
    if status in _REFUSED or status in _REDIRECTS:
        refusal = RouterFailure(Reason.ROUTER_REFUSED, str(status))
        # Production refuses unknown networks like this, perhaps on one endpoint only (protocol.md §7).
        return TryNextEndpoint(refusal, path_missing=False) if status == HTTPStatus.FORBIDDEN else refusal
    if status == HTTPStatus.NOT_FOUND:
        missing = RouterFailure(Reason.ROUTER_ANSWER_UNUSABLE, "404 of the path itself")
        return TryNextEndpoint(missing, path_missing=True)
    if status in _BUSY:
        # No immediate retry if the Router asks us to wait.
        is_retryable = status in _RETRYABLE and reply.retry_after is None
        return RouterFailure(Reason.ROUTER_BUSY, f"{status}{_asked_to_wait(reply)}", is_retryable)
    if status in _SERVER_ERRORS:
        return RouterFailure(Reason.ROUTER_ERROR, str(status), status in _RETRYABLE)
    return RouterFailure(Reason.ROUTER_ANSWER_UNUSABLE, f"unexpected status {status}")


def _means_unknown(endpoint: Endpoint, status: int, code: str) -> bool:
    """404 with the documented body; for the verifier only the code is known (protocol.md §3.3)."""
    return status == HTTPStatus.NOT_FOUND or (endpoint is Endpoint.VERIFIER and code == NO_SUCH_CARD)


def _error_code(reply: Reply) -> str | None:
    """The code of an ApiErrorMessage, or None if the body is not one.

    Gateways number their own errors with digits alone, and SE- is the Router's "access denied": neither says
    anything about a card (protocol.md §3.5).
    """
    try:
        error = _json_object(reply)
    except UnusableAnswer:
        return None
    code, message = error.get("code"), error.get("message")
    if not isinstance(code, str) or not isinstance(message, str) or not code.strip():
        return None
    return None if code.strip().isdecimal() or code.startswith("SE-") else code


def _asked_to_wait(reply: Reply) -> str:
    """For the log only; never obeyed, because a header must not put a thread to sleep."""
    seconds = (reply.retry_after or "").strip()
    return f"{ASKED_TO_WAIT} {seconds} s" if _SECONDS.fullmatch(seconds) else ""


def _json_object(reply: Reply) -> dict[str, object]:
    """The JSON object in the body: UTF-8, announced as JSON, no key twice. Raises UnusableAnswer."""
    if (reply.content_encoding or "identity").strip().lower() != "identity":
        raise UnusableAnswer("packed, though no packing was asked for")
    if reply.body is None:
        raise UnusableAnswer("the body is over the bound")
    if not _announces_json(reply.content_type or ""):
        raise UnusableAnswer("not announced as JSON in UTF-8")
    try:
        value: object = json.loads(
            reply.body.decode("utf-8"), object_pairs_hook=_unique_keys, parse_constant=_reject_constant
        )
    except (ValueError, RecursionError):
        # `from None`: the cause would hold the text.
        raise UnusableAnswer("not JSON in UTF-8") from None
    if not isinstance(value, dict):
        raise UnusableAnswer("not a JSON object")
    return value


def _announces_json(content_type: str) -> bool:
    media_type, *parameters = (part.strip() for part in content_type.split(";"))
    charsets = [name.partition("=")[2] for name in parameters if name.lower().startswith("charset=")]
    return bool(_MEDIA_TYPE.fullmatch(media_type)) and all(
        charset.strip("\"' ").lower() in _CHARSETS for charset in charsets
    )


def _unique_keys(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise UnusableAnswer("a key stands twice in one object")
    return found


def _reject_constant(_name: str) -> Never:
    raise UnusableAnswer("NaN and Infinity are not JSON")
