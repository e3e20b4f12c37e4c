"""Device cookies (OWASP): a signed cookie that names no person says who signed in on this browser before.

Guesses by strangers delay sign-ins on all browsers except those that the person used before. Several people
share a till, so the cookie has an entry for each of the last twelve.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from typing import TYPE_CHECKING

from itsdangerous import BadSignature, URLSafeSerializer

from validator.keys import Purpose, base64url, derive

if TYPE_CHECKING:
    from collections.abc import Sequence

MAX_ENTRIES = 12
LIFETIME_DAYS = 180
SECONDS_PER_DAY = 86_400
_NONCE_BYTES = 9


class DeviceCookies:
    """Reads and issues the cookies; signs with the first secret key, accepts all."""

    def __init__(self, secret_keys: Sequence[str]) -> None:
        # itsdangerous signs with the last of its keys.
        self._serializer = URLSafeSerializer(list(reversed(secret_keys)), salt="esc-validator known here")
        self._keys = [derive(key, Purpose.DEVICE_COOKIES) for key in secret_keys]

    def find(self, cookie: str, name_key: str, now_s: float) -> str | None:
        """The nonce of this name's entry; None if there is none or it is too old."""
        names = {self._hash(key, name_key) for key in self._keys}
        return next((nonce for name, nonce, _ in self._read(cookie, now_s) if name in names), None)

    def issue(self, cookie: str, name_key: str, now_s: float) -> str:
        """The cookie with a new entry for this name as its first."""
        names = {self._hash(key, name_key) for key in self._keys}
        others = [entry for entry in self._read(cookie, now_s) if entry[0] not in names]
        nonce = base64url(secrets.token_bytes(_NONCE_BYTES))
        new = [self._hash(self._keys[0], name_key), nonce, int(now_s // SECONDS_PER_DAY)]
        return str(self._serializer.dumps([new, *others][:MAX_ENTRIES]))

    def _read(self, cookie: str, now_s: float) -> list[tuple[str, str, int]]:
        try:
            entries = self._serializer.loads(cookie.encode("utf-8", "replace"))
        except BadSignature:
            return []
        today = now_s // SECONDS_PER_DAY
        return [(name, nonce, day) for name, nonce, day in entries if today - day < LIFETIME_DAYS]

    def _hash(self, key: bytes, name_key: str) -> str:
        text = name_key.encode("utf-8", "surrogatepass")
        return base64url(hmac.digest(key, text, hashlib.sha256)[:9])
