"""The JSON API, version 1: text or a picture in, a verdict or a problem out; numbers in bodies only."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, TypeVar

from flask import Blueprint, Response, request
from pydantic import BaseModel, ValidationError

from scanner import parse_payload
from scanner.choice import choose
from scanner.refused import Refused
from validator.api.models import BatchOut, BatchRequest, Problem, ValidationRequest, VerdictOut
from validator.api.openapi import document
from validator.api.problems import as_response, of_refusal, problem
from validator.security.access import public
from validator.services import services

if TYPE_CHECKING:
    from collections.abc import Callable

    from scanner import Payload

api = Blueprint("api", __name__, url_prefix="/api/v1")
Body = TypeVar("Body", bound=BaseModel)


class _BadRequest(Exception):
    """The request itself cannot be used; `told` says why and what to send instead."""

    def __init__(self, told: Problem) -> None:
        super().__init__(told.code)
        self.told = told


@api.errorhandler(_BadRequest)
def _told(error: _BadRequest) -> Response:
    return as_response(error.told)


@api.post("/validations")
def validate() -> Response:
    """Check one scanned text, address or typed number."""
    return _answer(_checked(lambda: parse_payload(_body(ValidationRequest).input)))


@api.post("/scans")
def scan() -> Response:
    """Read a picture and check the card whose code is on it."""
    picture = request.files.get("image")
    if picture is None:
        raise _BadRequest(
            problem(
                HTTPStatus.UNPROCESSABLE_ENTITY,
                "invalid_request",
                "Send the picture as a file in the form field “image” (multipart/form-data).",
            )
        )
    data = picture.stream.read()
    return _answer(_checked(lambda: choose(services().reader.read_image(data))))


@api.post("/validations/batch")
def validate_batch() -> Response:
    """Check up to 100 inputs; each gets its verdict or its problem, in order."""
    results = [_checked(lambda text=text: parse_payload(text)) for text in _body(BatchRequest).inputs]  # type: ignore[misc]  # mypy cannot type a default in a lambda
    return _answer(BatchOut(results=results))


@api.get("/openapi.json")
@public("the description of the API holds nothing about anybody")
def openapi() -> Response:
    """The OpenAPI document of this API."""
    return Response(document(), mimetype="application/json")


def _checked(payload: Callable[[], Payload]) -> VerdictOut | Problem:
    try:
        return VerdictOut.of(services().verifier.verify(payload()))
    except Refused as refused:
        return of_refusal(refused)


def _answer(told: BaseModel) -> Response:
    if isinstance(told, Problem):
        return as_response(told)
    return Response(told.model_dump_json(), mimetype="application/json")


def _body(shape: type[Body]) -> Body:
    if request.mimetype != "application/json":
        detail = "Send JSON with the header “Content-Type: application/json”."
        raise _BadRequest(problem(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, "json_expected", detail))
    try:
        return shape.model_validate_json(request.get_data(cache=False))
    except ValidationError as error:
        raise _BadRequest(_unusable(error)) from None


def _unusable(error: ValidationError) -> Problem:
    first = error.errors(include_url=False, include_input=False, include_context=False)[0]
    if first["type"] == "json_invalid":
        detail = "The body is not JSON in UTF-8: send an object as the OpenAPI document shows."
        return problem(HTTPStatus.BAD_REQUEST, "malformed_json", detail)
    where = (
        ".".join(str(part) for part in first["loc"] if isinstance(part, int) or part.isidentifier()) or "body"
    )
    detail = f"{where}: {first['msg']}. See the OpenAPI document for the shape."
    return problem(HTTPStatus.UNPROCESSABLE_ENTITY, "invalid_request", detail)
