"""Which of the symbols in one picture is meant."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scanner.payload import Payload, parse_payload
from scanner.refused import ChoiceRefused, NotAnEscCode

if TYPE_CHECKING:
    from collections.abc import Sequence


def choose(texts: Sequence[str]) -> Payload:
    """The one ESC number among the texts, given best first; other codes beside it are passed over.

    Raises ChoiceRefused where there is no symbol or more than one number, and the first symbol's NotAnEscCode
    where none holds a number.
    """
    readings = [_read(text) for text in texts]
    payloads = [reading for reading in readings if isinstance(reading, Payload)]
    refusals = [reading for reading in readings if isinstance(reading, NotAnEscCode)]
    if len({payload.escn for payload in payloads}) > 1:
        raise ChoiceRefused("several_codes")
    if payloads:
        return payloads[0]
    raise refusals[0] if refusals else ChoiceRefused("no_code_found")


def _read(text: str) -> Payload | NotAnEscCode:
    try:
        return parse_payload(text)
    except NotAnEscCode as refusal:
        return refusal.with_traceback(None)  # its frames still hold the text
