"""The Router stand-in: a little application of its own, `gunicorn 'validator.demo.router:create_router()'`.

It serves the public endpoints as they are documented (errors too), for the demo deck only. ESCV_DEMO_DELAY_S
makes every answer late by so many seconds; ESCV_TIMEZONE says where the cards' days end.
"""

from __future__ import annotations

import json
import os
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from http import HTTPStatus
from typing import TYPE_CHECKING, TypeVar
from zoneinfo import ZoneInfo

from flask import Flask, Response, request
from werkzeug.exceptions import HTTPException

from validator.demo import answers, symbol
from validator.demo.card import Fault, Form, Standing
from validator.demo.deck import BY_NUMBER, BY_SLUG

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import date

    from validator.demo.card import DemoCard

REST = "/esc-rest/api/v2/cards/<escn>"
VERIFIER = "/esc-verifier-service/api/v1/cards/verify/<escn>"
# Silence is longer than any client of ours waits, and short enough not to hold a thread for long.
PAUSES_S: dict[Fault | None, float] = {Fault.SLOW: 2.0, Fault.SILENT: 8.0}
LONGEST_DELAY_S = 60.0
NOT_FOUND = "ER-0001"
DENIED = "SE-0000"
# The Router's own codes for these two are not known.
BAD_REQUEST = "DEMO-400"
UNEXPECTED = "DEMO-500"
PAGE = "<!DOCTYPE html><title>Welcome</title><p>This gateway needs a moment of your attention.</p>\n"


Word = TypeVar("Word", symbol.Orientation, symbol.Colours, symbol.Size)


class DelayError(ValueError):
    """ESCV_DEMO_DELAY_S is not a number of seconds that can be waited."""


@dataclass(frozen=True, slots=True)
class StandIn:
    """The views of the stand-in; time comes in from outside."""

    clock: Callable[[], datetime]
    sleep: Callable[[float], None]
    zone: ZoneInfo

    def status(self, escn: str) -> Response:
        """The documented, public status of a card."""
        return self._answer(escn, answers.status_view)

    def verify(self, escn: str) -> Response:
        """The verifier service's answer about a card."""
        return self._answer(escn, answers.verifier_view)

    def qr(self, escn: str) -> Response:
        """The picture of a code for any number that fits, registered or not."""
        media_type = request.accept_mimetypes.best_match(["image/svg+xml", "text/plain"])
        if media_type is None:
            return _bad_request("Accept: image/svg+xml or text/plain")
        try:
            picture = symbol.router_picture(Form.CURRENT.format(escn=escn), _look(request.args))
        except ValueError as refusal:
            return _bad_request(str(refusal))
        text = symbol.as_base64(picture) if media_type == "text/plain" else picture
        return Response(text, content_type=media_type)

    def _answer(self, escn: str, view: Callable[[DemoCard, date], answers.Json]) -> Response:
        card = BY_NUMBER.get(escn)
        if card is None or card.standing is Standing.NOT_REGISTERED:
            return _error(HTTPStatus.NOT_FOUND, NOT_FOUND, f"Card({escn}) not found")
        self.sleep(PAUSES_S.get(card.fault, 0.0))
        misbehaviour = _misbehaviour(card.fault)
        if misbehaviour is not None:
            return misbehaviour
        answered = BY_SLUG["anna-active"] if card.fault is Fault.WRONG_CARD else card
        return _json(view(answered, self.clock().astimezone(self.zone).date()))


def create_router(
    clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    sleep: Callable[[float], None] = time.sleep,
    environ: Mapping[str, str] = os.environ,
) -> Flask:
    """The stand-in as an application. Raises DelayError where ESCV_DEMO_DELAY_S cannot be used."""
    late_s = delay_s(environ)
    stand_in = StandIn(clock, sleep, ZoneInfo(environ.get("ESCV_TIMEZONE") or "Europe/Brussels"))
    app = Flask("validator.demo.router", static_folder=None)
    app.before_request(lambda: sleep(late_s) if late_s else None)
    app.add_url_rule(f"{REST}/status", view_func=stand_in.status, endpoint="status", methods=["GET"])
    app.add_url_rule(f"{REST}/qr", view_func=stand_in.qr, endpoint="qr", methods=["GET"])
    app.add_url_rule(VERIFIER, view_func=stand_in.verify, endpoint="verify", methods=["GET"])
    app.register_error_handler(HTTPException, lambda error: _http_error(error, clock()))
    return app


def _misbehaviour(fault: Fault | None) -> Response | None:
    """What is sent in place of an answer; None where there is one."""
    if fault is Fault.ERROR:
        return _error(HTTPStatus.INTERNAL_SERVER_ERROR, UNEXPECTED, "Unexpected error")
    if fault is Fault.REFUSED:
        return _error(HTTPStatus.FORBIDDEN, DENIED, "Access denied")
    if fault is Fault.HTML_PAGE:
        return Response(PAGE, content_type="text/html; charset=utf-8")
    return None


def delay_s(environ: Mapping[str, str]) -> float:
    """How late every answer is. Raises DelayError."""
    try:
        seconds = float(environ.get("ESCV_DEMO_DELAY_S") or 0)
    except ValueError:
        seconds = -1.0
    if not 0 <= seconds <= LONGEST_DELAY_S:
        raise DelayError(f"ESCV_DEMO_DELAY_S must be a number of seconds from 0 to {LONGEST_DELAY_S:g}.")
    return seconds


def _look(args: Mapping[str, str]) -> symbol.Look:
    """What the query asks for, in any case of letters; ValueError, without the words given, where unknown."""
    return symbol.Look(
        _choice(symbol.Orientation, args.get("orientation", "horizontal").lower(), "orientation"),
        _choice(symbol.Colours, args.get("colours", "normal").lower(), "colours"),
        _choice(symbol.Size, args.get("size", "S").upper(), "size"),
    )


def _choice(words: type[Word], word: str, parameter: str) -> Word:
    try:
        return words(word)
    except ValueError:
        raise ValueError(f"{parameter}: one of {', '.join(words)}") from None


def _json(body: answers.Json, status: int = HTTPStatus.OK, media_type: str = "application/json") -> Response:
    return Response(json.dumps(body, ensure_ascii=False), status=status, content_type=media_type)


def _error(status: HTTPStatus, code: str, message: str) -> Response:
    """The documented `ApiErrorMessage`."""
    return _json({"code": code, "message": message}, status)


def _bad_request(message: str) -> Response:
    """An `ApiErrorMessage` too, but sent as text: for this operation the document has no JSON type."""
    return _json({"code": BAD_REQUEST, "message": message}, HTTPStatus.BAD_REQUEST, "text/plain")


def _http_error(error: HTTPException, now: datetime) -> Response:
    """What Spring says of itself, with no card in question: no such path, no such method, a fault."""
    status = HTTPStatus(error.code or HTTPStatus.INTERNAL_SERVER_ERROR)
    body: answers.Json = {
        "timestamp": now.isoformat(timespec="milliseconds"),
        "status": status.value,
        "error": status.phrase,
        "path": request.path,
    }
    response = _json(body, status)
    response.headers.extend(pair for pair in error.get_headers() if pair[0] == "Allow")
    return response
