"""A simulated Router: a separate application, `gunicorn 'validator.demo.router:create_router()'`.

It serves the public endpoints as documented, including errors, for the demo cards only. ESCV_DEMO_DELAY_S
delays every answer by that number of seconds; ESCV_TIMEZONE is the time zone in which cards expire.
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

from validator.demo import symbol
from validator.demo.card import CardType, CodeForm, Fault, Level, RegisterStatus
from validator.demo.deck import BY_NUMBER, BY_SLUG

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import date

    from validator.demo.card import DemoCard

Json = dict[str, object]

TYPE_LABELS = {
    CardType.UNKNOWN: "Unknown",
    CardType.PASSIVE: "Card without electronics",
    CardType.SMART_NO_CDZ: "Smart card without the ESC zone",
    CardType.SMART_CDZ: "Smart card with the ESC zone",
    CardType.SMART_MAY_SP: "Smart card for further services",
    CardType.SMART_PASSIVE: "Digital card",
    CardType.SMART_PASSIVE_EMULATION: "Digital card that emulates a smart card",
}
LEVEL_LABELS = {Level.BACHELOR: "Bachelor", Level.MASTER: "Master", Level.DOCTORATE: "Doctorate"}
STATUS_LABELS = {
    RegisterStatus.ACTIVE: "Active",
    RegisterStatus.INACTIVE: "Inactive",
    RegisterStatus.EXPIRED: "Expired",
}
REST = "/esc-rest/api/v2/cards/<escn>"
VERIFIER = "/esc-verifier-service/api/v1/cards/verify/<escn>"
# Longer than any of our clients waits, and short enough to release the thread soon.
PAUSES_S: dict[Fault | None, float] = {Fault.SLOW: 2.0, Fault.SILENT: 8.0}
MAX_DELAY_S = 60.0
NOT_FOUND = "ER-0001"
DENIED = "SE-0000"
# The Router's codes for these two are unknown.
BAD_REQUEST = "DEMO-400"
UNEXPECTED = "DEMO-500"
PAGE = "<!DOCTYPE html><title>Welcome</title><p>This gateway needs a moment of your attention.</p>\n"


Choice = TypeVar("Choice", symbol.Orientation, symbol.Colours, symbol.Size)


class DelayError(ValueError):
    """ESCV_DEMO_DELAY_S is no valid number of seconds."""


@dataclass(frozen=True, slots=True)
class DemoRouter:
    """The views of the simulated Router; clock and sleep are passed in."""

    clock: Callable[[], datetime]
    sleep: Callable[[float], None]
    zone: ZoneInfo

    def status(self, escn: str) -> Response:
        """The documented, public status of a card."""
        return self._answer(escn, status_view)

    def verify(self, escn: str) -> Response:
        """The answer of the verifier service about a card."""
        return self._answer(escn, verifier_view)

    def qr(self, escn: str) -> Response:
        """The picture of a code for any number that fits, registered or not."""
        media_type = request.accept_mimetypes.best_match(["image/svg+xml", "text/plain"])
        if media_type is None:
            return _bad_request("Accept: image/svg+xml or text/plain")
        try:
            picture = symbol.router_picture(CodeForm.CURRENT.format(escn=escn), _style(request.args))
        except ValueError as refusal:
            return _bad_request(str(refusal))
        text = symbol.as_base64(picture) if media_type == "text/plain" else picture
        return Response(text, content_type=media_type)

    def _answer(self, escn: str, view: Callable[[DemoCard, date], Json]) -> Response:
        card = BY_NUMBER.get(escn)
        if card is None or card.status is RegisterStatus.NOT_REGISTERED:
            return _error(HTTPStatus.NOT_FOUND, NOT_FOUND, f"Card({escn}) not found")
        self.sleep(PAUSES_S.get(card.fault, 0.0))
        fault_response = _fault_response(card.fault)
        if fault_response is not None:
            return fault_response
        shown = BY_SLUG["anna-active"] if card.fault is Fault.WRONG_CARD else card
        return _json(view(shown, self.clock().astimezone(self.zone).date()))


def create_router(
    clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    sleep: Callable[[float], None] = time.sleep,
    environ: Mapping[str, str] = os.environ,
) -> Flask:
    """The application. Raises DelayError if ESCV_DEMO_DELAY_S is invalid."""
    delay = delay_s(environ)
    router = DemoRouter(clock, sleep, ZoneInfo(environ.get("ESCV_TIMEZONE") or "Europe/Brussels"))
    app = Flask("validator.demo.router", static_folder=None)
    app.before_request(lambda: sleep(delay) if delay else None)
    app.add_url_rule(f"{REST}/status", view_func=router.status, endpoint="status", methods=["GET"])
    app.add_url_rule(f"{REST}/qr", view_func=router.qr, endpoint="qr", methods=["GET"])
    app.add_url_rule(VERIFIER, view_func=router.verify, endpoint="verify", methods=["GET"])
    app.register_error_handler(HTTPException, lambda error: _http_error(error, clock()))
    return app


def status_view(card: DemoCard, today: date) -> Json:
    """The documented `CardStatusView`: seven strings, including the PIC of the issuer."""
    return {
        "cardNumber": card.escn,
        "displayName": card.holder,
        "expiresAt": card.expires_on(today).isoformat(),
        "issuedAt": card.issued_on(today).isoformat(),
        "issuerIdentifier": card.institution.pic,
        "issuerName": card.institution.name,
        "status": card.status.value,
    }


def verifier_view(card: DemoCard, today: date) -> Json:
    """The answer of the verifier service, known from its clients, not documented; it contains no name."""
    level = _code(card.level.value, LEVEL_LABELS[card.level]) if card.level else None
    return {
        "cardNumber": card.escn,
        "cardType": _code(card.card_type.value, TYPE_LABELS[card.card_type]),
        "cardStatusType": _code(card.status.value, STATUS_LABELS[card.status]),
        "expiresAt": card.expires_on(today).isoformat(),
        "cardHolder": {"academicLevel": level},
        "issuer": {
            "identifier": card.institution.pic,
            "identifierType": _code("PIC", "Participant Identification Code"),
            "name": card.institution.name,
        },
    }


def _code(key: str, label: str) -> Json:
    return {"key": key, "label": label}


def _fault_response(fault: Fault | None) -> Response | None:
    """The response that replaces the answer; None for an ordinary answer."""
    if fault is Fault.ERROR:
        return _error(HTTPStatus.INTERNAL_SERVER_ERROR, UNEXPECTED, "Unexpected error")
    if fault is Fault.REFUSED:
        return _error(HTTPStatus.FORBIDDEN, DENIED, "Access denied")
    if fault is Fault.HTML_PAGE:
        return Response(PAGE, content_type="text/html; charset=utf-8")
    return None


def delay_s(environ: Mapping[str, str]) -> float:
    """The delay of every answer. Raises DelayError."""
    try:
        seconds = float(environ.get("ESCV_DEMO_DELAY_S") or 0)
    except ValueError:
        seconds = -1.0
    if not 0 <= seconds <= MAX_DELAY_S:
        raise DelayError(f"ESCV_DEMO_DELAY_S must be a number of seconds from 0 to {MAX_DELAY_S:g}.")
    return seconds


def _style(args: Mapping[str, str]) -> symbol.Style:
    """The style of the query, case-insensitive. Raises ValueError, without the given words."""
    return symbol.Style(
        _choice(symbol.Orientation, args.get("orientation", "horizontal").lower(), "orientation"),
        _choice(symbol.Colours, args.get("colours", "normal").lower(), "colours"),
        _choice(symbol.Size, args.get("size", "S").upper(), "size"),
    )


def _choice(words: type[Choice], word: str, parameter: str) -> Choice:
    try:
        return words(word)
    except ValueError:
        raise ValueError(f"{parameter}: one of {', '.join(words)}") from None


def _json(body: Json, status: int = HTTPStatus.OK, media_type: str = "application/json") -> Response:
    return Response(json.dumps(body, ensure_ascii=False), status=status, content_type=media_type)


def _error(status: HTTPStatus, code: str, message: str) -> Response:
    """The documented `ApiErrorMessage`."""
    return _json({"code": code, "message": message}, status)


def _bad_request(message: str) -> Response:
    """An `ApiErrorMessage` sent as text: the document has no JSON type for this operation."""
    return _json({"code": BAD_REQUEST, "message": message}, HTTPStatus.BAD_REQUEST, "text/plain")


def _http_error(error: HTTPException, now: datetime) -> Response:
    """An error of Spring itself that is about no card: unknown path, wrong method, failure."""
    status = HTTPStatus(error.code or HTTPStatus.INTERNAL_SERVER_ERROR)
    body: Json = {
        "timestamp": now.isoformat(timespec="milliseconds"),
        "status": status.value,
        "error": status.phrase,
        "path": request.path,
    }
    response = _json(body, status)
    response.headers.extend(pair for pair in error.get_headers() if pair[0] == "Allow")
    return response
