"""Health for monitors; neither address sends a request to the Router."""

from __future__ import annotations

from http import HTTPStatus

from flask import Blueprint, Response, jsonify

from scanner.pool import DecoderStatus
from validator.health.status import DiskState, HealthStatus, StoreState
from validator.http.access import Access, access
from validator.services import services

health = Blueprint("health", __name__)


@health.get("/livez")
@access(Access.PUBLIC, why="says only that the process answers")
def live() -> Response:
    """The process answers; touches nothing else."""
    return Response("alive\n", mimetype="text/plain")


@health.get("/readyz")
@access(Access.PUBLIC, why="says only which parts of the server work")
def ready() -> tuple[Response, int]:
    """Which parts work, and the names of what is wrong; 503 only where cards cannot be checked."""
    condition = services().health.cached()
    status = HTTPStatus.OK if condition.ready else HTTPStatus.SERVICE_UNAVAILABLE
    body = {"ready": condition.ready, "parts": _parts(condition), "troubles": condition.troubles()}
    return jsonify(body), status


def _parts(condition: HealthStatus) -> dict[str, bool | str]:
    """True for each part that works; the state of the circuit breaker for the Router."""
    return {
        "database": condition.database is StoreState.WORKS,
        "memory": condition.memory,
        "disk": condition.disk is DiskState.WORKS,
        "reader": condition.reader in {None, DecoderStatus.WORKS},
        "record": condition.record,
        "record_intact": condition.record_intact,
        "folder": condition.folder_private,
        "limits": condition.limits,
        "router": condition.router.breaker.value,
        "way": condition.reached,
        "answers": not condition.router.recent_calls.answers_unusable,
        "access": not condition.router.refusing,
        "ceiling": not condition.router.rate_limited,
        "clock": condition.clock,
        "files": not condition.missing_files,
    }
