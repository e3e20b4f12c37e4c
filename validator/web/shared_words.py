"""`words.json`: the words of the pages for their scripts, from the very tables that the pages use."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from flask import abort, jsonify

from validator.assets import assets
from validator.http.access import Access, access
from validator.services import services
from validator.web import ladder_words, live_words, moments, refusals, words
from validator.web.pages import pages
from validator.web.present import LAST_DAY_OF_THE_HOLOGRAM, LIVE_S, OLDER_S

if TYPE_CHECKING:
    from collections.abc import Mapping
    from zoneinfo import ZoneInfo

    from flask import Response


@pages.get("/static/<version>/words.json", endpoint="words")
@access(Access.PUBLIC, why="the words are the same for everybody and say nothing of anybody")
def words_json(version: str) -> Response:
    """Every word a script may show, and the place's time zone; of this version, like all static files."""
    if version != assets().version:
        abort(404)
    return jsonify(shared_words(services().settings.zone))


def shared_words(zone: ZoneInfo) -> dict[str, Any]:
    """All tables as JSON takes them; `{…}` in a text stands for what is put there."""
    return {
        "zone": zone.key,
        "limits": {
            "live_s": LIVE_S,
            "older_s": OLDER_S,
            "last_day_of_the_hologram": LAST_DAY_OF_THE_HOLOGRAM.isoformat(),
        },
        **_answers(),
        **_facts(),
        "moments": _moments(),
        "ladder": {"names": ladder_words.NAMES, "said": ladder_words.SAID},
        "refusals": _refusals(),
        **_live(),
    }


def _answers() -> dict[str, Any]:
    return {
        "outcomes": words.OUTCOME_WORDS,
        "details": words.DETAIL_WORDS,
        "about_the_card": _advice(words.ABOUT_THE_CARD),
        "no_answer": _advice(words.NO_ANSWER),
        "last_day": words.LAST_DAY,
        "with_detail": words.WITH_DETAIL,
        "as_of": words.AS_OF,
        "says_nothing": words.SAYS_NOTHING,
        "stands_in": words.STANDS_IN,
        "stands_in_plain": words.STANDS_IN_PLAIN,
        "stands_in_tail": words.STANDS_IN_TAIL,
        "not_asked_again": words.NOT_ASKED_AGAIN,
        "warnings": words.WARNINGS,
        "face_warnings": words.FACE_WARNINGS,
        "test_card": words.TEST_CARD,
        "test_card_note": words.TEST_CARD_NOTE,
        "compare": words.COMPARE,
        "compare_digital": words.COMPARE_DIGITAL,
        "hologram_or_logo": words.HOLOGRAM_OR_LOGO,
        "logo_only": words.LOGO_ONLY,
    }


def _facts() -> dict[str, Any]:
    return {
        "labels": words.LABELS,
        "institution": words.INSTITUTION,
        "sources": words.SOURCES,
        "levels": words.LEVELS,
        "card_types": words.CARD_TYPES,
        "digital_types": sorted(words.DIGITAL_TYPES),
    }


def _moments() -> dict[str, Any]:
    return {
        "months": moments.MONTHS,
        "day": moments.DAY,
        "instant": moments.INSTANT,
        "just_now_s": moments.JUST_NOW_S,
        "just_now": moments.JUST_NOW,
        "units": moments.UNITS,
        "ago": moments.AGO,
    }


def _refusals() -> dict[str, Any]:
    return {
        "by_code": {code: _line(said) for code, said in refusals.BY_CODE.items()},
        "kinds": refusals.KINDS,
        "typed": _line(refusals.TYPED),
        "typed_login": refusals.TYPED_LOGIN,
        "unnamed": _line(refusals.UNNAMED),
        "nothing_typed": _line(refusals.NOTHING_TYPED),
    }


def _live() -> dict[str, Any]:
    return {
        "panel": live_words.PANEL,
        "phases": live_words.PHASES,
        "troubles": _advice(live_words.TROUBLES),
        "remembered_here": live_words.REMEMBERED_HERE,
        "foreign_headings": live_words.FOREIGN_HEADINGS,
        "foreign": live_words.FOREIGN,
        "hints": live_words.HINTS,
        "notices": live_words.NOTICES,
        "status": live_words.STATUS,
        "kiosk": live_words.KIOSK,
    }


def _advice(table: Mapping[Any, words.Advice]) -> dict[str, dict[str, str | None]]:
    return {str(name): asdict(advice) for name, advice in table.items()}


def _line(said: refusals.Refusal) -> dict[str, str]:
    return {"code": said.code, "heading": said.heading, "next": said.next}
