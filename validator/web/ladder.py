"""The ladder of assurance: how far a check came, from the number to the Router, as four small marks."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

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
    """Number, issuer, memory, Router: always these four, in this order."""
    return (_number(verdict), _issuer(verdict), _remembered(verdict), _router(verdict))


def _number(verdict: Verdict) -> Rung:
    return Rung(
        "Number", Mark.DONE, "unusual form" if "unusual_number" in verdict.warnings else "well formed"
    )


def _issuer(verdict: Verdict) -> Rung:
    if verdict.card.issuer_name:
        return Rung("Issuer", Mark.DONE, "named by the Router")
    if verdict.card.issuer_pic:
        return Rung("Issuer", Mark.DONE, "code in the number")
    return Rung("Issuer", Mark.SKIPPED, "not in the number")


def _remembered(verdict: Verdict) -> Rung:
    if verdict.source is not Source.ROUTER:
        return Rung("Memory", Mark.DONE, "used")
    if verdict.outcome is Outcome.COULD_NOT_CHECK:
        return Rung("Memory", Mark.FAILED, "nothing usable")
    return Rung("Memory", Mark.SKIPPED, "not needed")


def _router(verdict: Verdict) -> Rung:
    if verdict.outcome is Outcome.COULD_NOT_CHECK or verdict.stands_in_for:
        return Rung("Router", Mark.FAILED, "no answer now")
    if verdict.source is not Source.ROUTER:
        return Rung("Router", Mark.SKIPPED, "not asked again")
    return Rung("Router", Mark.DONE, "answered now")
