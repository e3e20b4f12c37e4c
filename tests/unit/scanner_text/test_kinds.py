"""The one word about a foreign code."""

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
def test_the_kind_is_told_from_how_a_text_begins(start: str, kind: Kind) -> None:
    """However long a text goes on, its kind stays that of its beginning."""
    assert kind_of(start) is kind
    assert kind_of(start + "and so on " * 5_000) is kind


def test_a_text_that_only_begins_like_a_number_is_none() -> None:
    """A number is one as a whole: a sentence that starts with digits is not."""
    assert kind_of("0123456789") is Kind.NUMBER
    assert kind_of("0123456789, soup") is Kind.OTHER
