"""Cards and Router answers that tests share; the numbers are invented, in the official form."""

from __future__ import annotations

from typing import Any

ANNA = "3e506370-826a-103d-bf76-001000000001"
BRUNO = "7d1f0a20-93fb-103e-9b31-001000000001"
CLARA = "22d30120-cd32-1039-bbec-007000000123"


def status_v2(number: str, **changes: Any) -> dict[str, Any]:
    """The documented answer for an active card, with some fields changed; None removes a field."""
    answer = {
        "cardNumber": number,
        "displayName": "Card of Anna",
        "expiresAt": "2099-12-31",
        "issuedAt": "2025-10-01",
        "issuerIdentifier": "000000001",
        "issuerName": "Université de Saint-Valentin",
        "status": "ACTIVE",
    } | changes
    return {name: value for name, value in answer.items() if value is not None}


def verifier(number: str, **changes: Any) -> dict[str, Any]:
    """The verifier's answer for an active card, with some fields changed; None removes a field."""
    answer = {
        "cardNumber": number,
        "cardType": {"key": "SMART_PASSIVE", "label": "Digital"},
        "cardStatusType": {"key": "ACTIVE", "label": "Active"},
        "expiresAt": "2099-12-31",
        "cardHolder": {"academicLevel": {"key": "MASTER", "label": "Master"}},
        "issuer": {"identifier": "000000001", "name": "Université de Saint-Valentin"},
    } | changes
    return {name: value for name, value in answer.items() if value is not None}


NOT_FOUND = {"code": "ER-0001", "message": "Card not found"}
