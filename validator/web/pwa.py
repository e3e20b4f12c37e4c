"""What makes the pages an app: the manifest, the service worker, and the empty pages that it keeps."""

from __future__ import annotations

import json
from functools import cache
from typing import TYPE_CHECKING

from flask import Response, abort, jsonify, render_template, url_for

from validator.assets import WORKER
from validator.http.access import Access, access
from validator.i18n import gettext as _
from validator.i18n import language, pgettext
from validator.services import services
from validator.web.messages import messages_address
from validator.web.views import guide_page, pages

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

# The pages that open without a network: the name of the kept page, by the endpoint whose address it answers.
SHELL = {"web.scan": "scan", "web.lookup": "lookup", "web.kiosk": "kiosk", "web.guide": "guide"}
# Read by the browser itself or by stores, never by a page.
_NOT_KEPT = ("screenshots/", WORKER)


@pages.get("/shell/<version>/<name>")
@access(Access.PUBLIC, why="the pages as they are for everybody, without a name or an answer")
def shell(version: str, name: str) -> str:
    """A page without personal data; only of the version that is served now."""
    endpoint = {kept: endpoint for endpoint, kept in SHELL.items()}.get(name)
    if version != services().assets.version or endpoint is None:
        abort(404)
    here = url_for(endpoint)
    if name == "guide":
        return guide_page(is_shell=True, here=here)
    return render_template(f"{name}.html", is_shell=True, here=here)


@pages.get("/sw.js")
@access(Access.PUBLIC, why="the service worker is the same for everybody")
def service_worker() -> Response:
    """The worker with its version and the list of what it keeps in front.

    There is none while files are missing here: an app that is installed already stays as it is, whole.
    """
    if services().assets.missing:
        abort(404)
    kept = {
        "version": services().assets.version,
        "root": url_for("web.scan"),
        "pages": _kept_pages(),
        "files": sorted(_kept_files()),
        "offline": render_template("offline.html"),
    }
    return Response(
        f"self.SHELL = {json.dumps(kept)};\n{_worker(services().assets.folder / WORKER)}",
        mimetype="text/javascript",
    )


@pages.get("/manifest.webmanifest")
@access(Access.PUBLIC, why="the name and the icons of the app are the same for everybody")
def manifest() -> Response:
    """How the app is installed and looks there."""
    response = jsonify(_manifest())
    response.mimetype = "application/manifest+json"
    return response


def _kept_pages() -> dict[str, str]:
    version = services().assets.version
    return {
        url_for(endpoint): url_for("web.shell", version=version, name=name)
        for endpoint, name in SHELL.items()
    }


def _kept_files() -> Iterator[str]:
    for name in services().assets.files:
        if not name.startswith(_NOT_KEPT):
            yield url_for("static", filename=name)
    yield messages_address()


@cache
def _worker(path: Path) -> str:
    return path.read_text(encoding="utf-8")


def _icon(name: str, size: int, purpose: str) -> dict[str, str]:
    source = url_for("static", filename=f"icons/{name}-{size}.png")
    return {"src": source, "sizes": f"{size}x{size}", "type": "image/png", "purpose": purpose}


def _screenshot(name: str, width: int, height: int, form: str, label: str) -> dict[str, str]:
    return {
        "src": url_for("static", filename=f"screenshots/{name}.png"),
        "sizes": f"{width}x{height}",
        "type": "image/png",
        "form_factor": form,
        "label": label,
    }


def _manifest() -> dict[str, object]:
    scan, lookup = url_for("web.scan"), url_for("web.lookup")
    icons = [_icon(name, size, purpose) for size in (192, 512) for name, purpose in _ICONS]
    return {
        "id": scan,
        "name": "ESC Validator",
        "short_name": "ESC Validator",
        "description": _("Check a European Student Card: scan its code or type its number."),
        "lang": language().code,
        "start_url": scan,
        "scope": scan,
        "display": "standalone",
        "background_color": "#f4f5f3",
        "theme_color": "#0e4d5c",
        "categories": ["utilities", "education"],
        "icons": icons,
        "shortcuts": [
            {"name": _("Scan a card"), "short_name": _("Scan"), "url": scan, "icons": icons[:1]},
            {
                "name": _("Type a number"),
                "short_name": pgettext("with the keyboard", "Type"),
                "url": lookup,
                "icons": icons[:1],
            },
        ],
        "screenshots": [
            _screenshot("phone", 390, 844, "narrow", _("A valid card on a phone")),
            _screenshot("desk", 1280, 800, "wide", _("The scanner on a desk")),
        ],
    }


_ICONS = (("app", "any"), ("maskable", "maskable"))
