"""The ladder of assurance: how far a check came, from the number to the Router, as four small marks."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from validator.verdict import Outcome, Source
from validator.web.ladder_words import NAMES, SAID

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


def _rung(name: str, mark: Mark, said: str) -> Rung:
    return Rung(NAMES[name], mark, SAID[said])


def _number(verdict: Verdict) -> Rung:
    is_unusual = "unusual_number" in verdict.warnings
    return _rung("number", Mark.DONE, "unusual_form" if is_unusual else "well_formed")


def _issuer(verdict: Verdict) -> Rung:
    if verdict.card.issuer_name:
        return _rung("issuer", Mark.DONE, "named")
    if verdict.card.issuer_pic:
        return _rung("issuer", Mark.DONE, "in_number")
    return _rung("issuer", Mark.SKIPPED, "not_in_number")


def _remembered(verdict: Verdict) -> Rung:
    if verdict.outcome is Outcome.COULD_NOT_CHECK:
        return _rung("memory", Mark.FAILED, "nothing_usable")
    if verdict.source is not Source.ROUTER:
        return _rung("memory", Mark.DONE, "used")
    return _rung("memory", Mark.SKIPPED, "not_needed")


def _router(verdict: Verdict) -> Rung:
    if verdict.outcome is Outcome.COULD_NOT_CHECK or verdict.stands_in_for:
        return _rung("router", Mark.FAILED, "no_answer")
    if verdict.source is not Source.ROUTER:
        return _rung("router", Mark.SKIPPED, "not_asked")
    return _rung("router", Mark.DONE, "answered")
