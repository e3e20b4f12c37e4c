"""What every operation of the API shares: the blueprint, reading a body, answering with a model."""

from __future__ import annotations

from http import HTTPStatus
from typing import TypeVar

from flask import Blueprint, Response, request
from pydantic import BaseModel, ValidationError

from validator.api.models import Problem
from validator.api.problems import as_response, problem

api = Blueprint("api", __name__, url_prefix="/api/v1")
Body = TypeVar("Body", bound=BaseModel)


class BadRequest(Exception):
    """The request itself cannot be used; `told` says why and what to send instead."""

    def __init__(self, told: Problem) -> None:
        super().__init__(told.code)
        self.told = told


@api.errorhandler(BadRequest)
def _told(error: BadRequest) -> Response:
    return as_response(error.told)


def answer(told: BaseModel) -> Response:
    """The model as JSON; a problem with its own status and type."""
    if isinstance(told, Problem):
        return as_response(told)
    return Response(told.model_dump_json(), mimetype="application/json")


def body(shape: type[Body]) -> Body:
    """The request's JSON in this shape; BadRequest where it is not."""
    if request.mimetype != "application/json":
        detail = "Send JSON with the header “Content-Type: application/json”."
        raise BadRequest(problem(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, "json_expected", detail))
    try:
        return shape.model_validate_json(request.get_data(cache=False))
    except ValidationError as error:
        raise BadRequest(_unusable(error)) from None


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
