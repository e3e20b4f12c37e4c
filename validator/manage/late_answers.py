"""`/manage/late-answers`: where a device showed the opposite of what the Router said later."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from flask import Blueprint, render_template

from validator.accounts.identity import CallerKind
from validator.http.access import Access, access
from validator.offline.deferred_records import Contradiction, DeferredRecords
from validator.services import services
from validator.web.advice import name_of
from validator.web.moments import Moment, instant

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

manage = Blueprint("manage", __name__, url_prefix="/manage")
MOST = 200
_BY = {CallerKind.PERSON: "{}", CallerKind.DEVICE: "{} (device)", CallerKind.KIOSK: "Kiosk of {}"}


@dataclass(frozen=True, slots=True)
class Line:
    """One contradiction in words."""

    made: Moment
    by: str
    shown: str
    answered: str
    delivered: Moment


@manage.get("/late-answers")
@access(Access.MANAGER)
def late_answers() -> str:
    """The latest contradictions, and what to do about them."""
    found = services()
    lines = [line(one, found.settings.zone) for one in DeferredRecords(found.database).contradictions(MOST)]
    days = found.settings.retention_days
    return render_template("manage/late_answers.html", lines=lines, most=MOST, days=days)


def line(one: Contradiction, zone: ZoneInfo) -> Line:
    """A contradiction as the page shows it; somebody whose name is gone stays somebody."""
    by = _BY[one.kind].format(one.name or "unknown")
    return Line(
        instant(one.made_at, zone),
        by,
        name_of(one.shown.outcome, one.shown),
        name_of(one.answered.outcome, one.answered),
        instant(one.delivered_at, zone),
    )
