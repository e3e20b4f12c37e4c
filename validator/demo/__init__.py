"""A simulated Router and invented cards, to try the application without real cards or a network."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flask import Flask

__all__ = ["AUTHORITY", "init_app"]
# The certificate authority of `make run HTTPS=1`, in the data folder.
AUTHORITY = "demo-ca.pem"


def init_app(app: Flask) -> None:
    """Demo mode only: add the pages with the cards, and create the demo people if their password is set."""
    # Imported here, because the process of the simulated Router does not need them.
    from validator.accounts import ensure_demo_people  # noqa: PLC0415
    from validator.demo.views import authority, deck  # noqa: PLC0415
    from validator.services import EXTENSION  # noqa: PLC0415

    app.register_blueprint(deck)
    app.register_blueprint(authority)
    services = app.extensions[EXTENSION]
    if services.settings.demo_password is not None:
        ensure_demo_people(services.database, services.settings.demo_password.get_secret_value())
