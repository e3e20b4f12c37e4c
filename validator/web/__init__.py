"""The pages for people and managers. They work without JavaScript, in every width, light and dark."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import request, url_for

from validator.accounts.identity import current_login
from validator.http.origin import host_name, seems_plain
from validator.services import services
from validator.version import VERSION
from validator.web import messages, pwa
from validator.web.manage import manage
from validator.web.moments import age, instant
from validator.web.views import pages

if TYPE_CHECKING:
    from flask import Flask

    from validator.accounts.identity import Caller

__all__ = ["init_app", "messages", "pwa"]


def init_app(app: Flask) -> None:
    """Mount the pages, and give every template its values."""
    app.register_blueprint(pages)
    app.register_blueprint(manage)
    app.context_processor(_for_every_template)
    app.add_template_filter(lambda value: instant(value, services().settings.zone), "instant")
    app.add_template_filter(age, "age")


def _for_every_template() -> dict[str, object]:
    # A function, because the error page after a database fault must not query who is signed in.
    return {
        "demo": services().settings.demo,
        "version": VERSION,
        "signed_in_name": _signed_in_name,
        "is_manager": _is_manager,
        "https_address": _https_address,
        "messages_address": messages.messages_address,
        "modules_of": lambda page: services().assets.modules(f"js/pages/{page}.js"),
    }


def _https_address() -> str | None:
    """The most likely https address of this site; None over https or on this machine."""
    port = services().settings.demo_https_port
    # The demo ends TLS at this port, without a header that says so.
    is_demo_https = port is not None and request.host.endswith(f":{port}")
    if is_demo_https or not seems_plain(request.scheme, request.host, request.headers):
        return None
    return f"https://{host_name(request.host)}{f':{port}' if port else ''}{url_for('web.scan')}"


def _caller() -> Caller | None:
    """The person or device that is signed in; None for a kiosk, which must not leave its page."""
    login = current_login()
    return None if login is None or login.caller.is_kiosk else login.caller


def _signed_in_name() -> str | None:
    caller = _caller()
    return caller.name if caller else None


def _is_manager() -> bool:
    caller = _caller()
    return caller is not None and caller.is_manager
