"""The ladder of assurance under every answer."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.support.verdicts import CARD, DOUBLE_SCAN, EVERY_KIND, LIVE, NUMBER_ONLY, REMEMBERED, verdict
from validator.verdict import Reason, Verdict
from validator.web.ladder import Mark, ladder

DONE, SKIPPED, FAILED = Mark.DONE, Mark.SKIPPED, Mark.FAILED


@pytest.mark.parametrize(
    ("of", "marks"),
    [
        (LIVE, [DONE, DONE, SKIPPED, DONE]),
        (DOUBLE_SCAN, [DONE, DONE, DONE, SKIPPED]),
        (REMEMBERED, [DONE, DONE, DONE, FAILED]),
        (verdict(Reason.UNKNOWN_CARD), [DONE, DONE, SKIPPED, DONE]),
        (verdict(Reason.ROUTER_TIMEOUT), [DONE, DONE, FAILED, FAILED]),
        (verdict(card=replace(NUMBER_ONLY, issuer_pic=None)), [DONE, SKIPPED, SKIPPED, DONE]),
    ],
)
def test_the_marks_say_how_far_the_check_came(of: Verdict, marks: list[Mark]) -> None:
    """Each step is marked as done, not needed, or tried in vain."""
    assert [rung.mark for rung in ladder(of)] == marks


def test_the_steps_keep_their_order() -> None:
    """The same four under every answer, each with words beside its mark."""
    for of in EVERY_KIND.values():
        assert [rung.name for rung in ladder(of)] == ["Number", "Issuer", "Memory", "Card register"]
        assert all(rung.said for rung in ladder(of))


def test_the_steps_say_where_they_know_it_from() -> None:
    """An issuer known by the Router, by the number alone, or not at all; a number of unusual form."""
    unnamed = verdict(card=replace(CARD, issuer_name=None), warnings=("unusual_number",))

    assert [rung.said for rung in ladder(LIVE)][:2] == ["well formed", "named by the card register"]
    assert [rung.said for rung in ladder(unnamed)][:2] == ["unusual form", "code in the number"]
