"""Errors of the JSON API as `application/problem+json`, and how requests are read and answered."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, TypeVar

from flask import Response, request
from pydantic import BaseModel, ValidationError

from validator.api.schemas import Problem
from validator.web.refusals import refusal

if TYPE_CHECKING:
    from scanner.errors import Refused

MIMETYPE = "application/problem+json"
Body = TypeVar("Body", bound=BaseModel)


class BadRequest(Exception):
    """The request cannot be used; `problem` says why and what to send instead."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.code)
        self.problem = problem


def problem(status: int, code: str, detail: str, kind: str | None = None) -> Problem:
    """A problem whose title is the name of its HTTP status."""
    return Problem(title=HTTPStatus(status).phrase, status=status, code=code, detail=detail, kind=kind)


def of_refusal(refused: Refused) -> Problem:
    """The problem for input without a card number; never holds the text of the input."""
    found = refusal(refused, typed=False)
    return problem(found.status, refused.code, f"{found.heading}. {found.next}", refused.kind)


def as_response(problem: Problem) -> Response:
    """The problem as an HTTP response."""
    body = problem.model_dump_json(exclude_none=True)
    response = Response(body, problem.status, mimetype=MIMETYPE)
    if problem.status == HTTPStatus.SERVICE_UNAVAILABLE:
        response.headers["Retry-After"] = "1"
    if problem.status == HTTPStatus.UNAUTHORIZED:
        response.headers["WWW-Authenticate"] = "Bearer"
    return response


def answer(model: BaseModel) -> Response:
    """The model as JSON; a problem with its own status and type."""
    if isinstance(model, Problem):
        return as_response(model)
    return Response(model.model_dump_json(), mimetype="application/json")


def body(schema: type[Body]) -> Body:
    """The request's JSON, validated against this schema; raises BadRequest."""
    if request.mimetype != "application/json":
        detail = "Send JSON with the header “Content-Type: application/json”."
        raise BadRequest(problem(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, "json_expected", detail))
    try:
        return schema.model_validate_json(request.get_data(cache=False))
    except ValidationError as error:
        raise BadRequest(_invalid(error)) from None


def _invalid(error: ValidationError) -> Problem:
    first = error.errors(include_url=False, include_input=False, include_context=False)[0]
    if first["type"] == "json_invalid":
        detail = "The body is not JSON in UTF-8: send an object as the OpenAPI document shows."
        return problem(HTTPStatus.BAD_REQUEST, "malformed_json", detail)
    # A key of the body is text from outside: only our own names are repeated.
    path = (str(part) for part in first["loc"] if isinstance(part, int) or part.isidentifier())
    detail = f"{'.'.join(path) or 'body'}: {first['msg']}. See the OpenAPI document for the shape."
    return problem(HTTPStatus.UNPROCESSABLE_ENTITY, "invalid_request", detail)
