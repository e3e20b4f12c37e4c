"""The gate in front of every route: closed, unless its view is marked public with a written reason.

Kiosks stand before a gate of their own: it is closed to them unless the view is marked for them, too.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from flask import current_app, redirect, request, url_for
from flask_login import current_user
from werkzeug.datastructures import WWWAuthenticate
from werkzeug.exceptions import Forbidden, Unauthorized

if TYPE_CHECKING:
    from collections.abc import Callable

    from flask import Flask
    from werkzeug.wrappers import Response

_REASON = "_public_because"
_MANAGERS_ONLY = "_managers_only"
_KIOSK_MAY = "_kiosk_may"
_PEOPLE_ONLY = "_people_only"
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


def kiosk_may(view: _View) -> _View:
    """Open a view to kiosks as well, which stand unattended; to strangers it stays closed."""
    setattr(view, _KIOSK_MAY, True)
    return view


def is_for_kiosks(view: Callable[..., object]) -> bool:
    """Whether a kiosk may open a view that is not public."""
    return getattr(view, _KIOSK_MAY, False)


def managers_only(view: _View) -> _View:
    """Close a view to everybody but managers; devices and kiosks have no role."""
    setattr(view, _MANAGERS_ONLY, True)
    return view


def is_for_managers(view: Callable[..., object]) -> bool:
    """Whether only managers may open a view."""
    return getattr(view, _MANAGERS_ONLY, False)


def people_only(view: _View) -> _View:
    """Close a view to everybody but people with a session of their own, of any role."""
    setattr(view, _PEOPLE_ONLY, True)
    return view


def is_for_people(view: Callable[..., object]) -> bool:
    """Whether devices and kiosks may not open a view."""
    return getattr(view, _PEOPLE_ONLY, False)


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
    """Let the request pass, or send a person to sign in and a program a 401 or 403."""
    if _is_open():
        return None
    if current_user.is_authenticated:
        return _within(current_app.view_functions[request.endpoint or ""])
    if _is_program():
        raise Unauthorized(
            "Sign in, or send a device token that is still in use: Authorization: Bearer …",
            www_authenticate=WWWAuthenticate("bearer"),
        )
    return _to_sign_in()


def _within(view: Callable[..., object]) -> Response | None:
    """Keep managers' pages to managers, and kiosks to what is theirs: beyond it, somebody must sign in."""
    caller = current_user.caller
    if caller.is_kiosk and not is_for_kiosks(view):
        if _is_program():
            raise Forbidden
        return _to_sign_in()
    if is_for_managers(view) and not caller.is_manager:
        raise Forbidden
    # Devices and kiosks have no role.
    if is_for_people(view) and caller.role is None:
        raise Forbidden
    return None


def _is_program() -> bool:
    return request.path.startswith("/api/") or has_bearer_token()


def _is_open() -> bool:
    """An address or method without a route is open too: it has only its 404 or 405 to give."""
    if request.endpoint is None:
        return True
    return public_reason(current_app.view_functions[request.endpoint]) is not None


def _to_sign_in() -> Response:
    """Only the path is carried along: a query typed by hand could hold a card number."""
    adapter = current_app.create_url_adapter(request)
    comes_back = adapter is not None and adapter.test(method="GET")
    here = request.script_root + request.path
    comes_back = comes_back and here != f"{request.script_root}/"
    return redirect(url_for("accounts.login", next=here if comes_back else None))
