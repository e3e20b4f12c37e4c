"""What the page of one's own account says."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from validator.accounts.models import SessionKind
from validator.web.moments import Age, Moment, age, instant

if TYPE_CHECKING:
    from datetime import datetime
    from zoneinfo import ZoneInfo

    from validator.accounts.models import SessionRow

NOT_THE_CODE = (
    "That code is not right. Check that your phone sets its clock by itself, and type the next code."
)
GONE = "That took too long. Start again with your password."
SAID = {
    "ended": "Done: there, nobody is signed in any more.",
    "password": "Your password is changed. You stay signed in here; elsewhere, sign in with the new one.",
    "codes-on": "Codes are on: from now on, signing in asks for one after the password.",
    "codes-off": "Codes are off: signing in asks for the password alone.",
}
_KINDS = {SessionKind.PERSON: "{}", SessionKind.KIOSK: "Kiosk: {}"}


@dataclass(frozen=True, slots=True)
class Line:
    """One session in words."""

    row: int
    label: str
    is_this: bool
    began: Moment
    used: Age
    ends: Moment


def line(one: SessionRow, this: int, now: datetime, zone: ZoneInfo) -> Line:
    """A session as its owner sees it."""
    return Line(
        row=one.id,
        label=_KINDS[one.kind].format(one.label),
        is_this=one.id == this,
        began=instant(one.began_at, zone),
        used=age(max(0, int((now - one.seen_at).total_seconds()))),
        ends=instant(one.ends_at, zone),
    )
