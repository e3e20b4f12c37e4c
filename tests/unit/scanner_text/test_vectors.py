"""Every row of the shared table gives the expected result."""

from __future__ import annotations

from collections import Counter

import pytest

from scanner import Kind, NotAnEscCode, parse_payload
from tests.unit.scanner_text.vectors import NUMBERS, REFUSALS, VECTORS, Vector, name_of


@pytest.mark.parametrize("vector", NUMBERS, ids=name_of)
def test_a_number_is_read_with_its_warnings(vector: Vector) -> None:
    """A text that holds a number gives its canonical form and the warnings in their order."""
    payload = parse_payload(vector.text)

    assert payload.escn.value == vector.escn
    assert list(payload.warnings) == vector.warnings


@pytest.mark.parametrize("vector", REFUSALS, ids=name_of)
def test_a_text_without_number_is_refused(vector: Vector) -> None:
    """A text that holds no usable number is refused with the code and the kind of what it was."""
    with pytest.raises(NotAnEscCode) as refusal:
        parse_payload(vector.text)

    assert (refusal.value.code, refusal.value.kind) == (vector.code, vector.kind)


def test_the_table_covers_every_code_kind_and_warning() -> None:
    """The table is large, has no duplicate, and covers each code, kind and warning."""
    assert len(VECTORS) >= 150
    assert max(Counter(vector.text for vector in VECTORS).values()) == 1
    assert {vector.code for vector in REFUSALS} == NotAnEscCode.CODES
    assert {vector.kind for vector in REFUSALS} == set(Kind)
    assert {warning for vector in NUMBERS for warning in vector.warnings} == {
        "unknown_qr_host",
        "sandbox_card",
        "unusual_number",
    }


def test_each_row_is_either_a_number_or_a_refusal() -> None:
    """A row has a number or a code with a kind, never both, and a reason."""
    for vector in VECTORS:
        assert (vector.escn is None) == (vector.code is not None) == (vector.kind is not None)
        assert vector.code is None or vector.warnings == []
        assert vector.why.endswith(".")
