"""The schemas of the JSON API, version 1. The OpenAPI document is generated from them."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Annotated, Self
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, PlainSerializer, model_validator

from validator.accounts.identity import CallerKind
from validator.accounts.models import Role
from validator.keys import base64url
from validator.offline.deferred import DeferredCheck, DeferredState
from validator.verdict import Outcome, Reason, Source

if TYPE_CHECKING:
    from validator.offline.deferred import DeferredResult
    from validator.verdict import Verdict

MAX_BATCH = 100
MAX_DEFERRED = 50


class _Strict(BaseModel):
    # pydantic would keep texts for later requests, card numbers among them.
    model_config = ConfigDict(extra="forbid", strict=True, hide_input_in_errors=True, cache_strings="keys")


class ValidationRequest(_Strict):
    """One scanned text, address or typed number."""

    input: str = Field(description="What the code says or the person typed: an address, or the number.")


class BatchRequest(_Strict):
    """Up to 100 inputs, answered in order."""

    inputs: Annotated[list[str], Field(min_length=1, max_length=MAX_BATCH)]


class CardOut(BaseModel):
    """What may be shown of the card; fields that the Router did not give are null."""

    model_config = ConfigDict(from_attributes=True)

    number: str = Field(description="Masked: the first and the last four characters.")
    issuer_pic: str | None = Field(description="The number of the institution (PIC).")
    issuer_name: str | None = Field(description="The name of the institution.")
    issued_at: date | None = Field(description="The day of issue.")
    expires_at: date | None = Field(description="The last day on which the card is valid.")
    academic_level: str | None = Field(description="As the Router names it, for example MASTER.")
    card_type: str | None = Field(description="As the Router names it, for example SMART_PASSIVE.")
    display_name: str | None = Field(description="Null unless the operator turned it on.")


class VerdictOut(BaseModel):
    """One answer about one card."""

    model_config = ConfigDict(from_attributes=True)

    outcome: Outcome = Field(description="What to decide by.")
    reason: Reason = Field(description="Why: docs/faults.md lists all reasons.")
    source: Source = Field(description="Where the answer is from: the Router, or memory.")
    checked_at: datetime | None = Field(
        description="When the Router was asked; null where it did not answer."
    )
    age_s: int = Field(ge=0, description="Seconds since then.")
    good_until: datetime | None = Field(description="After this instant the answer may not be relied on.")
    stands_in_for: Reason | None = Field(description="The failure that a remembered answer stands in for.")
    card: CardOut
    warnings: list[str] = Field(description="What to be careful about, as codes.")
    router_ms: int | None = Field(
        default=None,
        ge=0,
        description="Milliseconds spent waiting for the Router; null where it was not asked.",
    )

    @classmethod
    def of(cls, verdict: Verdict) -> VerdictOut:
        """The verdict as the API gives it."""
        return cls.model_validate(verdict)


class Problem(BaseModel):
    """An error (RFC 9457). `code` is for programs, `detail` for people; `kind` is what a foreign code was."""

    type: str = "about:blank"
    title: str
    status: int
    code: str
    detail: str
    kind: str | None = None


class BatchOut(BaseModel):
    """The verdicts and problems of a batch, in the order of its inputs."""

    results: list[VerdictOut | Problem]


class SaltOut(BaseModel):
    """Parameters of the derivation: PBKDF2-HMAC-SHA256, then HKDF-SHA256 (docs/privacy.md)."""

    model_config = ConfigDict(from_attributes=True)

    id: int
    salt: Annotated[bytes, PlainSerializer(base64url, return_type=str)] = Field(
        description="16 bytes in base64url."
    )
    rounds: int = Field(description="How many rounds of PBKDF2.")
    ends_at: int = Field(description="Drop all rows under it then (epoch seconds).")


class PackOut(BaseModel):
    """The site's recent answers for a time without a network, one page of what changed since a cursor.

    A row can be opened only with the number of its card.
    """

    model_config = ConfigDict(from_attributes=True)

    format: int = Field(description="2. A client of another format drops what it has.")
    cursor: str = Field(description="Send it as `since` next time; empty where there is no pack.")
    reset: bool = Field(description="Drop everything from before: this page starts a new pack.")
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
    """The same for a client that sends a cursor without `format=2`.

    Scripts of the earlier format may still run on an open page. They read this as a pack without rows, and
    drop theirs.
    """

    key_id: str = Field("none", description="Not in use.")
    key: str = Field("A" * 43, description="Not in use.")
    issuers: dict[str, str] = Field({}, description="Not in use.")
    rows: list[str] = Field([], description="Not in use.")


class QueueKeyOut(BaseModel):
    """The key that a browser seals deferred checks with; only the account that made them can deliver them."""

    model_config = ConfigDict(from_attributes=True)

    id: str = Field(description="Send it as `queue` with deferred checks that were sealed with this key.")
    key: Annotated[bytes, PlainSerializer(base64url, return_type=str)] = Field(
        description="32 bytes in base64url."
    )


class MeOut(BaseModel):
    """Who asks, and what this site allows."""

    name: str = Field(
        description="The person’s or the device’s name; on a kiosk, of the person who locked it."
    )
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


class DeferredCheckIn(_Strict):
    """One check made without a network."""

    id: UUID = Field(description="Made once by the device and sent again with every delivery of this check.")
    input: str = Field(description="What the code said or the person typed: an address, or the number.")
    made_at: AwareDatetime
    shown: ShownIn

    def deferred(self) -> DeferredCheck:
        """The check as a value of validator.offline."""
        return DeferredCheck(self.id, self.input, self.made_at, self.shown.reason)


class DeferredRequest(_Strict):
    """Up to 50 deferred checks, answered in order."""

    checks: Annotated[list[DeferredCheckIn], Field(min_length=1, max_length=MAX_DEFERRED)]
    queue: Annotated[str, Field(max_length=32)] | None = Field(
        None,
        description="The `id` of the key they were sealed with; refused where it belongs to another account.",
    )


class DeferredResultOut(BaseModel):
    """The result of one deferred check; every state but `try_again` is final."""

    id: UUID
    state: DeferredState
    verdict: VerdictOut | None = Field(
        description="The Router’s answer, the same at every delivery: outcome, reason, source and times, the "
        "masked number and the issuer’s PIC; everything else is null."
    )
    contradicts: bool = Field(description="The answer is the opposite of what was shown.")

    @classmethod
    def of(cls, result: DeferredResult) -> DeferredResultOut:
        """The result as the API gives it."""
        verdict = VerdictOut.of(result.verdict) if result.verdict else None
        return cls(id=result.id, state=result.state, verdict=verdict, contradicts=result.contradicts)


class DeferredOut(BaseModel):
    """The results, in the order of the checks."""

    results: list[DeferredResultOut]
