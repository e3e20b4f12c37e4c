"""The OpenAPI document of the JSON API, made from the very types that the views use."""

from __future__ import annotations

import json
from functools import cache
from typing import Any

from pydantic.json_schema import models_json_schema

from validator.api.models import BatchOut, BatchRequest, Problem, ValidationRequest, VerdictOut

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
    "403": "The request comes from another site.",
    "413": "The body or the picture is too large.",
    "415": "Another content type is expected, or the picture's kind is not read here.",
    "422": "There is no ESC number in the input, or the request has another shape.",
    "500": "A fault of ours; it says nothing about the card.",
    "503": "Busy; try again after a moment.",
}


def _json(model: str) -> dict[str, Any]:
    return {"application/json": {"schema": {"$ref": _REF.format(model=model)}}}


def _operation(name: str, summary: str, body: dict[str, Any], answer: str) -> dict[str, Any]:
    problem = {"application/problem+json": {"schema": {"$ref": _REF.format(model="Problem")}}}
    return {
        "post": {
            "operationId": name,
            "summary": summary,
            "requestBody": {"required": True, "content": body},
            "responses": {
                "200": {"description": "The verdict; COULD NOT CHECK is one too.", "content": _json(answer)},
                **{status: {"description": text, "content": problem} for status, text in _PROBLEMS.items()},
            },
        }
    }


def _schemas() -> dict[str, Any]:
    inputs = models_json_schema(
        [(ValidationRequest, "validation"), (BatchRequest, "validation")], ref_template=_REF
    )[1]
    outputs = models_json_schema(
        [(VerdictOut, "serialization"), (BatchOut, "serialization"), (Problem, "serialization")],
        ref_template=_REF,
    )[1]
    return dict(inputs["$defs"] | outputs["$defs"])


def _paths() -> dict[str, Any]:
    text, batch = _json("ValidationRequest"), _json("BatchRequest")
    return {
        "/api/v1/validations": _operation(
            "validate", "Check a scanned text, an address or a typed number", text, "VerdictOut"
        ),
        "/api/v1/scans": _operation("scan", "Read a picture and check its card", _PICTURE, "VerdictOut"),
        "/api/v1/validations/batch": _operation(
            "validateBatch", "Check up to 100 inputs, answered in order", batch, "BatchOut"
        ),
    }


@cache
def document() -> str:
    """The document as JSON text; the same for the life of the process."""
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
            "security": [{name: []} for name in callers],
            "paths": _paths(),
            "components": {"schemas": _schemas(), "securitySchemes": callers},
        }
    )
