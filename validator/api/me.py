"""Who asks, for pages that the service worker keeps: they are the same for everybody, this is not."""

from __future__ import annotations

from typing import TYPE_CHECKING

from validator.accounts import current_caller
from validator.accounts.setup import session_ends
from validator.api.blueprint import answer, api
from validator.api.offline_models import MeOut, QueueKeyOut
from validator.http.access import Access, access
from validator.offline.deferred import queue_key
from validator.services import services

if TYPE_CHECKING:
    from flask import Response


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
