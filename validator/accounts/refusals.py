"""Why something about a person or a device was refused; each message says what to do next.

AccountRefusedError
├── BadNameError        the name cannot be used
├── NameTakenError      somebody or something has it already
├── NotFoundError       nobody and nothing has it
├── BadPasswordError    the new password is too easy to guess, too short or too long
└── TooBusyError        too many passwords are being checked just now
"""

from __future__ import annotations


class AccountRefusedError(Exception):
    """The root of the tree: nothing was changed."""


class BadNameError(AccountRefusedError):
    """The name cannot be used."""


class NameTakenError(AccountRefusedError):
    """The name is in use."""


class NotFoundError(AccountRefusedError):
    """There is no person or device of that name."""


class BadPasswordError(AccountRefusedError):
    """The new password is refused; the message never holds it."""


class TooBusyError(AccountRefusedError):
    """No turn to hash a password came up in time."""
