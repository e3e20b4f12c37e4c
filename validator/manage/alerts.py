"""`/manage/alerts`: who gave cause for one, why, and what to do about it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from flask import render_template

from validator.accounts.identity import CallerKind
from validator.audit.log import ALERT
from validator.http.access import Access, access
from validator.i18n import N_
from validator.i18n import gettext as _
from validator.manage.late_answers import MOST, manage
from validator.services import services
from validator.web.moments import Moment, instant

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from validator.audit.entries import NamedEntry

_BY = {CallerKind.PERSON: "{}", CallerKind.DEVICE: "{} (device)", CallerKind.KIOSK: "Kiosk of {}"}
WORDS = {
    "guessing": N_("Many numbers that look made up or counted through. Checks go on, slowly."),
    "many_unknown": N_(
        "A larger share of unknown cards than a queue brings. Checks go on, and slow down if it "
        "lasts. Perhaps an issuer registers no cards, or this server asks the Router’s test system."
    ),
}
OTHER = N_("Something unusual.")


@dataclass(frozen=True, slots=True)
class Line:
    """One alert in words."""

    at: Moment
    by: str
    what: str


@manage.get("/alerts")
@access(Access.MANAGER)
def alerts() -> str:
    """The latest alerts, and what to do about them."""
    found = services()
    lines = [line(one, found.settings.zone) for one in found.audit_log.latest(MOST, ALERT)]
    return render_template("manage/alerts.html", lines=lines, most=MOST, days=found.settings.retention_days)


def line(one: NamedEntry, zone: ZoneInfo) -> Line:
    """An alert as the page shows it; somebody whose name is gone stays somebody."""
    return Line(
        instant(one.at, zone), _BY[one.kind].format(one.name or "unknown"), _(WORDS.get(one.word, OTHER))
    )
