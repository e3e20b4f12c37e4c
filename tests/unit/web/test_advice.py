"""The words themselves: complete, kind, and useful."""

from __future__ import annotations

import re
from itertools import product

import pytest

from scanner.errors import ChoiceRefused, ImageRefused, Kind, NotAnEscCode, Refused
from validator.verdict import Outcome, Reason
from validator.web import advice
from validator.web.refusals import Refusal, refusal

ACCUSING = re.compile(
    r"\b(fake|forged|fraud|cheat|suspicious|invalid|illegal|wrong person|denied)\b", re.IGNORECASE
)
KINDS = [NotAnEscCode(code, kind) for code, kind in product(sorted(NotAnEscCode.CODES), Kind)]
REFUSED: list[Refused] = [
    *KINDS,
    *map(ChoiceRefused, sorted(ChoiceRefused.CODES)),
    *map(ImageRefused, sorted(ImageRefused.CODES)),
]


def said(of: Refusal) -> str:
    return f"{of.heading}. {of.next}"


def everything() -> list[str]:
    """Every sentence that a verdict or a refusal can show."""
    advices = [*advice.ABOUT_THE_CARD.values(), *advice.NO_ANSWER.values()]
    return [
        *(f"{one.happened} {one.next}" for one in advices),
        *advice.STANDS_IN.values(),
        *advice.WARNINGS.values(),
        *(said(refusal(one, typed=typed)) for one, typed in product(REFUSED, (True, False))),
    ]


def test_every_reason_has_its_words() -> None:
    """No reason is shown as a code: each has its advice, and each failure a sentence for the stand-in."""
    failures = {reason for reason in Reason if reason.outcome is Outcome.COULD_NOT_CHECK}

    assert advice.NO_ANSWER.keys() == advice.STANDS_IN.keys() == failures
    assert advice.ABOUT_THE_CARD.keys() == set(Reason) - failures
    assert advice.DETAILS.keys() == {reason for reason in Reason if reason.outcome is Outcome.NOT_VALID}


def test_nobody_is_accused() -> None:
    """No sentence calls a person or a card false."""
    assert [sentence for sentence in everything() if ACCUSING.search(sentence)] == []


def test_not_registered_says_that_it_is_common_and_who_can_help() -> None:
    """Under NOT REGISTERED stands why that happens, and who can register the card."""
    unknown = advice.ABOUT_THE_CARD[Reason.UNKNOWN_CARD]

    assert "registered only when the student asks" in unknown.next
    assert "international office" in unknown.next


@pytest.mark.parametrize("refused", REFUSED, ids=lambda one: f"{one.code}-{one.kind}")
def test_every_refusal_says_what_to_do_next(refused: Refused) -> None:
    """Each code keeps its name and gets a heading, a next step and its HTTP status."""
    for typed in (True, False):
        shown = refusal(refused, typed=typed)

        assert shown.code == refused.code
        assert re.search(r"\b(Please|Look|Take|Go|type|Send|use|Use)\b", shown.next)
        assert shown.status == {"image_too_large": 413, "unsupported_image": 415, "reader_busy": 503}.get(
            refused.code, 422
        )


def test_a_foreign_code_is_named_by_its_kind() -> None:
    """Of a foreign code only its kind is told, and a mistyped number gets help with typing instead."""
    wifi = NotAnEscCode("not_an_esc_code", Kind.WIFI)
    other = NotAnEscCode("not_an_esc_code", Kind.OTHER)
    login = NotAnEscCode("not_an_esc_code", Kind.CAMPUS_LOGIN)

    assert "Wi-Fi code" in refusal(wifi, typed=False).next
    assert "32 letters and digits" in refusal(other, typed=True).next
    assert "32 letters and digits" not in refusal(other, typed=False).next
    assert "not a European Student Card code" in refusal(login, typed=False).next
    assert re.search(r"campus login\. .*32 letters and digits", refusal(login, typed=True).next)


def test_a_code_without_words_yet_still_gets_a_useful_line() -> None:
    """A refusal that a later scanner may bring is told in general advice."""

    class Later(Refused):
        CODES = frozenset({"too_dark"})

    assert refusal(Later("too_dark"), typed=False).heading == "This could not be read"
