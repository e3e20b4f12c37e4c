"""Which of the four looks an answer has, and what is written under it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from tests.support.verdicts import (
    BRUSSELS,
    CARD,
    DAY_S,
    DOUBLE_SCAN,
    EVERY_KIND,
    LIVE,
    NOW,
    OLD,
    REMEMBERED,
    stale_verdict,
    verdict,
)
from validator.verdict import Outcome, Reason, Source, Verdict
from validator.web import advice
from validator.web.present import Look, Shown, present


def shown(of: Verdict) -> Shown:
    return present(of, NOW, BRUSSELS)


def facts(of: Verdict) -> dict[str, str]:
    return {fact.label: fact.text for fact in shown(of).facts}


def test_an_answer_from_the_router_looks_live() -> None:
    """VALID is filled green only when the Router was asked just now."""
    assert shown(LIVE).look is Look.VALID_LIVE
    assert shown(LIVE).title == "VALID"
    assert shown(LIVE).remembered is None


def test_a_double_scan_still_looks_live() -> None:
    """Up to a minute an answer counts as asked now; its age is told all the same."""
    assert shown(DOUBLE_SCAN).look is Look.VALID_LIVE
    assert shown(verdict(age_s=60)).look is Look.VALID_LIVE
    assert facts(DOUBLE_SCAN)["Answer from"] == "The card register, 12 s ago, remembered here"


@pytest.mark.parametrize(
    "of", [verdict(age_s=61), REMEMBERED, stale_verdict(age_s=5), stale_verdict(age_s=0)]
)
def test_a_remembered_answer_never_looks_live(of: Verdict) -> None:
    """Past a minute, or standing in at any age, VALID has the other look and its age in large figures."""
    assert shown(of).look is Look.VALID_REMEMBERED
    assert shown(of).remembered is not None
    assert shown(of).title.startswith("VALID – checked ")


def test_an_answer_of_the_device_is_remembered() -> None:
    """What a device knows by itself has the remembered look too."""
    assert shown(stale_verdict(source=Source.DEVICE)).look is Look.VALID_REMEMBERED


def test_a_remembered_answer_says_why_and_until_when() -> None:
    """Under a stand-in stands what failed, that it will be confirmed, and how long it counts at most."""
    assert shown(REMEMBERED).stands_in == (
        "The card register took too long to answer. This is its last answer, remembered here. "
        "It will be confirmed at the next check."
    )
    assert facts(REMEMBERED)["Valid until at the latest"] == "26 November 2026, 14:05"
    assert "Valid until at the latest" not in facts(LIVE)


def test_a_stand_in_without_a_known_failure_is_explained_too() -> None:
    """A stale answer whose failure was lost still says that the Router was not asked."""
    assert (shown(stale_verdict(stands_in_for=None)).stands_in or "").startswith(
        "The card register was not asked"
    )


def test_an_answer_that_still_counts_as_fresh_says_so() -> None:
    """Where a site lets answers count for hours, a second check says that the Router was not asked again."""
    assert (shown(verdict(age_s=3_600)).stands_in or "").endswith("the card register was not asked again.")
    assert shown(DOUBLE_SCAN).stands_in is None


def test_from_a_day_on_it_looks_older() -> None:
    """After 24 hours a remembered VALID is marked as older."""
    assert not shown(stale_verdict(age_s=DAY_S - 1)).older
    assert shown(stale_verdict(age_s=DAY_S)).older
    assert shown(OLD).title == "VALID – checked 3 days ago"


@pytest.mark.parametrize(
    ("reason", "title"),
    [
        (Reason.EXPIRED, "NOT VALID: EXPIRED"),
        (Reason.INACTIVE, "NOT VALID: SUSPENDED"),
        (Reason.UNKNOWN_CARD, "NOT VALID: NOT REGISTERED"),
    ],
)
def test_not_valid_says_why(reason: Reason, title: str) -> None:
    """NOT VALID has its own look and one of three reasons in the title."""
    assert (shown(verdict(reason)).look, shown(verdict(reason)).title) == (Look.NOT_VALID, title)
    assert shown(verdict(reason)).compare is None


def test_a_remembered_not_valid_shows_its_age() -> None:
    """A not-valid answer from memory says how old it is, since the card may have been renewed since."""
    assert shown(stale_verdict(Reason.INACTIVE)).title == "NOT VALID: SUSPENDED – checked 3 h ago"


def test_an_expired_card_names_its_last_day() -> None:
    """EXPIRED tells the day where it lies in the past, and no day that lies ahead."""
    past, ahead = (
        verdict(Reason.EXPIRED, card=replace(CARD, expires_at=day))
        for day in (date(2026, 9, 30), date(2027, 1, 1))
    )

    assert shown(past).advice.happened == "The card’s last day was 30 September 2026."
    assert "last day" not in shown(ahead).advice.happened


def test_could_not_check_says_whose_it_is_and_nothing_of_the_card() -> None:
    """Without an answer there are no dates, no issuer's name and no comparison, only whose trouble it is."""
    for of in EVERY_KIND.values():
        if of.outcome is Outcome.COULD_NOT_CHECK:
            assert shown(of).look is Look.COULD_NOT_CHECK
            assert shown(of).note == "This says nothing about the card."
            assert shown(of).advice.whose
            assert facts(of) == {"Issued by": "Institution 999978433 (PIC)"}


def test_only_valid_asks_to_compare_and_a_digital_card_in_its_app() -> None:
    """Beside VALID stands the comparison; a digital card is asked for in its app."""
    plastic = verdict(card=replace(CARD, card_type="PASSIVE"))

    assert shown(plastic).compare == advice.COMPARE
    assert shown(LIVE).compare == advice.COMPARE_DIGITAL


def test_facts_are_in_plain_words() -> None:
    """The Router's vocabularies become words; what it left out or named unheard-of is left out."""
    assert facts(LIVE) == {
        "Issued by": "Université de Saint-Valentin",
        "Card valid until": "30 September 2027",
        "Academic level": "Master",
        "Type of card": "Digital card, on a phone",
        "Answer from": "The card register, just now",
        "Asked": "24 November 2026, 14:05",
    }
    odd = replace(CARD, academic_level="WIZARD", card_type="UNKNOWN", expires_at=None, issuer_name=None)
    assert facts(verdict(card=odd)).keys() == {"Issued by", "Answer from", "Asked"}


def test_a_display_name_is_shown_where_it_is_given() -> None:
    """The name on the card comes first, for the sites that turned it on."""
    assert shown(verdict(card=replace(CARD, display_name="Anna A."))).facts[0].text == "Anna A."


def test_remarks_are_sentences() -> None:
    """Each remark becomes a sentence; one that has no words yet is left out rather than shown as a code."""
    of = verdict(warnings=("sandbox_card", "from_the_future"))

    assert [(one.code, one.text) for one in shown(of).warnings] == [
        ("sandbox_card", advice.WARNINGS["sandbox_card"])
    ]


def test_every_remark_has_its_line_on_the_face() -> None:
    """What is odd about the code is said inside the answer's colour, too, whatever the answer is."""
    assert advice.FACE_WARNINGS.keys() == advice.WARNINGS.keys()
    for of in EVERY_KIND.values():
        odd = shown(replace(of, warnings=tuple(advice.WARNINGS)))
        assert [one.face for one in odd.warnings] == list(advice.FACE_WARNINGS.values())


@pytest.mark.parametrize("age_s", [None, 3_600])
def test_a_card_of_the_test_system_never_looks_valid(age_s: int | None) -> None:
    """The Router may know its number as valid; the look, the word and the title are those of a test card."""
    test = shown(verdict(age_s=age_s, warnings=("sandbox_card",)))

    assert (test.look, test.word, test.outcome) == (Look.VALID_TEST, "TEST CARD", Outcome.VALID)
    assert test.title.startswith("TEST CARD")
    assert test.note == "The card register has its number as valid."
    for reason in (Reason.EXPIRED, Reason.ROUTER_TIMEOUT):
        assert shown(verdict(reason, warnings=("sandbox_card",))).look is not Look.VALID_TEST
