"""Who a request comes from: a person with a session, a kiosk that a person locked, a device with a token."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, cast

from flask_login import current_user
from werkzeug.exceptions import Unauthorized

from validator.accounts.models import Role

if TYPE_CHECKING:
    from datetime import datetime


class CallerKind(StrEnum):
    """A person at a counter, a till or tablet of its own, or a tablet at a door that a person locked."""

    PERSON = "person"
    DEVICE = "device"
    KIOSK = "kiosk"


@dataclass(frozen=True, slots=True)
class Caller:
    """Who asks; `role` is None for devices and kiosks, which may check cards and nothing else.

    A kiosk has the id and the name of the person who locked it.
    """

    kind: CallerKind
    id: int
    name: str
    role: Role | None = None

    @property
    def account(self) -> str:
        """Whose share of the server a request uses: a kiosk's is that of the person who locked it."""
        return f"{CallerKind.DEVICE if self.kind is CallerKind.DEVICE else CallerKind.PERSON}:{self.id}"

    @property
    def is_kiosk(self) -> bool:
        """Whether a tablet asks that may open only what is marked for kiosks."""
        return self.kind is CallerKind.KIOSK

    @property
    def is_manager(self) -> bool:
        """Whether a person asks who looks after people, devices and what became of checks."""
        return self.role is Role.MANAGER


@dataclass(frozen=True, slots=True)
class Proven:
    """A person who proved who they are, while their account had this `alternative_id`."""

    caller: Caller
    alternative_id: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Opened:
    """The open session that a request belongs to: `row` is its number here, `token` what its browser has."""

    row: int
    token: str = field(repr=False)
    alternative_id: str = field(repr=False)
    seen_at: datetime
    ends_at: datetime


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A caller as Flask-Login wants it: `current_user` ; a device has no session."""

    caller: Caller
    opened: Opened | None = None
    is_authenticated: bool = field(default=True, init=False)
    is_active: bool = field(default=True, init=False)
    is_anonymous: bool = field(default=False, init=False)

    def get_id(self) -> str:
        """What the browser's cookie holds."""
        return self.opened.token if self.opened else ""


def current_caller() -> Caller:
    """Who this request comes from. Behind the gate there always is one; on a public page maybe a 401."""
    if not current_user.is_authenticated:
        raise Unauthorized
    return cast("SignedIn", current_user).caller


def current_session() -> Opened | None:
    """The session of this request; None for a device and for nobody."""
    return cast("SignedIn", current_user).opened if current_user.is_authenticated else None
