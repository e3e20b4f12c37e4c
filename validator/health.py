"""Health for whoever watches the server: neither address ever asks the Router."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING

from flask import Blueprint, Response, jsonify
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from validator.security.access import public
from validator.services import services

if TYPE_CHECKING:
    from flask import Flask

health = Blueprint("health", __name__)


@health.get("/livez")
@public("says only that the process answers")
def live() -> Response:
    """The process answers; touches nothing else."""
    return Response("alive\n", mimetype="text/plain")


@health.get("/readyz")
@public("says only which parts of the server work")
def ready() -> tuple[Response, int]:
    """Which parts work; 503 where people could not sign in."""
    parts = {"database": _database_answers(), "memory": services().answers.healthy()}
    status = HTTPStatus.OK if parts["database"] else HTTPStatus.SERVICE_UNAVAILABLE
    return jsonify({"ready": parts["database"], "parts": parts}), status


def _database_answers() -> bool:
    try:
        with services().database.session() as session:
            session.execute(text("SELECT 1"))
    except SQLAlchemyError:
        return False
    return True


def init_app(app: Flask) -> None:
    """Mount both addresses."""
    app.register_blueprint(health)
