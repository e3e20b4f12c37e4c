"""What the stand-in says about a card, in the shapes of the Router's two public endpoints."""

from __future__ import annotations

from typing import TYPE_CHECKING

from validator.demo.card import CardType, Level, Standing

if TYPE_CHECKING:
    from datetime import date

    from validator.demo.card import DemoCard

Json = dict[str, object]

TYPE_LABELS = {
    CardType.UNKNOWN: "Unknown",
    CardType.PASSIVE: "Card without electronics",
    CardType.SMART_NO_CDZ: "Smart card without the ESC zone",
    CardType.SMART_CDZ: "Smart card with the ESC zone",
    CardType.SMART_MAY_SP: "Smart card for further services",
    CardType.SMART_PASSIVE: "Digital card",
    CardType.SMART_PASSIVE_EMULATION: "Digital card that emulates a smart card",
}
LEVEL_LABELS = {Level.BACHELOR: "Bachelor", Level.MASTER: "Master", Level.DOCTORATE: "Doctorate"}
STATUS_LABELS = {Standing.ACTIVE: "Active", Standing.INACTIVE: "Inactive", Standing.EXPIRED: "Expired"}


def status_view(card: DemoCard, today: date) -> Json:
    """The documented `CardStatusView`: seven strings, the issuer's PIC among them."""
    return {
        "cardNumber": card.escn,
        "displayName": card.holder,
        "expiresAt": card.expires_on(today).isoformat(),
        "issuedAt": card.issued_on(today).isoformat(),
        "issuerIdentifier": card.institution.pic,
        "issuerName": card.institution.name,
        "status": card.standing.value,
    }


def verifier_view(card: DemoCard, today: date) -> Json:
    """The verifier service's answer, undocumented and known from its clients; it holds no name."""
    level = _code(card.level.value, LEVEL_LABELS[card.level]) if card.level else None
    return {
        "cardNumber": card.escn,
        "cardType": _code(card.card_type.value, TYPE_LABELS[card.card_type]),
        "cardStatusType": _code(card.standing.value, STATUS_LABELS[card.standing]),
        "expiresAt": card.expires_on(today).isoformat(),
        "cardHolder": {"academicLevel": level},
        "issuer": {
            "identifier": card.institution.pic,
            "identifierType": _code("PIC", "Participant Identification Code"),
            "name": card.institution.name,
        },
    }


def _code(key: str, label: str) -> Json:
    return {"key": key, "label": label}
