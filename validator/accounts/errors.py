"""Errors about people and devices; each message says what to do next.

AccountRefusedError
├── BadNameError        the name is not allowed
├── NameTakenError      another person or device has the name
├── NotFoundError       there is no person or device of that name
├── BadPasswordError    the new password is too easy to guess, too short or too long
└── TooBusyError        too many passwords are being hashed
"""

from __future__ import annotations


class AccountRefusedError(Exception):
    """The root of the tree: nothing was changed."""


class BadNameError(AccountRefusedError):
    """The name is not allowed."""


class NameTakenError(AccountRefusedError):
    """The name is in use."""


class NotFoundError(AccountRefusedError):
    """There is no person or device of that name."""


class BadPasswordError(AccountRefusedError):
    """The new password is refused; the message never contains it."""


class TooBusyError(AccountRefusedError):
    """The hashing queue gave no slot in time."""
