"""The offline pack over HTTP: what a device needs to answer without a network."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING

from flask import request

from offline_cache import StoreError
from validator.accounts.identity import current_caller
from validator.api.blueprint import answer, api
from validator.api.offline_models import PackForEarlierOut, PackOut
from validator.api.problems import problem
from validator.http.access import Access, access
from validator.offline.pack import FORMAT
from validator.services import services

if TYPE_CHECKING:
    from flask import Response

    from validator.accounts.identity import Caller
    from validator.offline.pack import PackPage


@api.get("/offline-pack")
@access(Access.KIOSK)
def offline_pack() -> Response:
    """What changed since the cursor in `since`, or everything; where the file fails, 503 and no reset."""
    try:
        pack = _pack_for(current_caller())
    except StoreError:
        detail = "The offline pack cannot be read just now. Keep what you have and ask again later."
        return answer(problem(HTTPStatus.SERVICE_UNAVAILABLE, "memory_unavailable", detail))
    return answer((PackForEarlierOut if _is_earlier() else PackOut).model_validate(pack))


def _is_earlier() -> bool:
    """Whether scripts of the earlier format may be asking: they always send `since`, and name no format."""
    return "since" in request.args and request.args.get("format") != str(FORMAT)


def _pack_for(caller: Caller) -> PackPage:
    """The page; on the record where it begins a large sync, and nothing for whom the site gives no pack."""
    kept = services()
    if (caller.role or caller.kind).value not in kept.settings.pack_for:
        return kept.pack.empty_page()
    pack = kept.pack.changes_since(request.args.get("since", ""))
    if pack.large:
        kept.checker.record.pack_given(caller)
    return pack
