"""Access control in front of every route: each view has one level, and a view without one needs a sign-in."""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING, Protocol, TypeVar

from flask import current_app, redirect, request, url_for
from flask_login import current_user
from werkzeug.datastructures import WWWAuthenticate
from werkzeug.exceptions import Forbidden, Unauthorized

if TYPE_CHECKING:
    from collections.abc import Callable

    from flask import Flask
    from werkzeug.wrappers import Response

_LEVEL = "_access_level"
_View = TypeVar("_View", bound="Callable[..., object]")


class Access(Enum):
    """Who may open a view."""

    PUBLIC = "everybody, without signing in"
    KIOSK = "people, devices and kiosks, which are unattended"
    SIGNED_IN = "people and devices"
    PEOPLE = "people with a session of their own"
    MANAGER = "managers"


class CheckedCaller(Protocol):
    """What the levels depend on; validator/accounts/ has the class, and imports this module."""

    @property
    def role(self) -> object | None:
        """None for devices and kiosks."""

    @property
    def is_kiosk(self) -> bool:
        """Whether this is a kiosk."""

    @property
    def is_manager(self) -> bool:
        """Whether this is a manager."""


def access(level: Access, why: str = "") -> Callable[[_View], _View]:
    """Set the level of a view. A public view must say why, for a reviewer."""
    if level is Access.PUBLIC and not why.strip():
        raise ValueError("say why this route may be open to everybody: @access(Access.PUBLIC, why='…')")

    def mark(view: _View) -> _View:
        setattr(view, _LEVEL, level)
        return view

    return mark


def level_of(view: Callable[..., object]) -> Access:
    """The level of a view; SIGNED_IN if it has none."""
    level: Access = getattr(view, _LEVEL, Access.SIGNED_IN)
    return level


def has_bearer_token() -> bool:
    """Whether this request has a bearer token, valid or not; if so, its cookie is ignored."""
    given = request.authorization
    return given is not None and given.type == "bearer"


def init_app(app: Flask) -> None:
    """Check each request."""
    if app.has_static_folder:
        mark = access(Access.PUBLIC, why="style, scripts and pictures are the same for everybody")
        mark(app.view_functions["static"])
    app.before_request(_check)


def _check() -> Response | None:
    """Let the request pass, or send a person to the sign-in form and a program a 401 or 403."""
    # An address or method without a route has only its 404 or 405 to give.
    level = level_of(current_app.view_functions[request.endpoint]) if request.endpoint else Access.PUBLIC
    if level is Access.PUBLIC:
        return None
    # One look-up: each use of the proxy would be another.
    user = current_user._get_current_object()  # noqa: SLF001 - Werkzeug's documented way out of a proxy
    if user.is_authenticated:
        return _check_caller(user.caller, level)
    if _is_program():
        raise Unauthorized(
            "Sign in, or send a device token that is still in use: Authorization: Bearer …",
            www_authenticate=WWWAuthenticate("bearer"),
        )
    return _to_sign_in()


def _check_caller(caller: CheckedCaller, level: Access) -> Response | None:
    """Send a kiosk to the sign-in form outside its views; refuse views above the caller's level."""
    if caller.is_kiosk and level is not Access.KIOSK:
        if _is_program():
            raise Forbidden
        return _to_sign_in()
    if level is Access.MANAGER and not caller.is_manager:
        raise Forbidden
    # Devices and kiosks have no role.
    if level is Access.PEOPLE and caller.role is None:
        raise Forbidden
    return None


def _is_program() -> bool:
    return request.path.startswith("/api/") or has_bearer_token()


def _to_sign_in() -> Response:
    """Redirect to the form. Only the path is passed on: a query typed by hand could contain a card number."""
    adapter = current_app.create_url_adapter(request)
    accepts_get = adapter is not None and adapter.test(method="GET")
    here = request.script_root + request.path
    comes_back = accepts_get and here != f"{request.script_root}/"
    return redirect(url_for("accounts.login", next=here if comes_back else None))
