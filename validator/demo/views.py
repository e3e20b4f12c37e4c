"""The pages with the demo cards, to view, print and download. Only in demo mode."""

from __future__ import annotations

from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING

from flask import Blueprint, Response, abort, render_template

from scanner import parse_payload
from validator.demo import AUTHORITY, symbol
from validator.demo.card import DemoCard, expected
from validator.demo.deck import BY_SLUG, CHECKED, TROUBLED
from validator.http.access import Access, access
from validator.i18n import gettext as _
from validator.services import services
from validator.web.advice import DETAILS, NAMES, WARNINGS

if TYPE_CHECKING:
    from datetime import date

deck = Blueprint("demo", __name__, url_prefix="/demo/cards")
authority = Blueprint("demo_authority", __name__)
OPEN = "demo cards are invented"


@dataclass(frozen=True, slots=True)
class Shown:
    """A card as the page shows it, with the expected result of a check."""

    card: DemoCard
    outcome: str
    answer: str
    remarks: tuple[str, ...]


def shown(card: DemoCard) -> Shown:
    """The card with its expected result, in the words of the result pages."""
    reason = expected(card)
    words = [_(NAMES[reason.outcome]), *([_(DETAILS[reason])] if reason in DETAILS else [])]
    remarks = tuple(_(WARNINGS[code]) for code in parse_payload(card.payload).warnings)
    return Shown(card, reason.outcome.value, " · ".join(words), remarks)


@authority.get("/demo/ca.crt")
@access(Access.PUBLIC, why="a phone needs it before it trusts this service; it holds no secret")
def certificate_authority() -> Response:
    """The certificate authority of `make run HTTPS=1`, for phones to install. 404 without HTTPS."""
    try:
        data = (services().settings.data_dir / AUTHORITY).read_bytes()
    except FileNotFoundError:
        abort(HTTPStatus.NOT_FOUND)
    return Response(data, mimetype="application/x-x509-ca-cert")


@deck.get("")
@access(Access.PUBLIC, why=OPEN)
def cards() -> str:
    """All demo cards."""
    return render_template(
        "demo/cards.html", checked=list(map(shown, CHECKED)), troubled=list(map(shown, TROUBLED))
    )


@deck.get("/<slug>.svg")
@access(Access.PUBLIC, why=OPEN)
def drawing(slug: str) -> Response:
    """A drawing of the card, with the proportions of a credit card."""
    card = _find(slug)
    picture = render_template(
        "demo/card.svg",
        card=card,
        until=card.expires_on(_today()),
        modules=symbol.path(card.payload),
        units=symbol.UNITS,
    )
    return Response(picture, mimetype="image/svg+xml")


@deck.get("/<slug>.png")
@access(Access.PUBLIC, why=OPEN)
def code(slug: str) -> Response:
    """The card's code with its quiet zone, as a picture to upload."""
    card = _find(slug)
    return Response(symbol.png(card.payload, inverted=card.inverted), mimetype="image/png")


def _find(slug: str) -> DemoCard:
    return BY_SLUG.get(slug) or abort(404)


def _today() -> date:
    found = services()
    return found.clock().astimezone(found.settings.zone).date()
