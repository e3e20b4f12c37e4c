"""The pages of one's own account: open sessions, the password, the codes of an authenticator app."""

from __future__ import annotations

from typing import TYPE_CHECKING

from validator.account_pages import codes
from validator.account_pages.views import own

if TYPE_CHECKING:
    from flask import Flask

__all__ = ["codes", "init_app"]


def init_app(app: Flask) -> None:
    """Mount the pages."""
    app.register_blueprint(own)
