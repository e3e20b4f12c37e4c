"""Health for whoever watches the server: neither address ever asks the Router."""

from __future__ import annotations

from http import HTTPStatus

from flask import Blueprint, Response, jsonify

from scanner.pool import DecoderStatus
from validator.health.condition import Condition, Disk, Store
from validator.health.looking import looking
from validator.security.access import public

health = Blueprint("health", __name__)


@health.get("/livez")
@public("says only that the process answers")
def live() -> Response:
    """The process answers; touches nothing else."""
    return Response("alive\n", mimetype="text/plain")


@health.get("/readyz")
@public("says only which parts of the server work")
def ready() -> tuple[Response, int]:
    """Which parts work, and the names of what is wrong; 503 only where people could not check cards."""
    condition = looking().quickly()
    status = HTTPStatus.OK if condition.ready else HTTPStatus.SERVICE_UNAVAILABLE
    said = {"ready": condition.ready, "parts": _parts(condition), "troubles": condition.troubles()}
    return jsonify(said), status


def _parts(condition: Condition) -> dict[str, bool | str]:
    """True for each part that works as it should; the breaker's own word for the Router."""
    return {
        "database": condition.database is Store.WORKS,
        "memory": condition.memory,
        "disk": condition.disk is Disk.WORKS,
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
