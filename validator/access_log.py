"""What gunicorn's access log may say of an address: the route, never the path that somebody sent.

People and programs put card numbers into addresses, though ours have no room for any.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import request

if TYPE_CHECKING:
    from flask import Flask

ROUTE = "escv.route"


def init_app(app: Flask) -> None:
    """Tell the server the route of each request, before anything can refuse it."""
    app.before_request(_name_route)


def _name_route() -> None:
    request.environ[ROUTE] = request.url_rule.rule if request.url_rule else "-"
