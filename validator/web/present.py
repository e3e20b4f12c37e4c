"""From a verdict to what the page shows: pure functions, so that every look can be tested as a value."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

from validator.verdict import Outcome, Reason, Source
from validator.web import words
from validator.web.ladder import Rung, ladder
from validator.web.moments import Age, Moment, age, day, instant

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from validator.verdict import Verdict

# Within a minute a second scan is a double scan: the answer still counts as asked now (DESIGN.md, 4 and 6).
LIVE_S = 60
OLDER_S = 86_400
# Protocol.md, 6: hologram or new logo until this day, only the new logo after it.
LAST_DAY_OF_THE_HOLOGRAM = date(2027, 12, 31)
# Crockford's base 32: no letter is taken for a digit, whoever reads the code aloud.
_CODE_DIGITS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_HALF_CODE = 5
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


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
    """Everything the result shows, in words. `remembered` is the age where the answer is not from now.

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
    advice: words.Advice
    remembered: Age | None
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
    detail = words.DETAIL_WORDS.get(verdict.reason)
    word = words.TEST_CARD if _is_test(verdict) else words.OUTCOME_WORDS[verdict.outcome]
    return Shown(
        look=_look(verdict, remembered),
        outcome=verdict.outcome,
        reason=verdict.reason,
        source=verdict.source,
        word=word,
        detail=detail,
        note=_note(verdict),
        title=_title(word, detail, remembered),
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
        receipt=(*_fact("checked", instant(now, zone)), *_fact("check_code", check_code(now))),
    )


def check_code(now: datetime) -> str:
    """The instant of a check, to the millisecond, in ten letters and digits."""
    left = (now - _EPOCH) // timedelta(milliseconds=1)
    digits = "".join(_CODE_DIGITS[left >> 5 * place & 31] for place in reversed(range(2 * _HALF_CODE)))
    return f"{digits[:_HALF_CODE]}-{digits[_HALF_CODE:]}"


def logo_hint(today: date) -> str:
    """What a genuine card looks like on this day (protocol.md, 6)."""
    return words.HOLOGRAM_OR_LOGO if today <= LAST_DAY_OF_THE_HOLOGRAM else words.LOGO_ONLY


def _is_remembered(verdict: Verdict) -> bool:
    return verdict.source is not Source.ROUTER and ("stale" in verdict.warnings or verdict.age_s > LIVE_S)


def _is_test(verdict: Verdict) -> bool:
    """Whether the Router knows the number as valid, but the code is one of its test system's."""
    return verdict.outcome is Outcome.VALID and "sandbox_card" in verdict.warnings


def _note(verdict: Verdict) -> str | None:
    if _is_test(verdict):
        return words.TEST_CARD_NOTE
    return words.SAYS_NOTHING if verdict.outcome is Outcome.COULD_NOT_CHECK else None


def _remarks(verdict: Verdict) -> tuple[Remark, ...]:
    known = (code for code in verdict.warnings if code in words.WARNINGS)
    return tuple(Remark(code, words.FACE_WARNINGS[code], words.WARNINGS[code]) for code in known)


def _look(verdict: Verdict, remembered: Age | None) -> Look:
    if _is_test(verdict):
        return Look.VALID_TEST
    if verdict.outcome is Outcome.VALID:
        return Look.VALID_REMEMBERED if remembered else Look.VALID_LIVE
    return Look(verdict.outcome)


def _title(word: str, detail: str | None, remembered: Age | None) -> str:
    title = words.WITH_DETAIL.format(word=word, detail=detail) if detail else word
    return words.AS_OF.format(title=title, age=remembered.text) if remembered else title


def _advice(verdict: Verdict, today: date) -> words.Advice:
    if verdict.outcome is Outcome.COULD_NOT_CHECK:
        return words.NO_ANSWER[verdict.reason]
    advice = words.ABOUT_THE_CARD[verdict.reason]
    ended = verdict.card.expires_at
    if verdict.reason is Reason.EXPIRED and ended is not None and ended < today:
        return words.Advice(words.LAST_DAY.format(day=day(ended).text), advice.next)
    return advice


def _stands_in(verdict: Verdict) -> str | None:
    if verdict.stands_in_for is None and "stale" not in verdict.warnings:
        return words.NOT_ASKED_AGAIN if _is_remembered(verdict) else None
    why = words.STANDS_IN[verdict.stands_in_for] if verdict.stands_in_for else words.STANDS_IN_PLAIN
    return f"{why}{words.STANDS_IN_TAIL}"


def _compare(verdict: Verdict) -> str | None:
    if verdict.outcome is not Outcome.VALID:
        return None
    return words.COMPARE_DIGITAL if verdict.card.card_type in words.DIGITAL_TYPES else words.COMPARE


def _fact(name: str, value: str | Moment | None) -> tuple[Fact, ...]:
    """One fact, or none where nothing is known."""
    if value is None:
        return ()
    label = words.LABELS[name]
    if isinstance(value, Moment):
        return (Fact(name, label, value.text, value.iso),)
    return (Fact(name, label, value),)


def _card_facts(verdict: Verdict) -> tuple[Fact, ...]:
    card = verdict.card
    until = "valid_until" if verdict.outcome is Outcome.VALID else "expiry"
    issuer = card.issuer_name or (card.issuer_pic and words.INSTITUTION.format(pic=card.issuer_pic))
    return (
        *_fact("name", card.display_name),
        *_fact("issuer", issuer),
        *_fact(until, day(card.expires_at) if card.expires_at else None),
        *_fact("level", words.LEVELS.get(card.academic_level or "")),
        *_fact("type", words.CARD_TYPES.get(card.card_type or "")),
    )


def _check_facts(verdict: Verdict, zone: ZoneInfo, remembered: Age | None) -> tuple[Fact, ...]:
    if verdict.checked_at is None:
        return ()
    counts_until = instant(verdict.good_until, zone) if verdict.good_until and remembered else None
    return (
        *_fact("from", words.SOURCES[verdict.source].format(age=age(verdict.age_s).text)),
        *_fact("asked", instant(verdict.checked_at, zone)),
        *_fact("counts_until", counts_until),
    )


def _small_facts(verdict: Verdict) -> tuple[Fact, ...]:
    card = verdict.card
    return (
        *_fact("number", card.number),
        *_fact("pic", card.issuer_pic),
        *_fact("issued", day(card.issued_at) if card.issued_at else None),
    )
