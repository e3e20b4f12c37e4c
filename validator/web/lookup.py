"""`/lookup`: a typed or hand-scanned number goes in by form, never by address; the answer comes out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import render_template, request

from scanner.payload import parse_payload
from validator.accounts import current_caller
from validator.security.bodies import MAX_TEXT_BYTES, takes
from validator.services import services
from validator.web.pages import answered, pages, refused
from validator.web.refusals import NOTHING_TYPED

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue


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
    verdict = services().checker.check(current_caller(), lambda: parse_payload(typed))
    return answered("lookup.html", verdict)
