"""People, devices and sessions: what is stored, and who a caller is."""

from __future__ import annotations

from validator.accounts.accounts import Accounts, build_accounts
from validator.accounts.identity import Caller, CallerKind, current_caller
from validator.accounts.models import Role
from validator.accounts.people import ensure_demo_people

__all__ = [
    "Accounts",
    "Caller",
    "CallerKind",
    "Role",
    "build_accounts",
    "current_caller",
    "ensure_demo_people",
]
