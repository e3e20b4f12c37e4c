"""The blueprint of the pages, how they are rendered, and the one place where refusals become words."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING

from flask import Blueprint, render_template, request
from werkzeug.exceptions import RequestEntityTooLarge

from scanner.errors import ImageRefused, Kind, NotAnEscCode, Refused
from validator.services import services
from validator.web.present import present
from validator.web.refusals import Refusal, refusal

if TYPE_CHECKING:
    from validator.verdict import Verdict

pages = Blueprint("web", __name__)

LOOKUP = "web.look_up"


def answered(template: str, verdict: Verdict, *, kept: str | None = None) -> str:
    """The page with this verdict; the forms stand beside it, so that the next card can come at once.

    `kept` is a number that was typed, for its field: nobody has to type it again to change one character.
    """
    found = services()
    shown = present(verdict, found.router_time(), found.settings.zone)
    return render_template(template, shown=shown, kept=kept)


def refused(said: Refusal) -> tuple[str, int]:
    """The page a person was on, with one line that says what to do; scanning goes on."""
    template = "lookup.html" if request.endpoint == LOOKUP else "scan.html"
    return render_template(template, refusal=said.translated()), said.status


@pages.errorhandler(Refused)
def _refused(error: Refused) -> tuple[str, int]:
    return refused(refusal(error, typed=request.endpoint == LOOKUP))


@pages.errorhandler(RequestEntityTooLarge)
def _too_large(_error: RequestEntityTooLarge) -> tuple[str, int]:
    is_typed = request.endpoint == LOOKUP
    error = NotAnEscCode("not_an_esc_code", Kind.OTHER) if is_typed else ImageRefused("image_too_large")
    page, _ = refused(refusal(error, typed=is_typed))
    return page, HTTPStatus.REQUEST_ENTITY_TOO_LARGE
