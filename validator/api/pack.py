"""The offline pack over HTTP: what a device needs to answer without a network."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING

from flask import request

from offline_cache import StoreError
from validator.api.blueprint import answer, api
from validator.api.offline_models import PackOut
from validator.api.problems import problem
from validator.security.access import kiosk_may
from validator.services import services

if TYPE_CHECKING:
    from flask import Response


@api.get("/offline-pack")
@kiosk_may
def offline_pack() -> Response:
    """What changed since the cursor in `since`, or everything; where the memory fails, 503 and no reset."""
    try:
        pack = services().pack.since(request.args.get("since", ""))
    except StoreError:
        detail = "The remembered answers cannot be read just now. Keep what you have and ask again later."
        return answer(problem(HTTPStatus.SERVICE_UNAVAILABLE, "memory_unavailable", detail))
    return answer(PackOut.model_validate(pack))
