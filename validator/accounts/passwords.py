"""Passwords: the rules for new ones, and hashing with bounded memory.

Argon2id with more than OWASP's minimum (19 MiB, 2 passes, 1 lane). Sixteen hashes at once with the library's
defaults took 1 GB, so only two run at a time (password_queue.py).
"""

from __future__ import annotations

import re
import secrets
import unicodedata
from dataclasses import dataclass
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from validator.accounts.errors import BadPasswordError, TooBusyError
from validator.accounts.password_queue import TRUSTED, HashingQueue, Origin
from validator.i18n import gettext as _

MIN_LENGTH = 12
MAX_LENGTH = 128
# In characters as typed: each of 128 may be typed as a letter and several accents. The time to compose them
# grows with the square of their number.
MAX_TYPED = 1024
MIN_DISTINCT = 5
MEMORY_KIB = 32 * 1024
PASSES = 2
RETRY_AFTER_S = 5
HASHER = PasswordHasher(time_cost=PASSES, memory_cost=MEMORY_KIB, parallelism=1)

# The parts of the most common long passwords; digits and signs between them are ignored.
_COMMON = (
    "password", "passwort", "motdepasse", "contrasena", "qwertyuiop", "qwerty", "qwertz", "azerty",
    "asdfghjkl", "asdfgh", "zxcvbnm", "zxcvbn", "abcdefghijkl", "abcdef", "abc", "letmein", "welcome",
    "iloveyou", "administrator", "admin", "manager", "staff", "football", "baseball", "sunshine", "princess",
    "student", "university", "canteen", "validator", "changeme", "secret", "qaz", "wsx", *"qwerty",
)  # fmt: skip
# A password that zxcvbn guesses sooner is refused. With the delays at sign-in this many guesses take 2 500
# years; the margin is for a stolen database.
MIN_GUESSES = 10**8
# zxcvbn reads no more characters than this; further ones only make a password harder.
_MAX_READ = 72
# Each of these signs may replace a letter. With more different ones zxcvbn takes seconds, and no common
# password has them.
_SUBSTITUTES = frozenset("@({[<!|$+%")
_MAX_SUBSTITUTES = 3


@dataclass(frozen=True, slots=True)
class Busy:
    """Too many sign-ins are waiting; retry after this time."""

    retry_after_s: int = RETRY_AFTER_S


class Passwords:
    """Hashes and compares passwords; each call needs a slot of the queue."""

    def __init__(self, queue: HashingQueue | None = None) -> None:
        self._queue = queue or HashingQueue()
        self._dummy_hash = _dummy_hash()

    def hash(self, password: str) -> str:
        """The hash of a password that `validated` accepted; TooBusyError if the queue gave no slot."""
        with self._queue.slot(TRUSTED) as has_slot:
            if not has_slot:
                raise TooBusyError(_("The server is busy with other sign-ins: try again in a few seconds."))
            return HASHER.hash(normalized(password))

    def matches(self, password: str, stored: str | None, origin: Origin = TRUSTED) -> bool | Busy:
        """Whether the password has the stored hash; without one always False, after the same time."""
        with self._queue.slot(origin) as has_slot:
            if not has_slot:
                return Busy()
            try:
                HASHER.verify(stored or self._dummy_hash, normalized(password))
            except (VerificationError, InvalidHashError):
                return False
        return stored is not None

    def is_full(self, origin: Origin = TRUSTED) -> bool:
        """Whether the queue would reject a sign-in from this origin now."""
        return self._queue.is_full(origin)


@cache
def _dummy_hash() -> str:
    """Compared when there is no such person, so that an unknown name takes as long as a known one."""
    return HASHER.hash(secrets.token_urlsafe())


def normalized(password: str) -> bytes:
    """The bytes to hash, the same however a keyboard composes accents; b"" for a text that is too long."""
    composed = unicodedata.normalize("NFKC", password) if len(password) <= MAX_TYPED else ""
    return composed.encode("utf-8", "surrogatepass")


def validated(password: str, username: str) -> str:
    """The password if it is acceptable as a new one; else BadPasswordError, which says what to choose."""
    text = unicodedata.normalize("NFKC", password[: MAX_TYPED + 1])
    if len(text) < MIN_LENGTH:
        raise BadPasswordError(
            _(
                "Choose a longer password: %(length)s characters or more, three words for example.",
                length=MIN_LENGTH,
            )
        )
    if len(text) > MAX_LENGTH:
        raise BadPasswordError(
            _("Choose a shorter password: %(length)s characters at most.", length=MAX_LENGTH)
        )
    if _is_common(text.casefold(), username.casefold()) or is_guessable(text, username):
        raise BadPasswordError(
            _("Choose a password that is harder to guess: three words that do not belong together.")
        )
    return password


def _is_common(text: str, username: str) -> bool:
    parts = "|".join(map(re.escape, sorted((username, *_COMMON), key=len, reverse=True)))
    # Possessive: each part is tried once, so that no combination of name and password makes this slow.
    return len(set(text)) < MIN_DISTINCT or re.fullmatch(rf"(?:{parts}|[\W\d_])*+", text) is not None


def is_guessable(password: str, username: str) -> bool:
    """Whether zxcvbn guesses this password in fewer than MIN_GUESSES guesses.

    It knows 30 000 common passwords, as many words and names, rows of keys, dates, repetitions and common
    combinations. It is imported on use because it takes 15 MB and 0.15 s.
    """
    from zxcvbn import zxcvbn  # noqa: PLC0415 - see above

    text = password[:_MAX_READ]
    if len(_SUBSTITUTES.intersection(text)) > _MAX_SUBSTITUTES:
        return False
    return int(zxcvbn(text, user_inputs=[username, "esc validator"])["guesses"]) < MIN_GUESSES
