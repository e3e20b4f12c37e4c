"""Checker: the one way from a caller's text or picture to a verdict, within limits and on the record."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from scanner.errors import ImageRefused, Refused
from scanner.payload import choose, parse_payload
from validator.verdict import Card, Reason, Source, Verdict

if TYPE_CHECKING:
    from scanner.payload import Payload
    from scanner.pool import DecodePool, Reading
    from validator.accounts.identity import Caller
    from validator.checking.verifier import Verifier


class Limits(Protocol):
    """Holds back who guesses numbers. Never raises: a limit that cannot be looked up holds nobody back."""

    def admits(self, caller: Caller, payload: Payload) -> bool:
        """Whether this caller may have this card checked now; a yes counts as the check."""
        ...

    def refused(self, caller: Caller) -> None:
        """Take note that what this caller brought held no number."""
        ...

    def told(self, caller: Caller, payload: Payload, verdict: Verdict) -> None:
        """Take note of what this caller was told."""
        ...

    def admits_picture(self, caller: Caller) -> bool:
        """Whether a picture of this caller may be read now; a yes counts as the picture."""
        ...

    def picture_read(self, caller: Caller, reading: Reading) -> None:
        """Take note of what reading a picture cost."""
        ...

    def healthy(self) -> bool:
        """Whether all workers share one count."""
        ...

    def purge(self) -> None:
        """Delete what is past its end."""
        ...

    def close(self) -> None:
        """Let go of files and connections."""
        ...


class Record(Protocol):
    """Keeps what was checked. Never raises: a record that cannot be written keeps nobody waiting."""

    def keep(self, caller: Caller, payload: Payload, verdict: Verdict, *, late: bool = False) -> None:
        """Put this check on the record; `late` where a device made it without a network and sent it later."""
        ...

    def alert(self, caller: Caller, kind: str) -> None:
        """Put on the record that this caller gave cause for an alert of this kind."""
        ...

    def pack_given(self, caller: Caller) -> None:
        """Put on the record that this caller began to fetch the whole offline pack, or much of it."""
        ...

    def healthy(self) -> bool:
        """Whether everything that was to be kept has been written."""
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
            self.limits.refused(caller)
            raise
        return self._checked(caller, payload)

    def check_picture(self, caller: Caller, data: bytes) -> Verdict:
        """The verdict on the card in this picture; raises Refused if no ESC number is read.

        Reads one picture at a time per caller. The code is `reader_busy` if the caller's share is used up.
        """
        if not self.limits.admits_picture(caller):
            raise ImageRefused("reader_busy")
        reading = self.reader.read(data, caller.account)
        self.limits.picture_read(caller, reading)
        try:
            payload = _payload_of(reading)
        except Refused as refused:
            if refused.code != "reader_busy":  # the picture was not read
                self.limits.refused(caller)
            raise
        return self._checked(caller, payload)

    def _checked(self, caller: Caller, payload: Payload) -> Verdict:
        verdict = self.ask(caller, payload)
        self.record.keep(caller, payload, verdict)
        return verdict

    def ask(self, caller: Caller, payload: Payload) -> Verdict:
        """The verdict within the caller's limits, without an audit record."""
        if not self.limits.admits(caller, payload):
            return _held_back(payload)
        verdict = self.verifier.verify(payload)
        self.limits.told(caller, payload, verdict)
        return verdict


def _payload_of(reading: Reading) -> Payload:
    if reading.refusal is not None:
        raise reading.refusal
    return choose(reading.texts)


def _held_back(payload: Payload) -> Verdict:
    return Verdict(
        Reason.TOO_MANY_CHECKS,
        Source.ROUTER,
        Card(payload.escn.masked, payload.escn.issuer_pic),
        warnings=payload.warnings,
    )


class NoLimits:
    """Holds nobody back."""

    def admits(self, caller: Caller, payload: Payload) -> bool:  # noqa: ARG002 - the protocol's
        """Yes."""
        return True

    def refused(self, caller: Caller) -> None:
        """Nothing to note."""

    def told(self, caller: Caller, payload: Payload, verdict: Verdict) -> None:
        """Nothing to note."""

    def admits_picture(self, caller: Caller) -> bool:  # noqa: ARG002 - the protocol's
        """Yes."""
        return True

    def picture_read(self, caller: Caller, reading: Reading) -> None:
        """Nothing to note."""

    def healthy(self) -> bool:
        """There is nothing to fail."""
        return True

    def purge(self) -> None:
        """Nothing to delete."""

    def close(self) -> None:
        """Nothing to let go of."""


class NoRecord:
    """Keeps nothing: the site chose to."""

    def keep(self, caller: Caller, payload: Payload, verdict: Verdict, *, late: bool = False) -> None:
        """Nothing to keep."""

    def alert(self, caller: Caller, kind: str) -> None:
        """Nothing to keep."""

    def pack_given(self, caller: Caller) -> None:
        """Nothing to keep."""

    def healthy(self) -> bool:
        """Yes."""
        return True
