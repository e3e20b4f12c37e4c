"""The shapes of what devices need to work without a network, and of who they are."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Self
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, PlainSerializer, model_validator

from validator.accounts.identity import CallerKind
from validator.accounts.models import Role
from validator.api.models import VerdictOut, _Strict
from validator.keys import base64url
from validator.offline.deferred import DeferredCheck, DeferredState
from validator.verdict import Outcome, Reason

if TYPE_CHECKING:
    from validator.offline.deferred import DeferredResult

MAX_LATE = 50


class SaltOut(BaseModel):
    """What numbers are derived with: PBKDF2-HMAC-SHA256, then HKDF-SHA256 (docs/privacy.md)."""

    model_config = ConfigDict(from_attributes=True)

    id: int
    salt: Annotated[bytes, PlainSerializer(base64url, return_type=str)] = Field(
        description="16 bytes in base64url."
    )
    rounds: int = Field(description="How many rounds of PBKDF2.")
    ends_at: int = Field(description="Drop all rows under it then (epoch seconds).")


class PackOut(BaseModel):
    """The site's recent answers for a time without a network, one page of what changed since a cursor.

    A row opens only with the number of its card, and says nothing without it.
    """

    model_config = ConfigDict(from_attributes=True)

    format: int = Field(description="2. Whoever knows another one drops what it has.")
    cursor: str = Field(description="Send it as `since` next time; empty where there is no pack.")
    reset: bool = Field(description="Drop everything from before: this page begins anew.")
    more: bool = Field(description="There is another page: ask again at once.")
    now: datetime = Field(description="The server’s time.")
    max_cards: int = Field(description="Keep at most this many cards, the newest; 0 means none.")
    max_age_s: int = Field(description="Give no answer that was asked for longer ago than this.")
    row_bytes: int = Field(description="The length of one row.")
    salts: list[SaltOut] = Field(
        description="The salts in use, the newest last: a card may stand under each."
    )
    sealed: dict[str, str] = Field(
        description="By the number of their salt, rows one after another in base64, in the order of their "
        "ids: 16 bytes of id, 12 of nonce, then the body under AES-256-GCM."
    )


class PackForEarlierOut(PackOut):
    """The same for whoever sends a cursor and does not say `format=2`.

    Scripts of the earlier format, which may still run on a page that was not loaded anew, read in it a pack
    without rows, and drop theirs.
    """

    key_id: str = Field("none", description="Not in use.")
    key: str = Field("A" * 43, description="Not in use.")
    issuers: dict[str, str] = Field({}, description="Not in use.")
    rows: list[str] = Field([], description="Not in use.")


class QueueKeyOut(BaseModel):
    """What a browser seals late checks with, so that only the account that made them can deliver them."""

    model_config = ConfigDict(from_attributes=True)

    id: str = Field(description="Send it as `queue` with late checks that were sealed with this key.")
    key: Annotated[bytes, PlainSerializer(base64url, return_type=str)] = Field(
        description="32 bytes in base64url."
    )


class MeOut(BaseModel):
    """Who asks, and what this site allows."""

    name: str = Field(description="The person’s or the device’s name; on a kiosk, of who locked it.")
    kind: CallerKind
    role: Role | None = Field(description="Null for devices and kiosks: they check cards and nothing else.")
    demo: bool
    server_reading: bool = Field(description="Whether a live scanner may send a frame it could not read.")
    session_ends: datetime | None = Field(description="When to sign in again; null for a device’s token.")
    session_left_s: int | None = Field(description="How many seconds that is from now; null as well.")
    queue: QueueKeyOut | None = Field(description="Null for a device’s token.")


class ShownIn(_Strict):
    """What the device showed."""

    outcome: Outcome
    reason: Reason

    @model_validator(mode="after")
    def _belong_together(self) -> Self:
        if self.reason.outcome is not self.outcome:
            raise ValueError("the reason stands under another outcome")
        return self


class LateCheckIn(_Strict):
    """One check made without a network."""

    id: UUID = Field(description="Made once by the device and sent again with every delivery of this check.")
    input: str = Field(description="What the code said or the person typed: an address, or the number.")
    made_at: AwareDatetime
    shown: ShownIn

    def late(self) -> DeferredCheck:
        """The check as the delivery takes it."""
        return DeferredCheck(self.id, self.input, self.made_at, self.shown.reason)


class LateRequest(_Strict):
    """Up to 50 late checks, answered in order."""

    checks: Annotated[list[LateCheckIn], Field(min_length=1, max_length=MAX_LATE)]
    queue: Annotated[str, Field(max_length=32)] | None = Field(
        None, description="The `id` of the key they were sealed with; refused where it is another account’s."
    )


class LateResultOut(BaseModel):
    """What became of one late check; all states but `try_again` end it."""

    id: UUID
    state: DeferredState
    verdict: VerdictOut | None = Field(
        description="The Router’s answer, the same at every delivery: outcome, reason, source and times, the "
        "masked number and the issuer’s PIC; everything else is null."
    )
    contradicts: bool = Field(description="The answer is the opposite of what was shown.")

    @classmethod
    def of(cls, result: DeferredResult) -> LateResultOut:
        """The result as the API gives it."""
        verdict = VerdictOut.of(result.verdict) if result.verdict else None
        return cls(id=result.id, state=result.state, verdict=verdict, contradicts=result.contradicts)


class LateOut(BaseModel):
    """The results, in the order of the checks."""

    results: list[LateResultOut]
