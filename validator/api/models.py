"""The shapes of the JSON API, version 1. The OpenAPI document is made from these types."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Annotated

from pydantic import BaseModel, ConfigDict, Field

from validator.verdict import Outcome, Reason, Source

if TYPE_CHECKING:
    from validator.verdict import Verdict

MAX_BATCH = 100


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
    issuer_pic: str | None
    issuer_name: str | None
    issued_at: date | None
    expires_at: date | None = Field(description="The last day on which the card is valid.")
    academic_level: str | None
    card_type: str | None
    display_name: str | None = Field(description="Null unless the operator turned it on.")


class VerdictOut(BaseModel):
    """One answer about one card."""

    model_config = ConfigDict(from_attributes=True)

    outcome: Outcome
    reason: Reason
    source: Source
    checked_at: datetime | None = Field(
        description="When the Router was asked; null where it did not answer."
    )
    age_s: int = Field(ge=0, description="Seconds since then.")
    good_until: datetime | None = Field(description="After this instant the answer may not be relied on.")
    stands_in_for: Reason | None = Field(description="The failure that a remembered answer stands in for.")
    card: CardOut
    warnings: list[str]
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
