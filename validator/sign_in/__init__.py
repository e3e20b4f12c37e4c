"""Signing in and out: sessions in the browser, the sign-in pages, and the pages of one's own account."""

from __future__ import annotations

from typing import TYPE_CHECKING

from validator.sign_in import account_views, session, views

if TYPE_CHECKING:
    from flask import Flask

__all__ = ["init_app"]


def init_app(app: Flask) -> None:
    """Configure sessions and register the pages; the services must exist."""
    session.init_app(app)
    app.register_blueprint(views.blueprint)
    app.register_blueprint(account_views.blueprint)
