"""The OpenAPI document of the JSON API, generated from the types that the views use."""

from __future__ import annotations

import json
from functools import lru_cache
from typing import Any

from pydantic.json_schema import models_json_schema

from validator.api.schemas import (
    BatchOut,
    BatchRequest,
    DeferredOut,
    DeferredRequest,
    MeOut,
    PackOut,
    Problem,
    ValidationRequest,
    VerdictOut,
)

_INPUTS = (ValidationRequest, BatchRequest, DeferredRequest)
_OUTPUTS = (VerdictOut, BatchOut, Problem, PackOut, DeferredOut, MeOut)
_REF = "#/components/schemas/{model}"
_PICTURE = {
    "multipart/form-data": {
        "schema": {
            "type": "object",
            "required": ["image"],
            "properties": {"image": {"type": "string", "contentMediaType": "application/octet-stream"}},
        }
    }
}
_PROBLEMS = {
    "400": "The body is not JSON.",
    "401": "Not signed in: send a session cookie or a device token.",
    "403": "The request comes from another site, or from a kiosk that may not do this.",
    "413": "The body or the picture is too large.",
    "415": "Another content type is expected, or the picture's kind is not read here.",
    "422": "There is no ESC number in the input, or the request has another shape.",
    "500": "A fault of this server; it says nothing about the card.",
    "503": "Busy; try again after a moment.",
}


def _json(model: str) -> dict[str, Any]:
    return {"application/json": {"schema": {"$ref": _REF.format(model=model)}}}


def _answers(description: str, model: str, problems: tuple[str, ...]) -> dict[str, Any]:
    problem = {"application/problem+json": {"schema": {"$ref": _REF.format(model="Problem")}}}
    errors = {status: {"description": _PROBLEMS[status], "content": problem} for status in problems}
    return {"200": {"description": description, "content": _json(model)}, **errors}


def _check(name: str, summary: str, body: dict[str, Any], answer: str) -> dict[str, Any]:
    return {
        "post": {
            "operationId": name,
            "summary": summary,
            "requestBody": {"required": True, "content": body},
            "responses": _answers("The verdict; COULD NOT CHECK is one too.", answer, tuple(_PROBLEMS)),
        }
    }


def _deferred() -> dict[str, Any]:
    description = "The result of each; the same at every delivery."
    return {
        "post": {
            "operationId": "lateChecks",
            "summary": "Deliver up to 50 checks made without a network",
            "requestBody": {"required": True, "content": _json("DeferredRequest")},
            "responses": _answers(
                description, "DeferredOut", ("400", "401", "403", "413", "415", "422", "500")
            ),
        }
    }


def _pack() -> dict[str, Any]:
    since = {
        "name": "since",
        "in": "query",
        "description": "The cursor of the last page. Without one, or with an unknown one: the whole pack.",
        "schema": {"type": "string"},
    }
    shape = {
        "name": "format",
        "in": "query",
        "description": "2. Without it, a request with a cursor gets members that are not in use.",
        "schema": {"type": "string", "enum": ["2"]},
    }
    description = "One page in random order; without changes it has no rows and the cursor that was sent."
    return {
        "get": {
            "operationId": "offlinePack",
            "summary": "What a device needs to answer without a network",
            "parameters": [since, shape],
            "responses": _answers(description, "PackOut", ("401", "500", "503")),
        }
    }


def _me() -> dict[str, Any]:
    return {
        "get": {
            "operationId": "me",
            "summary": "Who asks, and what this site allows",
            "responses": _answers("The caller.", "MeOut", ("401", "500")),
        }
    }


def _schemas() -> dict[str, Any]:
    inputs = models_json_schema([(model, "validation") for model in _INPUTS], ref_template=_REF)[1]
    outputs = models_json_schema([(model, "serialization") for model in _OUTPUTS], ref_template=_REF)[1]
    return dict(inputs["$defs"] | outputs["$defs"])


def _paths() -> dict[str, Any]:
    text, batch = _json("ValidationRequest"), _json("BatchRequest")
    return {
        "/api/v1/validations": _check(
            "validate", "Check a scanned text, an address or a typed number", text, "VerdictOut"
        ),
        "/api/v1/scans": _check("scan", "Read a picture and check its card", _PICTURE, "VerdictOut"),
        "/api/v1/validations/batch": _check(
            "validateBatch", "Check up to 100 inputs, answered in order", batch, "BatchOut"
        ),
        "/api/v1/offline-pack": _pack(),
        "/api/v1/late-checks": _deferred(),
        "/api/v1/me": _me(),
    }


@lru_cache(maxsize=8)
def document(root: str) -> str:
    """The document as JSON text; `root` is the proxy's prefix. The same for the life of the process."""
    info = {
        "title": "ESC Validator",
        "version": "1",
        "description": "Checks European Student Cards. No fault ever becomes a verdict.",
    }
    callers = {
        "session": {"type": "apiKey", "in": "cookie", "name": "__Host-escv"},
        "device": {"type": "http", "scheme": "bearer"},
    }
    return json.dumps(
        {
            "openapi": "3.1.0",
            "info": info,
            "servers": [{"url": root or "/"}],
            "security": [{name: []} for name in callers],
            "paths": _paths(),
            "components": {"schemas": _schemas(), "securitySchemes": callers},
        }
    )
