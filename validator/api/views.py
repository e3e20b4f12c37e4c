"""The JSON API, version 1: text or a picture in, a verdict or a problem out; numbers in bodies only."""

from __future__ import annotations

from http import HTTPStatus

from flask import Response, request

from scanner.errors import Refused
from validator.accounts import current_caller
from validator.api.blueprint import BadRequest, answer, api, body
from validator.api.models import BatchOut, BatchRequest, Problem, ValidationRequest, VerdictOut
from validator.api.openapi import document
from validator.api.problems import of_refusal, problem
from validator.http.access import Access, access
from validator.http.bodies import MAX_JSON_BYTES, MAX_TEXT_BYTES, MAX_UPLOAD_BYTES, takes
from validator.services import services


@api.post("/validations")
@access(Access.KIOSK)
@takes(MAX_TEXT_BYTES)
def validate() -> Response:
    """Check one scanned text, address or typed number."""
    return answer(_check(body(ValidationRequest).input))


@api.post("/scans")
@access(Access.KIOSK)
@takes(MAX_UPLOAD_BYTES)
def scan() -> Response:
    """Read a picture and check the card whose code is on it."""
    picture = request.files.get("image")
    if picture is None:
        raise BadRequest(
            problem(
                HTTPStatus.UNPROCESSABLE_ENTITY,
                "invalid_request",
                "Send the picture as a file in the form field “image” (multipart/form-data).",
            )
        )
    try:
        verdict = services().checker.check_picture(current_caller(), picture.stream.read())
    except Refused as refused:
        return answer(of_refusal(refused))
    return answer(VerdictOut.of(verdict))


@api.post("/validations/batch")
@takes(MAX_JSON_BYTES)
def validate_batch() -> Response:
    """Check up to 100 inputs; each gets its verdict or its problem, in order."""
    results = [_check(text) for text in body(BatchRequest).inputs]
    return answer(BatchOut(results=results))


@api.get("/openapi.json")
@access(Access.PUBLIC, why="the description of the API holds nothing about anybody")
def openapi() -> Response:
    """The OpenAPI document of this API."""
    return Response(document(request.script_root), mimetype="application/json")


def _check(text: str) -> VerdictOut | Problem:
    try:
        return VerdictOut.of(services().checker.check(current_caller(), text))
    except Refused as refused:
        return of_refusal(refused)
