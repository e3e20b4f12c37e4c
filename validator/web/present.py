"""From a verdict to what the page shows: pure functions, so that every look can be tested as a value."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from typing import TYPE_CHECKING

from validator.i18n import gettext as _
from validator.verdict import Outcome, Reason, Source
from validator.web import advice
from validator.web.ladder import Rung, ladder
from validator.web.moments import Moment, age, check_code, day, instant

if TYPE_CHECKING:
    from datetime import datetime
    from zoneinfo import ZoneInfo

    from validator.verdict import Verdict
    from validator.web.advice import Advice

# Within a minute a second scan is a double scan: the answer still counts as asked now.
LIVE_S = 60
OLDER_S = 86_400
# protocol.md §6: hologram or new logo until this day, only the new logo after it.
LAST_DAY_OF_THE_HOLOGRAM = date(2027, 12, 31)


class Look(StrEnum):
    """The looks of an answer; each has its own partial under templates/verdict/."""

    VALID_LIVE = "valid_live"
    VALID_REMEMBERED = "valid_remembered"
    VALID_TEST = "valid_test"
    NOT_VALID = "not_valid"
    COULD_NOT_CHECK = "could_not_check"


@dataclass(frozen=True, slots=True)
class Fact:
    """One line of what is known: text for people, `iso` where it is a time; `name` is for style sheets."""

    name: str
    label: str
    text: str
    iso: str | None = None


@dataclass(frozen=True, slots=True)
class Remark:
    """What is odd about the code: `face` is the line inside the answer's colour, `text` the whole of it."""

    code: str
    face: str
    text: str


@dataclass(frozen=True, slots=True)
class Shown:
    """Everything the result shows, in words. `remembered` is how long ago, where the answer is not from now.

    `receipt` is what stands on paper only.
    """

    look: Look
    outcome: str
    reason: str
    source: str
    word: str
    detail: str | None
    note: str | None
    title: str
    advice: Advice
    remembered: str | None
    older: bool
    stands_in: str | None
    facts: tuple[Fact, ...]
    small_facts: tuple[Fact, ...]
    warnings: tuple[Remark, ...]
    ladder: tuple[Rung, ...]
    compare: str | None
    logo_hint: str
    receipt: tuple[Fact, ...]


def present(verdict: Verdict, now: datetime, zone: ZoneInfo) -> Shown:
    """What to show of this verdict at this time, on the clock of this place."""
    today = now.astimezone(zone).date()
    remembered = age(verdict.age_s) if _is_remembered(verdict) else None
    detail = advice.DETAILS.get(verdict.reason)
    return Shown(
        look=_look(verdict, remembered),
        outcome=verdict.outcome,
        reason=verdict.reason,
        source=verdict.source,
        word=_("TEST CARD") if _is_test(verdict) else _(advice.NAMES[verdict.outcome]),
        detail=detail and _(detail),
        note=_note(verdict),
        title=_title(verdict, remembered),
        advice=_advice(verdict, today),
        remembered=remembered,
        older=remembered is not None and verdict.age_s >= OLDER_S,
        stands_in=_stands_in(verdict),
        facts=(*_card_facts(verdict), *_check_facts(verdict, zone, remembered)),
        small_facts=_small_facts(verdict),
        warnings=_remarks(verdict),
        ladder=ladder(verdict),
        compare=_compare(verdict),
        logo_hint=logo_hint(today),
        receipt=(
            *_fact("checked", _("Checked"), instant(now, zone)),
            *_fact("check_code", _("Check code"), check_code(now)),
        ),
    )


def logo_hint(today: date) -> str:
    """What a genuine card looks like on this day (protocol.md, 6)."""
    if today <= LAST_DAY_OF_THE_HOLOGRAM:
        return _(
            "A genuine card bears the older hologram or the new European Student Card logo. "
            "Both count until 31 December 2027."
        )
    return _(
        "A genuine card bears the new European Student Card logo. "
        "The older hologram alone stopped counting on 31 December 2027."
    )


def _is_remembered(verdict: Verdict) -> bool:
    return verdict.source is not Source.ROUTER and ("stale" in verdict.warnings or verdict.age_s > LIVE_S)


def _is_test(verdict: Verdict) -> bool:
    """Whether the Router knows the number as valid, but the code is one of its test system's."""
    return verdict.outcome is Outcome.VALID and "sandbox_card" in verdict.warnings


def _note(verdict: Verdict) -> str | None:
    if _is_test(verdict):
        return _("The card register has its number as valid.")
    return _("This says nothing about the card.") if verdict.outcome is Outcome.COULD_NOT_CHECK else None


def _remarks(verdict: Verdict) -> tuple[Remark, ...]:
    known = (code for code in verdict.warnings if code in advice.WARNINGS)
    return tuple(Remark(code, _(advice.FACE_WARNINGS[code]), _(advice.WARNINGS[code])) for code in known)


def _look(verdict: Verdict, remembered: str | None) -> Look:
    if _is_test(verdict):
        return Look.VALID_TEST
    if verdict.outcome is Outcome.VALID:
        return Look.VALID_REMEMBERED if remembered else Look.VALID_LIVE
    return Look(verdict.outcome)


def _title(verdict: Verdict, remembered: str | None) -> str:
    answer = _("TEST CARD") if _is_test(verdict) else advice.name_of(verdict.outcome, verdict.reason)
    return _("%(answer)s – checked %(age)s", answer=answer, age=remembered) if remembered else answer


def _advice(verdict: Verdict, today: date) -> Advice:
    if verdict.outcome is Outcome.COULD_NOT_CHECK:
        return advice.NO_ANSWER[verdict.reason].translated()
    said = advice.ABOUT_THE_CARD[verdict.reason].translated()
    ended = verdict.card.expires_at
    if verdict.reason is Reason.EXPIRED and ended is not None and ended < today:
        return replace(said, happened=_("The card’s last day was %(day)s.", day=day(ended).text))
    return said


def _stands_in(verdict: Verdict) -> str | None:
    if verdict.stands_in_for:
        return _(advice.STANDS_IN[verdict.stands_in_for])
    if "stale" in verdict.warnings:
        return _(advice.STANDS_IN_PLAIN)
    if not _is_remembered(verdict):
        return None
    return _("This card was checked here not long ago, so the card register was not asked again.")


def _compare(verdict: Verdict) -> str | None:
    if verdict.outcome is not Outcome.VALID:
        return None
    is_digital = verdict.card.card_type in advice.DIGITAL_TYPES
    return _(advice.COMPARE_DIGITAL if is_digital else advice.COMPARE)


def _fact(name: str, label: str, value: str | Moment | None) -> tuple[Fact, ...]:
    """One fact, or none where nothing is known."""
    if value is None:
        return ()
    if isinstance(value, Moment):
        return (Fact(name, label, value.text, value.iso),)
    return (Fact(name, label, value),)


def _card_facts(verdict: Verdict) -> tuple[Fact, ...]:
    card = verdict.card
    until = ("expiry", _("Expiry date"))
    if verdict.outcome is Outcome.VALID:
        until = ("valid_until", _("Card valid until"))
    expires = day(card.expires_at) if card.expires_at else None
    issuer = card.issuer_pic and _("Institution %(pic)s (PIC)", pic=card.issuer_pic)
    return (
        *_fact("name", _("Name on the card"), card.display_name),
        *_fact("issuer", _("Issued by"), card.issuer_name or issuer),
        *_fact(*until, expires),
        *_fact("level", _("Academic level"), advice.level_name(card.academic_level)),
        *_fact("type", _("Type of card"), advice.card_type_name(card.card_type)),
    )


def _check_facts(verdict: Verdict, zone: ZoneInfo, remembered: str | None) -> tuple[Fact, ...]:
    if verdict.checked_at is None:
        return ()
    counts_until = instant(verdict.good_until, zone) if verdict.good_until and remembered else None
    return (
        *_fact("from", _("Answer from"), _answer_from(verdict)),
        *_fact("asked", _("Asked"), instant(verdict.checked_at, zone)),
        *_fact("counts_until", _("Valid until at the latest"), counts_until),
    )


def _answer_from(verdict: Verdict) -> str:
    old = age(verdict.age_s)
    if verdict.source is Source.ROUTER:
        return _("The card register, %(age)s", age=old)
    if verdict.source is Source.CACHE:
        return _("The card register, %(age)s, remembered here", age=old)
    return _("The card register, %(age)s, remembered on this device", age=old)


def _small_facts(verdict: Verdict) -> tuple[Fact, ...]:
    card = verdict.card
    return (
        *_fact("number", _("Card number"), card.number),
        *_fact("pic", _("Issuer code (PIC)"), card.issuer_pic),
        *_fact("issued", _("Issued on"), day(card.issued_at) if card.issued_at else None),
    )
