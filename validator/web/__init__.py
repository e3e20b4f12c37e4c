"""The pages: scan, type a number, guide. They work without JavaScript, in every width, light and dark."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import request, url_for

from validator.accounts.identity import current_login
from validator.http.origin import host_name, seems_plain
from validator.services import services
from validator.web import guide, kiosk, lookup, messages, pwa, scan
from validator.web.moments import age, instant
from validator.web.pages import pages

if TYPE_CHECKING:
    from flask import Flask

    from validator.accounts.identity import Caller

__all__ = ["guide", "init_app", "kiosk", "lookup", "messages", "pwa", "scan"]


def init_app(app: Flask) -> None:
    """Put the pages into the application, and what every template needs."""
    app.register_blueprint(pages)
    app.context_processor(_for_every_template)
    app.add_template_filter(lambda value: instant(value, services().settings.zone), "instant")
    app.add_template_filter(age, "age")


def _for_every_template() -> dict[str, object]:
    # Who is signed in is a function, so that the page after a fault of the database never has to ask for it.
    return {
        "demo": services().settings.demo,
        "signed_in_name": _signed_in_name,
        "is_manager": _is_manager,
        "https_address": _https_address,
        "messages_address": messages.messages_address,
        "modules_of": lambda page: services().assets.modules(f"js/pages/{page}.js"),
    }


def _https_address() -> str | None:
    """Where this site most likely is over https; None where the browser is there, or on this machine."""
    if not seems_plain(request.scheme, request.host, request.headers):
        return None
    return f"https://{host_name(request.host)}{url_for('web.scan')}"


def _caller() -> Caller | None:
    """Who may go from page to page; nobody at a kiosk may."""
    login = current_login()
    return None if login is None or login.caller.is_kiosk else login.caller


def _signed_in_name() -> str | None:
    caller = _caller()
    return caller.name if caller else None


def _is_manager() -> bool:
    caller = _caller()
    return caller is not None and caller.is_manager
