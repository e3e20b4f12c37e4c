"""Codes that change every half minute (RFC 6238: HMAC-SHA1, six figures), as all authenticator apps have."""

from __future__ import annotations

import base64
import hmac
import secrets
from urllib.parse import quote

STEP_S = 30
FIGURES = 6
# A telephone's clock may be half a minute off.
DRIFT = 1
SECRET_BYTES = 20


def new_secret() -> bytes:
    """A secret of the length that RFC 4226 recommends."""
    return secrets.token_bytes(SECRET_BYTES)


def code(secret: bytes, step: int) -> str:
    """The six figures of a step of time."""
    digest = hmac.digest(secret, step.to_bytes(8, "big"), "sha1")
    start = digest[-1] & 0x0F
    number = int.from_bytes(digest[start : start + 4], "big") & 0x7FFF_FFFF
    return f"{number % 10**FIGURES:0{FIGURES}}"


def step_of(secret: bytes, typed: str, now_s: float) -> int | None:
    """The step whose code was typed, spaces or not; None where it is that of no step near now."""
    figures = "".join(typed.split()).encode("utf-8", "surrogatepass")
    now = int(now_s // STEP_S)
    near = [step for step in range(now - DRIFT, now + DRIFT + 1) if step >= 0]
    return next((step for step in near if hmac.compare_digest(code(secret, step).encode(), figures)), None)


def written(secret: bytes) -> str:
    """The secret for typing: base32 in groups of four."""
    text = base64.b32encode(secret).decode()
    return " ".join(text[start : start + 4] for start in range(0, len(text), 4))


def address(secret: bytes, name: str, site: str) -> str:
    """What the QR code says to an authenticator app."""
    label = quote(f"{site}:{name}", safe=":")
    return f"otpauth://totp/{label}?secret={base64.b32encode(secret).decode()}&issuer={quote(site)}"
