"""The caller of a request: a person with a session, a kiosk locked by a person, or a device with a token."""

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
    """The kinds of callers."""

    PERSON = "person"
    DEVICE = "device"
    KIOSK = "kiosk"


@dataclass(frozen=True, slots=True)
class Caller:
    """Who sends the request; `role` is None for devices and kiosks, which may only check cards.

    A kiosk has the id and the name of the person who locked it.
    """

    kind: CallerKind
    id: int
    name: str
    role: Role | None = None

    @property
    def account(self) -> str:
        """The account that limits count this request for; a kiosk counts for the person who locked it."""
        return f"{CallerKind.DEVICE if self.kind is CallerKind.DEVICE else CallerKind.PERSON}:{self.id}"

    @property
    def is_kiosk(self) -> bool:
        """Whether this is a kiosk, which may open only views marked for kiosks."""
        return self.kind is CallerKind.KIOSK

    @property
    def is_manager(self) -> bool:
        """Whether this is a person who manages people, devices and contradicted checks."""
        return self.role is Role.MANAGER


@dataclass(frozen=True, slots=True)
class VerifiedPerson:
    """A person whose password was verified while the account had this `alternative_id`."""

    caller: Caller
    alternative_id: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class CurrentSession:
    """The open session of a request: `id` is its row, `token` the secret that its browser holds."""

    id: int
    token: str = field(repr=False)
    alternative_id: str = field(repr=False)
    seen_at: datetime
    ends_at: datetime


@dataclass(frozen=True, slots=True)
class LoginUser:
    """A caller in the form that Flask-Login expects of `current_user`; a device has no session."""

    caller: Caller
    session: CurrentSession | None = None
    is_authenticated: bool = field(default=True, init=False)
    is_active: bool = field(default=True, init=False)
    is_anonymous: bool = field(default=False, init=False)

    def get_id(self) -> str:
        """The value that the browser's cookie holds."""
        return self.session.token if self.session else ""


def current_login() -> LoginUser | None:
    """The caller and session of this request; None if it has none. Looked up once a request."""
    user = current_user._get_current_object()  # noqa: SLF001 - Werkzeug's documented way out of a proxy
    return cast("LoginUser", user) if user.is_authenticated else None


def current_caller() -> Caller:
    """The caller of this request; 401 where there is none, which only happens on public views."""
    login = current_login()
    if login is None:
        raise Unauthorized
    return login.caller


def current_session() -> CurrentSession | None:
    """The session of this request; None for a device and without a caller."""
    login = current_login()
    return login.session if login else None
