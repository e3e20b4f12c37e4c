"""A refusal has a code and a kind, and contains nothing of the text."""

from __future__ import annotations

import pickle
import traceback

import pytest

from scanner import ChoiceRefused, ImageRefused, Kind, NotAnEscCode, Refused, parse_payload
from tests.unit.scanner_text.vectors import REFUSALS, Vector, name_of

CANARY = "Geheimnis-4711"


@pytest.mark.parametrize("vector", REFUSALS, ids=name_of)
def test_no_refusal_holds_what_was_read(vector: Vector) -> None:
    """Message, arguments, attributes and context contain only the code and the kind."""
    with pytest.raises(NotAnEscCode) as caught:
        parse_payload(vector.text)

    refusal = caught.value
    assert refusal.args == (vector.code, vector.kind)
    assert vars(refusal) == {"code": vector.code, "kind": vector.kind}
    assert str(refusal) == vector.code
    assert (refusal.__cause__, refusal.__context__) == (None, None)


@pytest.mark.parametrize(
    "scheme", ["https://", "javascript:", "WIFI:S:", "mailto:", "urn:schac:", "", "FR-999893752-"]
)
def test_a_printed_traceback_shows_nothing_of_a_foreign_code(scheme: str) -> None:
    """A marker in any kind of code does not appear in the traceback."""
    with pytest.raises(NotAnEscCode) as caught:
        parse_payload(f"{scheme}{CANARY} {CANARY}")

    assert CANARY not in "".join(traceback.format_exception(caught.value))


@pytest.mark.parametrize(
    "refusal",
    [
        NotAnEscCode("lookalike_host", Kind.WEB_ADDRESS),
        ChoiceRefused("no_code_found"),
        ImageRefused("image_too_large"),
    ],
)
def test_a_refusal_travels_between_processes(refusal: Refused) -> None:
    """A pickled refusal keeps its type, code and kind."""
    arrived = pickle.loads(pickle.dumps(refusal))  # noqa: S301 - our own bytes

    assert type(arrived) is type(refusal)
    assert (arrived.code, arrived.kind) == (refusal.code, refusal.kind)


def test_a_text_passed_as_a_code_is_not_printed() -> None:
    """If a caller passes the text instead of a code, the error does not contain it."""
    for kind in (ChoiceRefused, ImageRefused):
        with pytest.raises(ValueError, match=r"\Ano such code of [A-Za-z]+\Z"):
            kind(CANARY)
