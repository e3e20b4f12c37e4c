"""Late checks over HTTP: what devices checked without a network, delivered once."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import structlog

from validator.accounts import current_caller
from validator.api.blueprint import answer, api, body
from validator.api.offline_models import LateOut, LateRequest, LateResultOut
from validator.security.access import kiosk_may
from validator.security.bodies import MAX_JSON_BYTES, takes
from validator.services import services

if TYPE_CHECKING:
    from flask import Response

log = structlog.get_logger(__name__)


@api.post("/late-checks")
@kiosk_may
@takes(MAX_JSON_BYTES)
def late_checks() -> Response:
    """Ask the Router about each, keep its answer, and tell it in order; a repeat changes nothing."""
    checks = [check.late() for check in body(LateRequest).checks]
    results = services().late.deliver(checks, current_caller())
    log.info("late_checks", **Counter(result.state.value for result in results))
    return answer(LateOut(results=[LateResultOut.of(result) for result in results]))
