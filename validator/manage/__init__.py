"""What managers look at; closed to everybody else."""

from __future__ import annotations

from typing import TYPE_CHECKING

from validator.manage import alerts, devices, health
from validator.manage.late_answers import manage

if TYPE_CHECKING:
    from flask import Flask

__all__ = ["alerts", "devices", "health", "init_app"]


def init_app(app: Flask) -> None:
    """Mount the managers' pages."""
    app.register_blueprint(manage)
