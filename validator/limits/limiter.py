"""The limits of every check: looks up how a caller stands, decides, and alerts a manager once an episode."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

import structlog

from validator.limits.brake import Answer, Decision, admit, learned, malformed, newcomer
from validator.limits.pictures import PictureLimit
from validator.limits.prints import prints_of
from validator.limits.standing import Standing, from_text, to_text
from validator.verdict import Outcome, Reason

if TYPE_CHECKING:
    from collections.abc import Callable

    from scanner.payload import Payload
    from scanner.pool import Reading
    from validator.accounts.identity import Caller
    from validator.limits.figures import Figures
    from validator.limits.shared import Shared
    from validator.verdict import Verdict

log = structlog.get_logger(__name__)


class Alerts(Protocol):
    """Tells managers. Never raises."""

    def alert(self, caller: Caller, kind: str) -> None:
        """Put on the record that this caller gave cause for an alert of this kind."""
        ...


@dataclass(frozen=True, slots=True)
class Limiter:
    """`Limits` for callers by kind and id. Thread-safe; never raises, and waits WAIT_S for a failing store.

    `clock` gives epoch seconds, the same for all processes; `key` is the one of the prints.
    """

    shared: Shared
    figures: Figures
    key: bytes
    clock: Callable[[], float]
    alerts: Alerts

    def admits(self, caller: Caller, payload: Payload) -> bool:  # noqa: ARG002 - the protocol's
        """Whether this caller may have a card checked now; a yes counts as the check."""
        now = self.clock()
        return self._change(caller, now, lambda standing: admit(standing, self.figures, now)).admits

    def refused(self, caller: Caller) -> None:
        """Take note that what this caller brought held no number."""
        now = self.clock()
        self._change(caller, now, lambda standing: malformed(standing, self.figures, now))

    def told(self, caller: Caller, payload: Payload, verdict: Verdict) -> None:
        """Take note of what this caller was told."""
        now = self.clock()
        prints, answer = prints_of(self.key, payload.escn, now), answer_of(verdict)
        self._change(caller, now, lambda standing: learned(standing, self.figures, now, prints, answer))

    def admits_picture(self, caller: Caller) -> bool:
        """Whether a picture of this caller may be read now; a yes counts as the picture."""
        return PictureLimit(self.shared, self.clock).admits(caller)

    def picture_read(self, caller: Caller, reading: Reading) -> None:
        """Take note of what reading a picture cost."""
        PictureLimit(self.shared, self.clock).note(caller, reading)

    def healthy(self) -> bool:
        """Whether all processes share one count."""
        return self.shared.healthy()

    def purge(self) -> None:
        """Delete how callers stood who were not here for a day."""
        self.shared.purge(self.clock())

    def close(self) -> None:
        """Let go of the store."""
        self.shared.close()

    def _change(self, caller: Caller, now: float, decide: Callable[[Standing], Decision]) -> Decision:
        def step(kept: str | None) -> tuple[str, Decision]:
            standing = from_text(kept) if kept else None
            decision = decide(standing or newcomer(self.figures, now))
            return to_text(decision.standing), decision

        decision = self.shared.change(f"{caller.kind.value}:{caller.id}", step, now)
        if decision.alert is not None:
            log.warning("alert", kind=decision.alert.value, caller=caller.kind.value, caller_id=caller.id)
            self.alerts.alert(caller, decision.alert.value)
        return decision


def answer_of(verdict: Verdict) -> Answer:
    """What limits learn from a verdict; a remembered answer tells as much as one from now."""
    if verdict.outcome is Outcome.COULD_NOT_CHECK:
        return Answer.NONE
    return Answer.UNKNOWN if verdict.reason is Reason.UNKNOWN_CARD else Answer.KNOWN
