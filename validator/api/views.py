"""The JSON API, version 1, and the health addresses for monitors. Card numbers are in bodies only."""

from __future__ import annotations

from collections import Counter
from http import HTTPStatus
from typing import TYPE_CHECKING

import structlog
from flask import Blueprint, Response, jsonify, request

from offline_cache import StoreError
from scanner.errors import Refused
from scanner.pool import DecoderStatus
from validator.accounts import current_caller
from validator.api.openapi import document
from validator.api.problems import BadRequest, answer, as_response, body, of_refusal, problem
from validator.api.schemas import (
    BatchOut,
    BatchRequest,
    DeferredOut,
    DeferredRequest,
    DeferredResultOut,
    MeOut,
    PackForEarlierOut,
    PackOut,
    Problem,
    QueueKeyOut,
    ValidationRequest,
    VerdictOut,
)
from validator.health.status import DiskState, HealthStatus, StoreState
from validator.http.access import Access, access
from validator.http.bodies import MAX_JSON_BYTES, MAX_TEXT_BYTES, MAX_UPLOAD_BYTES, takes
from validator.offline.deferred import queue_key
from validator.offline.pack import FORMAT
from validator.services import services
from validator.sign_in.session import session_ends
from validator.version import VERSION

if TYPE_CHECKING:
    from validator.accounts.identity import Caller
    from validator.offline.pack import PackPage

api = Blueprint("api", __name__, url_prefix="/api/v1")
health = Blueprint("health", __name__)
log = structlog.get_logger(__name__)
NO_PICTURE = "Send the picture as a file in the form field “image” (multipart/form-data)."
OTHER_ACCOUNT = (
    "Another account made these checks. They wait, sealed, until that person signs in on this device."
)


@api.errorhandler(BadRequest)
def _bad_request(error: BadRequest) -> Response:
    return as_response(error.problem)


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
        raise BadRequest(problem(HTTPStatus.UNPROCESSABLE_ENTITY, "invalid_request", NO_PICTURE))
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
@access(Access.PUBLIC, why="the description of the API holds no data")
def openapi() -> Response:
    """The OpenAPI document of this API."""
    return Response(document(request.script_root), mimetype="application/json")


@api.get("/me")
@access(Access.KIOSK)
def me() -> Response:
    """The caller's name, kind and role, and what this site allows."""
    caller, settings, clock = current_caller(), services().settings, services().clock
    ends = session_ends()
    return answer(
        MeOut(
            name=caller.name,
            kind=caller.kind,
            role=caller.role,
            demo=settings.demo,
            server_reading=settings.server_reading,
            session_ends=ends,
            session_left_s=max(0, int((ends - clock()).total_seconds())) if ends else None,
            queue=QueueKeyOut.model_validate(queue_key(settings.secret_keys[0], caller)) if ends else None,
        )
    )


@api.get("/offline-pack")
@access(Access.KIOSK)
def offline_pack() -> Response:
    """What changed since the cursor in `since`, or everything; where the file fails, 503 and no reset."""
    try:
        pack = _pack_for(current_caller())
    except StoreError:
        detail = "The offline pack cannot be read now. Keep what you have and ask again later."
        return answer(problem(HTTPStatus.SERVICE_UNAVAILABLE, "memory_unavailable", detail))
    return answer((PackForEarlierOut if _is_earlier() else PackOut).model_validate(pack))


def _is_earlier() -> bool:
    """Whether scripts of the earlier format may ask: they always send `since`, and never a format."""
    return "since" in request.args and request.args.get("format") != str(FORMAT)


def _pack_for(caller: Caller) -> PackPage:
    """The page, empty for roles without a pack; the start of a large sync goes into the audit log."""
    site = services()
    if (caller.role or caller.kind).value not in site.settings.pack_for:
        return site.pack.empty_page()
    pack = site.pack.changes_since(request.args.get("since", ""))
    if pack.large:
        site.checker.record.pack_given(caller)
    return pack


@api.post("/late-checks")
@access(Access.KIOSK)
@takes(MAX_JSON_BYTES)
def late_checks() -> Response:
    """Deferred checks of a device: ask the Router, keep its answers, give them in order. Idempotent."""
    caller, sent = current_caller(), body(DeferredRequest)
    if sent.queue is not None and sent.queue != queue_key(services().settings.secret_keys[0], caller).id:
        raise BadRequest(problem(HTTPStatus.CONFLICT, "another_account", OTHER_ACCOUNT))
    results = services().deferred.deliver([check.deferred() for check in sent.checks], caller)
    log.info("deferred_checks", **Counter(result.state.value for result in results))
    return answer(DeferredOut(results=[DeferredResultOut.of(result) for result in results]))


def _check(text: str) -> VerdictOut | Problem:
    try:
        return VerdictOut.of(services().checker.check(current_caller(), text))
    except Refused as refused:
        return of_refusal(refused)


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
    body = {
        "ready": condition.ready,
        "version": VERSION,
        "parts": _parts(condition),
        "troubles": condition.troubles(),
    }
    return jsonify(body), status


def _parts(condition: HealthStatus) -> dict[str, bool | str]:
    """True for each part that works; the state of the circuit breaker for the Router."""
    return {
        "database": condition.database is StoreState.WORKS,
        "memory": condition.memory,
        "disk": condition.disk is DiskState.WORKS,
        "reader": condition.reader in {None, DecoderStatus.WORKS},
        "audit_log": condition.audit_log,
        "audit_log_intact": condition.audit_log_intact,
        "folder": condition.folder_private,
        "limits": condition.limits,
        "router": condition.router.breaker.value,
        "route": condition.reached,
        "answers": not condition.router.recent_calls.answers_unusable,
        "access": not condition.router.refusing,
        "rate_limit": not condition.router.rate_limited,
        "clock": condition.clock,
        "files": not condition.missing_files,
    }
