"""One endpoint asked about one card: past the breaker, under the ceiling, once more where that may help."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import structlog

from validator.router.alarm import RefusalAlarm
from validator.router.answers import RouterFailure
from validator.router.breaker import Breaker, Call
from validator.router.ceiling import Ceiling
from validator.router.health import RouterHealth
from validator.router.reply import Reading, read_reply
from validator.router.skew import Skew
from validator.router.wire import Wire
from validator.verdict import Reason

if TYPE_CHECKING:
    from scanner.escn import Escn
    from validator.router.config import Endpoint, RouterConfig
    from validator.router.deadline import Deadline
    from validator.router.skew import Ahead
    from validator.router.surroundings import Surroundings

log = structlog.get_logger(__name__)

GRACE_S = 0.1
"""Beyond the deadline, for a call that ends itself to say why; nobody waits longer than both together."""

AGAIN_SHARE = 0.4
"""A second try is made only where this share of the deadline is left for it."""

PAUSE_S, PAUSE_SHARE = 0.2, 0.25
"""The longest pause before it, also as a share of what is left; full jitter keeps those who failed together
from coming back together."""

_AILING = frozenset({Reason.ROUTER_BUSY, Reason.ROUTER_ERROR})


@dataclass(slots=True)
class Check:
    """One check on its way: what it has used up, and the call that is out for it."""

    escn: Escn
    deadline: Deadline
    tried_again: bool = False
    call: Call | None = None


class Asking:
    """Everything between one check and the wire. Thread-safe."""

    def __init__(self, config: RouterConfig, around: Surroundings) -> None:
        self._config = config
        self._around = around
        self._wire = Wire(config)
        self._ceiling = Ceiling(config.calls_per_s, around.clock)
        self._breaker = Breaker(around.clock, around.random, config.deadline_s + GRACE_S)
        self._alarm = RefusalAlarm()
        self._skew = Skew(around.now)

    def refusal(self) -> RouterFailure | None:
        """Why nobody needs to start a call at this moment, None where one may go out."""
        return self._breaker.refusal()

    def ask(self, endpoint: Endpoint, check: Check) -> Reading:
        """What this endpoint says, within the check's deadline."""
        call = self._let_out()
        if isinstance(call, RouterFailure):
            return call
        reading = self._exchange(call, endpoint, check)
        if not self._may_try_again(reading, check):
            return reading
        check.tried_again = True
        longest = min(PAUSE_S, PAUSE_SHARE * check.deadline.left())
        self._around.sleep(longest * self._around.random())
        call = self._let_out()
        # Kept back by ourselves: the first try's reason is the true one.
        return reading if isinstance(call, RouterFailure) else self._exchange(call, endpoint, check)

    def gave_up(self, check: Check, failure: RouterFailure) -> None:
        """Tell that nobody waits any longer for what is out for this check, or that it broke."""
        if check.call is not None:
            self._tell(check.call, failure)

    def health(self) -> RouterHealth:
        """How asking goes, as this process saw it; asks nobody."""
        why = self._breaker.refusal()
        return RouterHealth(
            breaker=self._breaker.state(),
            why=why.reason if why else None,
            held_back=self._ceiling.held_back(),
            skew_s=self._skew.seconds(),
            refused=self._alarm.refused(),
        )

    def ahead(self) -> Ahead:
        """How far our clock is ahead of the Router's, as far as its replies told."""
        return self._skew.ahead()

    def close(self) -> None:
        """Close the kept connections."""
        self._wire.close()

    def _let_out(self) -> Call | RouterFailure:
        call = self._breaker.let_out()
        if isinstance(call, Call) and not self._ceiling.allows():
            self._breaker.withdrawn(call)
            return RouterFailure(Reason.TOO_MANY_CHECKS, "the ceiling on our own calls")
        return call

    def _may_try_again(self, reading: Reading, check: Check) -> bool:
        return (
            isinstance(reading, RouterFailure)
            and reading.may_pass
            and not check.tried_again
            and check.deadline.left() >= AGAIN_SHARE * self._config.deadline_s
        )

    def _exchange(self, call: Call, endpoint: Endpoint, check: Check) -> Reading:
        check.call = call
        reply = self._wire.get(self._config.address(endpoint, check.escn), check.deadline)
        if isinstance(reply, RouterFailure):
            self._tell(call, reply)
            return reply
        self._skew.note(reply.date)
        reading = read_reply(endpoint, check.escn, reply, keep_display_name=self._config.keep_display_name)
        self._tell(call, _ailment(reading))
        self._alarm.note(endpoint, reading)
        return reading

    def _tell(self, call: Call, failure: RouterFailure | None) -> None:
        if self._breaker.told(call, failure if self._config.has_breaker else None):
            if failure is None:
                log.info("router_breaker", state=self._breaker.state())
            else:
                log.warning("router_breaker", state=self._breaker.state(), reason=failure.reason)


def _ailment(reading: Reading) -> RouterFailure | None:
    """The failure that says that the Router itself ails, not this card nor our access.

    An answer that cannot be used came in time, and may be odd for one issuer's cards alone: others go on.
    """
    return reading if isinstance(reading, RouterFailure) and reading.reason in _AILING else None
