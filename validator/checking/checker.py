"""Checker: the one way from a caller's text or picture to a verdict, within limits and on the record."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto
from typing import TYPE_CHECKING, Protocol

from scanner.errors import ImageRefused, Refused
from scanner.payload import choose, parse_payload
from validator.verdict import Card, Reason, Source, Verdict

if TYPE_CHECKING:
    from scanner.payload import Payload
    from scanner.pool import DecodePool, Reading
    from validator.accounts.identity import Caller
    from validator.checking.verifier import Verifier


class Admission(Enum):
    """Whether a check is allowed, and when it is counted: already, or together with its answer."""

    DENIED = auto()
    COUNTED = auto()
    PENDING = auto()


class Limits(Protocol):
    """Slows callers who guess numbers. Never raises: while a limit cannot be read, no caller is delayed."""

    def allow(self, caller: Caller) -> Admission:
        """Whether this caller may check a card now."""
        ...

    def after_answer(self, caller: Caller, payload: Payload, verdict: Verdict, admission: Admission) -> bool:
        """Count the answer to an allowed check; False if the caller may not have it."""
        ...

    def after_bad_input(self, caller: Caller) -> None:
        """Count input that held no number."""
        ...

    def allow_upload(self, caller: Caller) -> bool:
        """Whether a picture of this caller may be read now; if so, it counts."""
        ...

    def after_upload(self, caller: Caller, reading: Reading) -> None:
        """Count what reading a picture cost."""
        ...

    def healthy(self) -> bool:
        """Whether all processes count together."""
        ...

    def purge(self) -> None:
        """Delete expired counts."""
        ...

    def close(self) -> None:
        """Close files and connections."""
        ...


class Record(Protocol):
    """Records checks. Never raises, and never blocks a check if it cannot write."""

    def keep(self, caller: Caller, payload: Payload, verdict: Verdict, *, late: bool = False) -> None:
        """Record this check; `late` if a device made it offline and sent it later."""
        ...

    def alert(self, caller: Caller, kind: str) -> None:
        """Record an alert of this kind about this caller."""
        ...

    def pack_given(self, caller: Caller) -> None:
        """Record that this caller began to fetch the whole offline pack, or much of it."""
        ...

    def healthy(self) -> bool:
        """Whether all records have been written."""
        ...


@dataclass(frozen=True, slots=True)
class Checker:
    """Checks cards for callers. Thread-safe if its parts are."""

    verifier: Verifier
    limits: Limits
    record: Record
    reader: DecodePool

    def check(self, caller: Caller, text: str) -> Verdict:
        """The verdict on the card in this text; raises Refused if it holds no ESC number."""
        try:
            payload = parse_payload(text)
        except Refused:
            self.limits.after_bad_input(caller)
            raise
        return self._checked(caller, payload)

    def check_picture(self, caller: Caller, data: bytes) -> Verdict:
        """The verdict on the card in this picture; raises Refused if no ESC number is read.

        Reads one picture at a time per caller. The code is `reader_busy` if the caller's share is used up.
        """
        if not self.limits.allow_upload(caller):
            raise ImageRefused("reader_busy")
        reading = self.reader.read(data, caller.account)
        self.limits.after_upload(caller, reading)
        try:
            payload = _payload_of(reading)
        except Refused as refused:
            if refused.code != "reader_busy":  # the picture was not read
                self.limits.after_bad_input(caller)
            raise
        return self._checked(caller, payload)

    def _checked(self, caller: Caller, payload: Payload) -> Verdict:
        verdict = self.ask(caller, payload)
        self.record.keep(caller, payload, verdict)
        return verdict

    def ask(self, caller: Caller, payload: Payload) -> Verdict:
        """The verdict within the caller's limits, without an audit record."""
        admission = self.limits.allow(caller)
        if admission is Admission.DENIED:
            return _too_many_checks(payload)
        verdict = self.verifier.verify(payload)
        is_allowed = self.limits.after_answer(caller, payload, verdict, admission)
        return verdict if is_allowed else _too_many_checks(payload)


def _payload_of(reading: Reading) -> Payload:
    if reading.refusal is not None:
        raise reading.refusal
    return choose(reading.texts)


def _too_many_checks(payload: Payload) -> Verdict:
    return Verdict(
        Reason.TOO_MANY_CHECKS,
        Source.ROUTER,
        Card(payload.escn.masked, payload.escn.issuer_pic),
        warnings=payload.warnings,
    )


class NoLimits:
    """Allows everything."""

    def allow(self, caller: Caller) -> Admission:  # noqa: ARG002 - the protocol's
        """Always."""
        return Admission.PENDING

    def after_answer(
        self,
        caller: Caller,  # noqa: ARG002 - the protocol's
        payload: Payload,  # noqa: ARG002 - the protocol's
        verdict: Verdict,  # noqa: ARG002 - the protocol's
        admission: Admission,  # noqa: ARG002 - the protocol's
    ) -> bool:
        """Always."""
        return True

    def after_bad_input(self, caller: Caller) -> None:
        """Nothing to count."""

    def allow_upload(self, caller: Caller) -> bool:  # noqa: ARG002 - the protocol's
        """Always."""
        return True

    def after_upload(self, caller: Caller, reading: Reading) -> None:
        """Nothing to count."""

    def healthy(self) -> bool:
        """There is nothing to fail."""
        return True

    def purge(self) -> None:
        """Nothing to delete."""

    def close(self) -> None:
        """Nothing to let go of."""


class NoRecord:
    """Records nothing: the site has switched the audit log off."""

    def keep(self, caller: Caller, payload: Payload, verdict: Verdict, *, late: bool = False) -> None:
        """Nothing to record."""

    def alert(self, caller: Caller, kind: str) -> None:
        """Nothing to record."""

    def pack_given(self, caller: Caller) -> None:
        """Nothing to record."""

    def healthy(self) -> bool:
        """Yes."""
        return True
