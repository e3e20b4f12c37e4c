"""`/manage/health`: how each part of the server fares, and what to do where one does not."""

from __future__ import annotations

from flask import render_template

from validator.health.looking import looking
from validator.health.parts import parts
from validator.manage.late_answers import manage
from validator.security.access import managers_only


@manage.get("/health")
@managers_only
def server_health() -> str:
    """Every part in words, the troubled ones first."""
    found = sorted(parts(looking().thoroughly()), key=lambda part: part.ok)
    return render_template("manage/health.html", parts=found, troubled=sum(not part.ok for part in found))
