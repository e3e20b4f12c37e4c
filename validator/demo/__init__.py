"""A Router stand-in and a deck of invented cards, for trying the whole without a real card or a network."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flask import Flask

__all__ = ["init_app"]


def init_app(app: Flask) -> None:
    """Demo mode only: mount the deck's pages, and see to the demo people where their password is given."""
    # Imported here, for the stand-in's own process needs none of it.
    from validator.accounts import ensure_demo_people  # noqa: PLC0415
    from validator.demo.page import deck  # noqa: PLC0415
    from validator.services import EXTENSION  # noqa: PLC0415

    app.register_blueprint(deck)
    services = app.extensions[EXTENSION]
    if services.settings.demo_password is not None:
        ensure_demo_people(services.database, services.settings.demo_password.get_secret_value())
