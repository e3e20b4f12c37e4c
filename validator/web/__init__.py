"""The pages: scan, type a number, guide. They work without JavaScript, in every width, light and dark."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from flask_login import current_user

from validator.services import services
from validator.web import guide, lookup, scan
from validator.web.pages import pages

if TYPE_CHECKING:
    from collections.abc import Callable

    from flask import Flask

    from validator.accounts.caller import SignedIn

__all__ = ["guide", "init_app", "lookup", "scan"]


def init_app(app: Flask) -> None:
    """Put the pages into the application, and what every template needs."""
    app.register_blueprint(pages)
    app.context_processor(_for_every_template)


def _for_every_template() -> dict[str, bool | Callable[[], str | None]]:
    # The name is a function, so that the page after a fault of the database never has to ask for it.
    return {"demo": services().settings.demo, "signed_in_name": _signed_in_name}


def _signed_in_name() -> str | None:
    return cast("SignedIn", current_user).caller.name if current_user.is_authenticated else None
