"""`/`: the scanner page. A photo of the code goes in, the answer comes out on the same page."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import render_template, request

from validator.accounts import current_caller
from validator.http.bodies import MAX_UPLOAD_BYTES, takes
from validator.services import services
from validator.web.pages import answered, pages, refused
from validator.web.refusals import NO_PHOTO

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue


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
    verdict = services().checker.check_picture(current_caller(), photo.read())
    return answered("scan.html", verdict)
