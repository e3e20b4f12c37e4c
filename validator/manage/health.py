"""`/manage/health`: the state of each part of the server, and what to do where one fails."""

from __future__ import annotations

from flask import render_template

from validator.health.parts import parts
from validator.http.access import Access, access
from validator.manage.late_answers import manage
from validator.services import services


@manage.get("/health")
@access(Access.MANAGER)
def server_health() -> str:
    """Every part in words, failing parts first."""
    found = sorted(parts(services().health.run()), key=lambda part: part.ok)
    return render_template("manage/health.html", parts=found, troubled=sum(not part.ok for part in found))
