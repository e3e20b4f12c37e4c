"""What goes into a delivery and what comes out: frozen values, and the rules between them. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

from validator.verdict import Outcome, Reason

if TYPE_CHECKING:
    from uuid import UUID

    from validator.verdict import Verdict

# Older than this, an answer tells nothing about what was shown, and nobody at the counter remembers.
LIFE = timedelta(days=1)


class State(StrEnum):
    """What became of one late check; all but TRY_AGAIN end it."""

    ANSWERED = "answered"  # the Router's answer is kept
    EXPIRED = "expired"  # made more than a day ago, or answered by a Router that is asked no more
    TRY_AGAIN = "try_again"  # the Router could not be asked now; nothing is kept
    REFUSED = "refused"  # no ESC number, or the id stands for another check


@dataclass(frozen=True, slots=True)
class Late:
    """A check made without a network. `id` is made once, by the device; `shown` is what it then said."""

    id: UUID
    input: str
    made_at: datetime
    shown: Reason


@dataclass(frozen=True, slots=True)
class Result:
    """What became of it; `contradicts` where the answer is the opposite of what was shown."""

    id: UUID
    state: State
    verdict: Verdict | None = None
    contradicts: bool = False


def contradict(shown: Reason, answered: Reason) -> bool:
    """Whether a VALID became a NOT VALID or the other way round; who could not check said neither."""
    outcomes = {shown.outcome, answered.outcome}
    return outcomes == {Outcome.VALID, Outcome.NOT_VALID}


def made(made_at: datetime, now: datetime) -> datetime | None:
    """When it was made, by our clock; None where that is too long ago.

    A device whose clock runs ahead loses the exact time and not its check.
    """
    return None if now - made_at > LIFE else min(made_at, now)
