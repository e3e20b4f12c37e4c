"""How the latest calls went: a new failure is logged once, its repeats are counted, and health is told."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from threading import Lock
from typing import TYPE_CHECKING, NamedTuple

import structlog

from validator.router.answers import Cause, RouterFailure
from validator.router.reply import ASKED_TO_WAIT

if TYPE_CHECKING:
    from collections.abc import Callable

    from scanner.escn import Escn
    from validator.router.answers import RouterAnswer

log = structlog.get_logger(__name__)

QUIET_S = 60.0
"""The same failure is not logged twice within this time, even where others or answers came between."""

REMIND_S = 3600.0
"""A failure that goes on is logged again after this time; health forgets a failure after it."""

MOST_KINDS = 32
RECENT = 20
"""So many of the latest answers say whether the Router's answers can be used."""


class _Answer(NamedTuple):
    at: float
    issuer: str
    is_unusable: bool


@dataclass(frozen=True, slots=True)
class Outcomes:
    """How calls went lately. `failing` is the failure of the last call, None where it gave an answer.

    `in_a_row` counts the calls that failed since the last answer. `unusable` is whether most of the latest
    answers, about the cards of more than one issuer, could not be used. `latest_failure` is at most an
    hour old.
    """

    failing: RouterFailure | None = None
    in_a_row: int = 0
    unusable: bool = False
    latest_failure: RouterFailure | None = None


class OutcomeLog:
    """Takes note of each call's outcome. Thread-safe; `clock` is monotonic."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._lock = Lock()
        self._lines = _Lines()
        self._failing: RouterFailure | None = None
        self._in_a_row = 0
        self._failed: tuple[float, RouterFailure] | None = None
        self._answers: deque[_Answer] = deque(maxlen=RECENT)

    def note(self, escn: Escn, answer: RouterAnswer) -> None:
        """Take note of what a call about this card gave; what we held back ourselves says nothing."""
        failure = answer if isinstance(answer, RouterFailure) else None
        if failure is not None and failure.cause is Cause.HELD_BACK:
            return
        with self._lock:
            now = self._clock()
            self._failing = failure
            self._in_a_row = self._in_a_row + 1 if failure else 0
            if failure is not None:
                self._failed = (now, failure)
            if failure is None or failure.cause is Cause.UNUSABLE:
                self._answers.append(_Answer(now, escn.issuer_pic or "", failure is not None))
            count = self._lines.due(_kind(failure), now)
        if count is not None:
            _write(failure, count)

    def lately(self) -> Outcomes:
        """How calls went; asks nobody."""
        with self._lock:
            since = self._clock() - REMIND_S
            answers = [one for one in self._answers if one.at > since]
            latest = self._failed[1] if self._failed and self._failed[0] > since else None
            failing, in_a_row = self._failing, self._in_a_row
        unusable = [one.issuer for one in answers if one.is_unusable]
        is_most = 2 * len(unusable) > len(answers) and len(set(unusable)) > 1
        return Outcomes(failing, in_a_row, is_most, latest)


class _Lines:
    """Which outcomes are worth a line in the log; `None` stands for an answer. Not thread-safe."""

    def __init__(self) -> None:
        self._last: str | None = None
        self._at: dict[str, float] = {}
        self._repeats: dict[str, int] = {}

    def due(self, kind: str | None, now: float) -> int | None:
        """How many outcomes were passed over until this line; None where it is passed over as well."""
        if kind is None:
            return self._answered()
        pause = REMIND_S if kind == self._last else QUIET_S
        if now - self._at.get(kind, float("-inf")) < pause:
            self._repeats[kind] = self._repeats.get(kind, 0) + 1
            return None
        if kind not in self._at and len(self._at) >= MOST_KINDS:
            oldest = min(self._at, key=lambda one: self._at[one])
            self._at.pop(oldest)
            self._repeats.pop(oldest, None)
        self._at[kind] = now
        self._last = kind
        return self._repeats.pop(kind, 0)

    def _answered(self) -> int | None:
        if self._last is None:
            return None
        self._last = None
        count = sum(self._repeats.values())
        self._repeats.clear()
        return count


def _kind(failure: RouterFailure | None) -> str | None:
    """What makes two failures the same: how long the Router asks us to wait does not."""
    return None if failure is None else f"{failure.cause} {failure.detail.partition(ASKED_TO_WAIT)[0]}"


def _write(failure: RouterFailure | None, count: int) -> None:
    if failure is None:
        log.info("router_answers_again", count=count)
    else:
        log.warning(
            "router_call_failed",
            cause=failure.cause,
            why=failure.detail,
            reason=failure.reason,
            count=count,
        )
