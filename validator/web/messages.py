"""`messages.<language>.json`: the messages of the pages' scripts, from the same catalogue as the pages."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import abort, jsonify, url_for

from validator.http.access import Access, access
from validator.i18n import language, languages
from validator.services import services
from validator.web.views import pages

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from flask import Response

    from validator.i18n import Language


@pages.get("/static/<version>/messages.<spoken>.json", endpoint="messages")
@access(Access.PUBLIC, why="the messages are the same for all people and hold nothing personal")
def messages_json(version: str, spoken: str) -> Response:
    """The messages of one language, and the place's time zone; of this version, like all static files."""
    if version != services().assets.version or spoken not in languages().available:
        abort(404)
    return jsonify(in_scripts(languages().get(spoken), services().settings.zone))


def in_scripts(spoken: Language, zone: ZoneInfo) -> dict[str, Any]:
    """What static/js/messages.js reads. English has no entries: its messages are in the scripts."""
    return {
        "language": spoken.code,
        "locale": spoken.locale.replace("_", "-"),
        "zone": zone.key,
        "plurals": spoken.plurals,
        "messages": spoken.in_scripts,
    }


def messages_address() -> str:
    """The address of the messages in the language of this request."""
    return url_for("web.messages", spoken=language().code)
