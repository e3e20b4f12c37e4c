"""The key under which a person's browsers seal the checks that wait, so that nobody else can deliver them.

It follows from the site's secret and the account: a browser forgets it at the end of a session, and gets it
again when the same person signs in, and only then.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from validator.keys import Purpose, base64url, derive

if TYPE_CHECKING:
    from validator.accounts.identity import Caller

_ID_BYTES = 12


@dataclass(frozen=True, slots=True)
class QueueKey:
    """32 bytes for AES-256-GCM. `id` names them and says nothing about them or the account."""

    id: str
    key: bytes = field(repr=False)


def queue_key(secret: str, caller: Caller) -> QueueKey:
    """The key of this account; a kiosk has that of the person who locked it."""
    key = derive(secret, Purpose.DEFERRED_CHECKS, caller.account)
    return QueueKey(base64url(hashlib.sha256(b"name of " + key).digest()[:_ID_BYTES]), key)
