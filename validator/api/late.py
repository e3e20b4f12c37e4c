"""Late checks over HTTP: what devices checked without a network, delivered once."""

from __future__ import annotations

from collections import Counter
from http import HTTPStatus
from typing import TYPE_CHECKING

import structlog

from validator.accounts import current_caller
from validator.api.blueprint import BadRequest, answer, api, body
from validator.api.offline_models import LateOut, LateRequest, LateResultOut
from validator.api.problems import problem
from validator.http.access import Access, access
from validator.http.bodies import MAX_JSON_BYTES, takes
from validator.offline.deferred import queue_key
from validator.services import services

if TYPE_CHECKING:
    from flask import Response

ANOTHER_ACCOUNT = (
    "These checks were made by somebody else. They wait, sealed, until that person signs in on this device."
)
log = structlog.get_logger(__name__)


@api.post("/late-checks")
@access(Access.KIOSK)
@takes(MAX_JSON_BYTES)
def late_checks() -> Response:
    """Ask the Router about each, keep its answer, and tell it in order; a repeat changes nothing."""
    caller, sent = current_caller(), body(LateRequest)
    if sent.queue is not None and sent.queue != queue_key(services().settings.secret_keys[0], caller).id:
        raise BadRequest(problem(HTTPStatus.CONFLICT, "another_account", ANOTHER_ACCOUNT))
    results = services().deferred.deliver([check.late() for check in sent.checks], caller)
    log.info("late_checks", **Counter(result.state.value for result in results))
    return answer(LateOut(results=[LateResultOut.of(result) for result in results]))
