"""The marks by which a browser is known: who signed in on it before, in a signed cookie that names nobody.

OWASP calls them device cookies: a stranger's guesses make every browser wait but those that the person used
before. Tills are shared, so there is a mark for each of the last twelve people.
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

MOST = 12
DAYS = 180
_SECONDS_A_DAY = 86_400
_NONCE_BYTES = 9


class KnownHere:
    """Reads and makes the marks, under the first of these secret keys; older ones are still read."""

    def __init__(self, secret_keys: Sequence[str]) -> None:
        # itsdangerous signs with the last of its keys.
        self._serializer = URLSafeSerializer(list(reversed(secret_keys)), salt="esc-validator known here")
        self._keys = [derive(key, Purpose.DEVICE_COOKIES) for key in secret_keys]

    def mark_of(self, cookie: str, name_key: str, now_s: float) -> str | None:
        """The mark that this browser has for this name; None where there is none, or it is too old."""
        names = {self._name(key, name_key) for key in self._keys}
        return next((nonce for name, nonce, _ in self._read(cookie, now_s) if name in names), None)

    def marked(self, cookie: str, name_key: str, now_s: float) -> str:
        """The cookie with a new mark for this name in front."""
        names = {self._name(key, name_key) for key in self._keys}
        others = [one for one in self._read(cookie, now_s) if one[0] not in names]
        nonce = base64url(secrets.token_bytes(_NONCE_BYTES))
        mine = [self._name(self._keys[0], name_key), nonce, int(now_s // _SECONDS_A_DAY)]
        return str(self._serializer.dumps([mine, *others][:MOST]))

    def _read(self, cookie: str, now_s: float) -> list[tuple[str, str, int]]:
        try:
            marks = self._serializer.loads(cookie.encode("utf-8", "replace"))
        except BadSignature:
            return []
        today = now_s // _SECONDS_A_DAY
        return [(name, nonce, day) for name, nonce, day in marks if today - day < DAYS]

    def _name(self, key: bytes, name_key: str) -> str:
        text = name_key.encode("utf-8", "surrogatepass")
        return base64url(hmac.digest(key, text, hashlib.sha256)[:9])
