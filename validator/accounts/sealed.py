"""Keeps short secrets so that the database alone does not give them away, as Fernet does (AES and HMAC)."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING

from validator.keys import Purpose, derive

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cryptography.fernet import MultiFernet


class Sealer:
    """Seals under the first of these secret keys, opens under any of them."""

    def __init__(self, secret_keys: Sequence[str]) -> None:
        self._keys = [base64.urlsafe_b64encode(derive(key, Purpose.SECOND_FACTORS)) for key in secret_keys]

    def seal(self, secret: bytes) -> str:
        """The secret as text that only `open` can read."""
        return self._fernet().encrypt(secret).decode()

    def open(self, sealed: str) -> bytes | None:
        """The secret; None where it was sealed under a key that is gone, or changed since."""
        from cryptography.fernet import InvalidToken  # noqa: PLC0415 - as below

        try:
            return self._fernet().decrypt(sealed.encode())
        except InvalidToken:
            return None

    def _fernet(self) -> MultiFernet:
        # Imported where codes are used: most servers never need it, and it takes memory.
        from cryptography.fernet import Fernet, MultiFernet  # noqa: PLC0415

        return MultiFernet([Fernet(key) for key in self._keys])
