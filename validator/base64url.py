"""Base64 for addresses (RFC 4648, 5), without its padding."""

from __future__ import annotations

from base64 import urlsafe_b64encode


def base64url(data: bytes) -> str:
    """These bytes as text."""
    return urlsafe_b64encode(data).rstrip(b"=").decode()
