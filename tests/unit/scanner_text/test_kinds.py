"""The kind of a foreign code."""

from __future__ import annotations

import pytest

from scanner.errors import Kind
from scanner.payload import kind_of


@pytest.mark.parametrize(
    ("start", "kind"),
    [
        ("https://uni.example/", Kind.WEB_ADDRESS),
        ("WIFI:S:", Kind.WIFI),
        ("BEGIN:VCARD\n", Kind.CONTACT),
        ("Soup of the day: ", Kind.OTHER),
    ],
)
def test_the_kind_depends_on_the_start_of_a_text(start: str, kind: Kind) -> None:
    """A longer text has the same kind as its start."""
    assert kind_of(start) is kind
    assert kind_of(start + "and so on " * 5_000) is kind


def test_a_text_that_only_begins_like_a_number_is_none() -> None:
    """A sentence that starts with digits is no number."""
    assert kind_of("0123456789") is Kind.NUMBER
    assert kind_of("0123456789, soup") is Kind.OTHER
