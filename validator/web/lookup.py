"""`/lookup`: a typed or hand-scanned number goes in by form, never by address; the answer comes out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import render_template, request

from scanner.payload import parse_payload
from validator.accounts import current_caller
from validator.http.bodies import MAX_TEXT_BYTES, takes
from validator.services import services
from validator.verdict import Outcome, Reason
from validator.web.pages import answered, pages, refused
from validator.web.refusals import NOTHING_TYPED

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

    from validator.verdict import Verdict


@pages.get("/lookup")
def lookup() -> str:
    """The number field, ready to type in."""
    return render_template("lookup.html")


@pages.post("/lookup")
@takes(MAX_TEXT_BYTES)
def look_up() -> ResponseReturnValue:
    """Check what stands in field `number` and show the verdict, or the refusal."""
    typed = request.form.get("number", "").strip()
    if not typed:
        return refused(NOTHING_TYPED)
    verdict = services().checker.check(current_caller(), typed)
    return answered(
        "lookup.html", verdict, kept=parse_payload(typed).escn.value if _may_be_slip(verdict) else None
    )


def _may_be_slip(verdict: Verdict) -> bool:
    """Whether the person may want to change the number that was typed, or to check it once more."""
    return verdict.reason is Reason.UNKNOWN_CARD or verdict.outcome is Outcome.COULD_NOT_CHECK
