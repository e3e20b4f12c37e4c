"""`/guide`: what genuine cards look like, in pictures drawn by us, to read once or to print."""

from __future__ import annotations

from flask import render_template

from validator.services import services
from validator.web.pages import pages
from validator.web.present import logo_hint


@pages.get("/guide")
def guide() -> str:
    """The picture guide, with what holds for the logo today."""
    return page()


def page(**frame: bool | str) -> str:
    """The same; `frame` tells the templates whom it is for."""
    found = services()
    today = found.router_time().astimezone(found.settings.zone).date()
    return render_template("guide.html", logo_hint=logo_hint(today), **frame)
