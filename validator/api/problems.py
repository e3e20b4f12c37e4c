"""Errors of the JSON API as `application/problem+json`: one shape for every way of failing."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING

from flask import Response

from validator.api.models import Problem
from validator.web.refusals import refusal

if TYPE_CHECKING:
    from scanner.errors import Refused

MIMETYPE = "application/problem+json"


def problem(status: int, code: str, detail: str, kind: str | None = None) -> Problem:
    """A problem whose title is the HTTP status's own name."""
    return Problem(title=HTTPStatus(status).phrase, status=status, code=code, detail=detail, kind=kind)


def of_refusal(refused: Refused) -> Problem:
    """The problem for input that holds no ESC number; never holds the input's text."""
    said = refusal(refused, typed=False)
    return problem(said.status, refused.code, f"{said.heading}. {said.next}", refused.kind)


def as_response(told: Problem) -> Response:
    """The problem as an HTTP answer."""
    body = told.model_dump_json(exclude_none=True)
    response = Response(body, told.status, mimetype=MIMETYPE)
    if told.status == HTTPStatus.SERVICE_UNAVAILABLE:
        response.headers["Retry-After"] = "1"
    if told.status == HTTPStatus.UNAUTHORIZED:
        response.headers["WWW-Authenticate"] = "Bearer"
    return response
