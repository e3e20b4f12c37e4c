"""Who a request comes from: a person with a session, or a device with a token."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, cast

from flask_login import current_user
from werkzeug.exceptions import Unauthorized

if TYPE_CHECKING:
    from validator.accounts.models import Role


class CallerKind(StrEnum):
    """A person at a counter, or a till or tablet of its own."""

    PERSON = "person"
    DEVICE = "device"


@dataclass(frozen=True, slots=True)
class Caller:
    """Who asks; `role` is None for a device, which may check cards and nothing else."""

    kind: CallerKind
    id: int
    name: str
    role: Role | None = None


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A caller as Flask-Login wants it: `current_user` where somebody is signed in."""

    caller: Caller
    alternative_id: str = field(default="", repr=False)
    is_authenticated: bool = field(default=True, init=False)
    is_active: bool = field(default=True, init=False)
    is_anonymous: bool = field(default=False, init=False)

    def get_id(self) -> str:
        """What the session holds; it changes with the password, the role and on disabling."""
        return self.alternative_id


def current_caller() -> Caller:
    """Who this request comes from. Behind the gate there always is one; on a public page maybe a 401."""
    if not current_user.is_authenticated:
        raise Unauthorized
    return cast("SignedIn", current_user).caller
