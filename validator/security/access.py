"""The gate in front of every route: closed, unless its view is marked public with a written reason."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from flask import current_app, redirect, request, url_for
from flask_login import current_user
from werkzeug.datastructures import WWWAuthenticate
from werkzeug.exceptions import Unauthorized

if TYPE_CHECKING:
    from collections.abc import Callable

    from flask import Flask
    from werkzeug.wrappers import Response

_REASON = "_public_because"
_View = TypeVar("_View", bound="Callable[..., object]")


def public(reason: str) -> Callable[[_View], _View]:
    """Open a view to everybody. The reason is required: it is what a reviewer reads."""
    if not reason.strip():
        raise ValueError("say why this route may be open to everybody: @public('…')")

    def mark(view: _View) -> _View:
        setattr(view, _REASON, reason)
        return view

    return mark


def public_reason(view: Callable[..., object]) -> str | None:
    """Why a view is open to everybody; None where it is closed."""
    reason: str | None = getattr(view, _REASON, None)
    return reason


def has_bearer_token() -> bool:
    """Whether this request brings a bearer token, good or bad; if so, its cookie counts for nothing."""
    given = request.authorization
    return given is not None and given.type == "bearer"


def init_app(app: Flask) -> None:
    """Close every route of the app that is not marked public."""
    if app.has_static_folder:
        public("style, scripts and pictures are the same for everybody")(app.view_functions["static"])
    app.before_request(_let_in)


def _let_in() -> Response | None:
    """Let the request pass, or send a person to sign in and a program a 401."""
    if _is_open() or current_user.is_authenticated:
        return None
    if request.path.startswith("/api/") or has_bearer_token():
        raise Unauthorized(
            "Sign in, or send a device token that is still in use: Authorization: Bearer …",
            www_authenticate=WWWAuthenticate("bearer"),
        )
    return _to_sign_in()


def _is_open() -> bool:
    """An address or method without a route is open too: it has only its 404 or 405 to give."""
    if request.endpoint is None:
        return True
    return public_reason(current_app.view_functions[request.endpoint]) is not None


def _to_sign_in() -> Response:
    """Only the path is carried along: a query typed by hand could hold a card number."""
    adapter = current_app.create_url_adapter(request)
    comes_back = adapter is not None and adapter.test(method="GET")
    target = url_for("accounts.login", next=request.path if comes_back and request.path != "/" else None)
    return redirect(target)
