"""The shapes of what devices need to work without a network, and of who they are."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Self
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, model_validator

from validator.accounts.caller import CallerKind
from validator.accounts.models import Role
from validator.api.models import VerdictOut, _Strict
from validator.late.values import Late, State
from validator.pack.rows import Row
from validator.verdict import Outcome, Reason

if TYPE_CHECKING:
    from validator.late.values import Result

MAX_LATE = 50


class PackOut(BaseModel):
    """The site's recent answers for a time without a network, one page of what changed since a cursor."""

    model_config = ConfigDict(from_attributes=True)

    cursor: str = Field(description="Send it as `since` next time; empty where there is no pack.")
    reset: bool = Field(description="Drop everything from before: this page begins anew.")
    more: bool = Field(description="There is another page: ask again at once.")
    now: datetime = Field(description="The server’s time.")
    key_id: str = Field(
        description="Names the key; with another one, drop everything and ask without a cursor."
    )
    key: str = Field(
        description="32 bytes in base64url: the key of HMAC-SHA256 over a card’s canonical number."
    )
    max_cards: int = Field(description="Keep at most this many cards, the newest; 0 means none.")
    max_age_s: int = Field(description="Drop rows whose `checked_at` is older than this.")
    issuers: dict[str, str] = Field(description="Names of the issuers in these rows, by their PIC.")
    rows: list[Row] = Field(
        description="[first 16 bytes of the HMAC in base64url, reason, checked at, good until (both epoch "
        "seconds), last day of the card or null, issuer’s PIC or null], oldest change first."
    )


class MeOut(BaseModel):
    """Who asks, and what this site allows."""

    name: str = Field(description="The person’s or the device’s name; on a kiosk, of who locked it.")
    kind: CallerKind
    role: Role | None = Field(description="Null for devices and kiosks: they check cards and nothing else.")
    demo: bool
    server_reading: bool = Field(description="Whether a live scanner may send a frame it could not read.")
    session_ends: datetime | None = Field(description="When to sign in again; null for a device’s token.")


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

    def late(self) -> Late:
        """The check as the delivery takes it."""
        return Late(self.id, self.input, self.made_at, self.shown.reason)


class LateRequest(_Strict):
    """Up to 50 late checks, answered in order."""

    checks: Annotated[list[LateCheckIn], Field(min_length=1, max_length=MAX_LATE)]


class LateResultOut(BaseModel):
    """What became of one late check; all states but `try_again` end it."""

    id: UUID
    state: State
    verdict: VerdictOut | None = Field(
        description="The Router’s answer, the same at every delivery: outcome, reason, source and times, the "
        "masked number and the issuer’s PIC; everything else is null."
    )
    contradicts: bool = Field(description="The answer is the opposite of what was shown.")

    @classmethod
    def of(cls, result: Result) -> LateResultOut:
        """The result as the API gives it."""
        verdict = VerdictOut.of(result.verdict) if result.verdict else None
        return cls(id=result.id, state=result.state, verdict=verdict, contradicts=result.contradicts)


class LateOut(BaseModel):
    """The results, in the order of the checks."""

    results: list[LateResultOut]
