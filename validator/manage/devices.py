"""`/manage/devices`: the tills and tablets with a token, and their end."""

from __future__ import annotations

from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING

import structlog
from flask import redirect, render_template, request, url_for

from validator.accounts.errors import NotFoundError
from validator.accounts.identity import current_caller
from validator.http.access import Access, access
from validator.manage.late_answers import manage
from validator.services import services
from validator.web.moments import Moment, day

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from werkzeug.wrappers import Response

    from validator.accounts.models import Device

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Line:
    """One device in words."""

    name: str
    added: Moment
    used: Moment | None
    revoked: Moment | None


@manage.get("/devices")
@access(Access.MANAGER)
def devices() -> str:
    """Every device, those in use first."""
    zone = services().settings.zone
    lines = sorted(
        (line(one, zone) for one in services().accounts.devices.all()),
        key=lambda one: one.revoked is not None,
    )
    return render_template("manage/devices.html", lines=lines)


@manage.post("/devices/revoke")
@access(Access.MANAGER)
def revoke_device() -> Response:
    """Refuse a device's token from now on."""
    try:
        services().accounts.devices.revoke(request.form.get("device", ""))
    except NotFoundError:
        # A form from before somebody else's change: the page shows how things are.
        return redirect(url_for("manage.devices"), HTTPStatus.SEE_OTHER)
    log.info("device_revoked", person=current_caller().id)
    return redirect(url_for("manage.devices"), HTTPStatus.SEE_OTHER)


def line(one: Device, zone: ZoneInfo) -> Line:
    """A device as the page shows it."""
    return Line(
        one.name,
        day(one.created_at.astimezone(zone).date()),
        day(one.last_used_on) if one.last_used_on else None,
        day(one.revoked_at.astimezone(zone).date()) if one.revoked_at else None,
    )
