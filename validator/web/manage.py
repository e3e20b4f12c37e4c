"""The pages `/manage/…`, for managers only: alerts, devices, health, changed results."""

from __future__ import annotations

import os
from dataclasses import dataclass
from http import HTTPStatus
from threading import Lock
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import structlog
from flask import Blueprint, redirect, render_template, request, url_for

from validator.accounts.errors import NotFoundError
from validator.accounts.identity import CallerKind, current_caller
from validator.audit.log import ALERT
from validator.doctor.examine import examine_running
from validator.doctor.finding import State
from validator.doctor.process_findings import DecoderFacts
from validator.doctor.run import RUN_S
from validator.doctor.site_findings import RequestFacts
from validator.health.parts import parts
from validator.http.access import Access, access
from validator.i18n import N_, pgettext
from validator.i18n import gettext as _
from validator.offline.deferred_records import Contradiction, DeferredRecords
from validator.router.config import is_loopback
from validator.services import services
from validator.web.advice import name_of
from validator.web.moments import Moment, day, instant

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from flask import Request
    from werkzeug.wrappers import Response

    from validator.accounts.models import Device
    from validator.audit.entries import NamedEntry

log = structlog.get_logger(__name__)
manage = Blueprint("manage", __name__, url_prefix="/manage")
MAX_LINES = 200
# A check of the installation holds a thread for some seconds.
_CHECKING = Lock()
_ORDER = (State.FAILED, State.WARNING, State.SKIPPED, State.OK)
_FORWARDED = ("X-Forwarded-For", "X-Forwarded-Proto", "X-Forwarded-Host", "Forwarded")
ALERTS = {
    "guessing": N_("Many numbers that look made up or counted through. Checks go on, slowly."),
    "many_unknown": N_(
        "A larger share of unknown cards than a queue brings. Checks go on, and slow down if it "
        "lasts. Perhaps an issuer registers no cards, or this server asks the Router’s test system."
    ),
}
OTHER_ALERT = N_("Something unusual.")


@dataclass(frozen=True, slots=True)
class AlertLine:
    """One alert in words."""

    at: Moment
    by: str
    what: str


@dataclass(frozen=True, slots=True)
class DeviceLine:
    """One device in words."""

    name: str
    added: Moment
    used: Moment | None
    revoked: Moment | None


@dataclass(frozen=True, slots=True)
class ChangedLine:
    """One result that the Router contradicted later."""

    made: Moment
    by: str
    shown: str
    answered: str
    delivered: Moment


@manage.get("/alerts")
@access(Access.MANAGER)
def alerts() -> str:
    """The latest alerts, and what to do about them."""
    found = services()
    lines = [alert_line(one, found.settings.zone) for one in found.audit_log.latest(MAX_LINES, ALERT)]
    return render_template(
        "manage/alerts.html", lines=lines, most=MAX_LINES, days=found.settings.retention_days
    )


@manage.get("/devices")
@access(Access.MANAGER)
def devices() -> str:
    """Every device, those in use first."""
    zone = services().settings.zone
    lines = [device_line(one, zone) for one in services().accounts.devices.all()]
    return render_template(
        "manage/devices.html", lines=sorted(lines, key=lambda one: one.revoked is not None)
    )


@manage.post("/devices/revoke")
@access(Access.MANAGER)
def revoke_device() -> Response:
    """Reject a device's token from now on."""
    try:
        services().accounts.devices.revoke(request.form.get("device", ""))
    except NotFoundError:
        # Another manager removed it after this form was loaded: the page shows the present state.
        return redirect(url_for("manage.devices"), HTTPStatus.SEE_OTHER)
    log.info("device_revoked", person=current_caller().id)
    return redirect(url_for("manage.devices"), HTTPStatus.SEE_OTHER)


@manage.get("/health")
@access(Access.MANAGER)
def server_health() -> str:
    """Every part in words, failing parts first. Asks no other machine."""
    return _health_page(asks_others=False)


@manage.post("/health")
@access(Access.MANAGER)
def check_installation() -> str:
    """The same, and the Router, the database and Redis are asked; one manager at a time."""
    asks_others = _CHECKING.acquire(blocking=False)
    try:
        return _health_page(asks_others=asks_others, is_busy=not asks_others)
    finally:
        if asks_others:
            _CHECKING.release()


def _health_page(*, asks_others: bool, is_busy: bool = False) -> str:
    found = services()
    status = found.health.run()
    decoders = DecoderFacts(status.reader, status.confinement) if status.reader else None
    findings = examine_running(
        found.settings, os.environ, request_facts(request), decoders, asks_others=asks_others
    )
    lines = sorted(parts(status), key=lambda part: part.ok)
    return render_template(
        "manage/health.html",
        parts=lines,
        troubled=sum(not part.ok for part in lines),
        findings=sorted(findings, key=lambda one: _ORDER.index(one.state)),
        mail=next((one.mail for one in findings if one.mail), None),
        asked=asks_others,
        busy=is_busy,
        seconds=round(RUN_S),
    )


def request_facts(request: Request) -> RequestFacts:
    """How this request came in, by what the servers in front have added."""
    forwarded_for = request.headers.get("X-Forwarded-For", "")
    return RequestFacts(
        is_https=request.is_secure,
        is_loopback=is_loopback(urlsplit(request.host_url).hostname or ""),
        has_forwarded=any(name in request.headers for name in _FORWARDED),
        forwarded_for=len([part for part in forwarded_for.split(",") if part.strip()]),
    )


@manage.get("/late-answers")
@access(Access.MANAGER)
def late_answers() -> str:
    """The latest results of devices that the Router contradicted, and what to do about them."""
    found = services()
    latest = DeferredRecords(found.database).contradictions(MAX_LINES)
    lines = [changed_line(one, found.settings.zone) for one in latest]
    days = found.settings.retention_days
    return render_template("manage/late_answers.html", lines=lines, most=MAX_LINES, days=days)


def alert_line(one: NamedEntry, zone: ZoneInfo) -> AlertLine:
    """An alert as the page shows it."""
    what = _(ALERTS.get(one.word, OTHER_ALERT))
    return AlertLine(instant(one.at, zone), caller_name(one.kind, one.name), what)


def device_line(one: Device, zone: ZoneInfo) -> DeviceLine:
    """A device as the page shows it."""
    return DeviceLine(
        one.name,
        day(one.created_at.astimezone(zone).date()),
        day(one.last_used_on) if one.last_used_on else None,
        day(one.revoked_at.astimezone(zone).date()) if one.revoked_at else None,
    )


def changed_line(one: Contradiction, zone: ZoneInfo) -> ChangedLine:
    """A contradiction as the page shows it."""
    return ChangedLine(
        instant(one.made_at, zone),
        caller_name(one.kind, one.name),
        name_of(one.shown.outcome, one.shown),
        name_of(one.answered.outcome, one.answered),
        instant(one.delivered_at, zone),
    )


def caller_name(kind: CallerKind, name: str | None) -> str:
    """Who made a check; "unknown" where the account or the device was deleted."""
    name = name or pgettext("a deleted account or device", "unknown")
    if kind is CallerKind.DEVICE:
        return _("%(name)s (device)", name=name)
    return _("Kiosk of %(name)s", name=name) if kind is CallerKind.KIOSK else name
