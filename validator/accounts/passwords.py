"""Passwords: which are accepted, and how they are hashed without filling the memory.

Argon2id with more than OWASP's floor (19 MiB, 2 passes, 1 lane). Sixteen at once with the library's defaults
took 1 GB, so only two are hashed at a time (turns.py).
"""

from __future__ import annotations

import re
import secrets
import unicodedata
from dataclasses import dataclass
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from validator.accounts.guessable import falls_early
from validator.accounts.refusals import BadPasswordError, TooBusyError
from validator.accounts.turns import TRUSTED, Origin, Turns

MIN_LENGTH = 12
MAX_LENGTH = 128
# Characters as typed: each of 128 may be written as a letter and some accents. Composing them takes time with
# the square of their number.
MAX_TYPED = 1024
MIN_DISTINCT = 5
MEMORY_KIB = 32 * 1024
PASSES = 2
RETRY_AFTER_S = 5
HASHER = PasswordHasher(time_cost=PASSES, memory_cost=MEMORY_KIB, parallelism=1)

# What the most common long passwords are put together from; figures and signs between them count for nothing.
_COMMON = (
    "password", "passwort", "motdepasse", "contrasena", "qwertyuiop", "qwerty", "qwertz", "azerty",
    "asdfghjkl", "asdfgh", "zxcvbnm", "zxcvbn", "abcdefghijkl", "abcdef", "abc", "letmein", "welcome",
    "iloveyou", "administrator", "admin", "manager", "staff", "football", "baseball", "sunshine", "princess",
    "student", "university", "canteen", "validator", "changeme", "secret", "qaz", "wsx", *"qwerty",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Busy:
    """Too many people sign in just now; worth another try after so many seconds."""

    retry_after_s: int = RETRY_AFTER_S


class Passwords:
    """Hashes and compares, whenever `turns` give a place."""

    def __init__(self, turns: Turns | None = None) -> None:
        self._turns = turns or Turns()
        self._nobodys = _nobodys()

    def hash(self, password: str) -> str:
        """The hash to keep of a password that `accepted` let through; TooBusyError where no turn came up."""
        with self._turns.turn(TRUSTED) as has_turn:
            if not has_turn:
                raise TooBusyError("The server is busy with other sign-ins: try again in a few seconds.")
            return HASHER.hash(normal(password))

    def matches(self, password: str, kept: str | None, origin: Origin = TRUSTED) -> bool | Busy:
        """Whether the password is the one that was kept; always False, and as slow, where nothing was."""
        with self._turns.turn(origin) as has_turn:
            if not has_turn:
                return Busy()
            try:
                HASHER.verify(kept or self._nobodys, normal(password))
            except (VerificationError, InvalidHashError):
                return False
        return kept is not None

    def is_full(self, origin: Origin = TRUSTED) -> bool:
        """Whether somebody who came from there now would be sent back at once."""
        return self._turns.is_full(origin)


@cache
def _nobodys() -> str:
    """What is compared where nobody has the name, so that an unknown name takes as long as any."""
    return HASHER.hash(secrets.token_urlsafe())


def normal(password: str) -> bytes:
    """The bytes that are hashed: the same whichever way a keyboard composes its accents.

    None of those for what is too long to be anybody's password.
    """
    composed = unicodedata.normalize("NFKC", password) if len(password) <= MAX_TYPED else ""
    return composed.encode("utf-8", "surrogatepass")


def accepted(password: str, username: str) -> str:
    """The password, if it may be used from now on; else BadPasswordError, which says what to choose."""
    text = unicodedata.normalize("NFKC", password[: MAX_TYPED + 1])
    if len(text) < MIN_LENGTH:
        raise BadPasswordError(
            f"Choose a longer password: {MIN_LENGTH} characters or more, three words for example."
        )
    if len(text) > MAX_LENGTH:
        raise BadPasswordError(f"Choose a shorter password: {MAX_LENGTH} characters at most.")
    if _is_common(text.casefold(), username.casefold()) or falls_early(text, username):
        raise BadPasswordError(
            "Choose a password that is harder to guess: three words that do not belong together."
        )
    return password


def _is_common(text: str, username: str) -> bool:
    parts = "|".join(map(re.escape, sorted((username, *_COMMON), key=len, reverse=True)))
    # Possessive: each part is tried once, so that no choice of name and password makes this slow.
    return len(set(text)) < MIN_DISTINCT or re.fullmatch(rf"(?:{parts}|[\W\d_])*+", text) is not None
