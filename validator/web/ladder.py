"""The ladder of assurance: how far a check came, from the number to the Router, as four small marks."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from validator.i18n import gettext as _
from validator.verdict import Outcome, Source

if TYPE_CHECKING:
    from validator.verdict import Verdict


class Mark(StrEnum):
    """A step was taken, was not needed, or was tried and gave nothing."""

    DONE = "done"
    SKIPPED = "skipped"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Rung:
    """One step: its name, its mark, and what it gave in two or three words."""

    name: str
    mark: Mark
    said: str


def ladder(verdict: Verdict) -> tuple[Rung, Rung, Rung, Rung]:
    """Number, issuer, memory, card register: always these four, in this order."""
    return (_number(verdict), _issuer(verdict), _remembered(verdict), _router(verdict))


def _number(verdict: Verdict) -> Rung:
    is_unusual = "unusual_number" in verdict.warnings
    return Rung(_("Number"), Mark.DONE, _("unusual form") if is_unusual else _("well formed"))


def _issuer(verdict: Verdict) -> Rung:
    name = _("Issuer")
    if verdict.card.issuer_name:
        return Rung(name, Mark.DONE, _("named by the card register"))
    if verdict.card.issuer_pic:
        return Rung(name, Mark.DONE, _("code in the number"))
    return Rung(name, Mark.SKIPPED, _("not in the number"))


def _remembered(verdict: Verdict) -> Rung:
    name = _("Memory")
    if verdict.outcome is Outcome.COULD_NOT_CHECK:
        return Rung(name, Mark.FAILED, _("nothing usable"))
    if verdict.source is not Source.ROUTER:
        return Rung(name, Mark.DONE, _("used"))
    return Rung(name, Mark.SKIPPED, _("not needed"))


def _router(verdict: Verdict) -> Rung:
    name = _("Card register")
    if verdict.outcome is Outcome.COULD_NOT_CHECK or verdict.stands_in_for:
        return Rung(name, Mark.FAILED, _("no answer now"))
    if verdict.source is not Source.ROUTER:
        return Rung(name, Mark.SKIPPED, _("not asked again"))
    return Rung(name, Mark.DONE, _("answered now"))
