"""How asking the Router goes, for whoever looks after the server."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from validator.router.breaker import State
from validator.router.outcomes import Outcomes

if TYPE_CHECKING:
    from validator.verdict import Reason


@dataclass(frozen=True, slots=True)
class RouterHealth:
    """As one process saw it; no number, no name.

    `why` is set while nobody is asked. `held_back` counts the calls that our own ceiling kept back within the
    last minute. `skew_s` is how far our clock is ahead of the Router's, None where it has not told the time
    often enough. `refused` are the endpoints that do not let us ask. `outcomes` is how the latest calls went.
    """

    breaker: State = State.CLOSED
    why: Reason | None = None
    held_back: int = 0
    skew_s: float | None = None
    refused: tuple[str, ...] = ()
    outcomes: Outcomes = field(default_factory=Outcomes)
