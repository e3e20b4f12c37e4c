"""The pages `/` (photo), `/lookup` (number), `/guide` and `/kiosk`, and how refusals are shown on them."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING

from flask import Blueprint, render_template, request
from werkzeug.exceptions import RequestEntityTooLarge

from scanner.errors import ImageRefused, Kind, NotAnEscCode, Refused
from scanner.payload import parse_payload
from validator.accounts import current_caller
from validator.http.access import Access, access
from validator.http.bodies import MAX_TEXT_BYTES, MAX_UPLOAD_BYTES, takes
from validator.services import services
from validator.verdict import Outcome, Reason
from validator.web.present import logo_hint, present
from validator.web.refusals import NO_PHOTO, NOTHING_TYPED, Refusal, refusal

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

    from validator.verdict import Verdict

pages = Blueprint("web", __name__)

LOOKUP = "web.look_up"


@pages.get("/")
def scan() -> str:
    """The forms, ready for the first card."""
    return render_template("scan.html")


@pages.post("/")
@takes(MAX_UPLOAD_BYTES)
def scan_photo() -> ResponseReturnValue:
    """Read the photo in field `image` and show the verdict, or the refusal."""
    photo = request.files.get("image")
    if not photo:
        return refused(NO_PHOTO)
    return answered("scan.html", services().checker.check_picture(current_caller(), photo.read()))


@pages.get("/lookup")
def lookup() -> str:
    """The number field, ready to type in."""
    return render_template("lookup.html")


@pages.post("/lookup")
@takes(MAX_TEXT_BYTES)
def look_up() -> ResponseReturnValue:
    """Check the number in field `number` and show the verdict, or the refusal. It is never in an address."""
    typed = request.form.get("number", "").strip()
    if not typed:
        return refused(NOTHING_TYPED)
    verdict = services().checker.check(current_caller(), typed)
    kept = parse_payload(typed).escn.value if _may_be_typing_error(verdict) else None
    return answered("lookup.html", verdict, kept=kept)


@pages.get("/guide")
def guide() -> str:
    """The picture guide."""
    return guide_page()


@pages.get("/kiosk")
@access(Access.KIOSK)
def kiosk() -> str:
    """The same page for everybody: set-up for a person, the visitors' screen on a locked tablet."""
    return render_template("kiosk.html")


def guide_page(**frame: bool | str) -> str:
    """The guide with today's rule for the logo; `frame` goes to the template."""
    found = services()
    today = found.router_time().astimezone(found.settings.zone).date()
    return render_template("guide.html", logo_hint=logo_hint(today), **frame)


def answered(template: str, verdict: Verdict, *, kept: str | None = None) -> str:
    """The page with this verdict, and with the forms for the next card.

    `kept` is the number that was typed: it is put into the field, so that one character can be corrected.
    """
    found = services()
    shown = present(verdict, found.router_time(), found.settings.zone)
    return render_template(template, shown=shown, kept=kept)


def refused(said: Refusal) -> tuple[str, int]:
    """The page the form was on, with one line that says what to do."""
    template = "lookup.html" if request.endpoint == LOOKUP else "scan.html"
    return render_template(template, refusal=said.translated()), said.status


@pages.errorhandler(Refused)
def _refused(error: Refused) -> tuple[str, int]:
    return refused(refusal(error, typed=request.endpoint == LOOKUP))


@pages.errorhandler(RequestEntityTooLarge)
def _too_large(_error: RequestEntityTooLarge) -> tuple[str, int]:
    is_typed = request.endpoint == LOOKUP
    error = NotAnEscCode("not_an_esc_code", Kind.OTHER) if is_typed else ImageRefused("image_too_large")
    page, _status = refused(refusal(error, typed=is_typed))
    return page, HTTPStatus.REQUEST_ENTITY_TOO_LARGE


def _may_be_typing_error(verdict: Verdict) -> bool:
    """Whether the person may want to correct the number, or to check it again."""
    return verdict.reason is Reason.UNKNOWN_CARD or verdict.outcome is Outcome.COULD_NOT_CHECK
