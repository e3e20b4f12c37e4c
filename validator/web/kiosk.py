"""`/kiosk`: a tablet at a door. The page is the same for everybody; its script asks who is signed in."""

from __future__ import annotations

from flask import render_template

from validator.http.access import Access, access
from validator.web.pages import pages


@pages.get("/kiosk")
@access(Access.KIOSK)
def kiosk() -> str:
    """Set-up for a person, the visitors' screen once the tablet is locked."""
    return render_template("kiosk.html")
