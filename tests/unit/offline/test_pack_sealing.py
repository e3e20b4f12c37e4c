"""Rows open only with the number of their card, and bodies say nothing by their length."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from offline_cache import Lifetimes
from tests.support.cards import ANNA, BRUNO
from validator.checking.remembered import reason_of, to_entry
from validator.offline.pack_rows import (
    BODY_BYTES,
    HOUR_S,
    LEVELS,
    REASONS,
    ROW_BYTES,
    Body,
    body_of,
    derive_row_key,
    read_body,
    replaces,
    seal,
    unseal,
)
from validator.router.answers import CardStatus, KnownCard, UnknownCard
from validator.verdict import Reason

VECTORS = json.loads((Path(__file__).parents[2] / "vectors" / "pack.json").read_text(encoding="utf-8"))
FEW = 10
NOON = datetime(2026, 11, 23, 12, 40, 31, tzinfo=UTC)
NOON_HOUR = int(NOON.timestamp()) // HOUR_S
BRUSSELS = ZoneInfo("Europe/Brussels")
DAY_S = 86_400
WINDOWS = Lifetimes(fresh_s=60, stale_s=7 * DAY_S, fresh_not_valid_s=30, stale_not_valid_s=DAY_S)
ACTIVE = KnownCard(CardStatus.ACTIVE, date(2027, 9, 30), issuer_pic="000000001", issuer_name="Université")
BODIES = st.builds(
    Body,
    st.sampled_from(REASONS),
    st.integers(0, 2**32 - 1),
    st.integers(0, 2**32 - 1),
    st.none() | st.dates(date(1970, 1, 1), date(9999, 12, 31)),
    st.none() | st.integers(0, 10**9 - 1).map("{:09d}".format),
    st.none() | st.text(st.characters(codec="utf-8"), min_size=1, max_size=12),
    st.sampled_from(LEVELS),
)


def body(answer: KnownCard | UnknownCard, at: datetime = NOON, windows: Lifetimes = WINDOWS) -> Body:
    """What a row says of this answer."""
    reason = reason_of(answer, at.astimezone(BRUSSELS).date())
    return body_of(answer, reason, to_entry("k", answer, at, BRUSSELS), windows)


def as_body(said: dict[str, Any]) -> Body:
    """The body that a vector describes."""
    day = date.fromisoformat(said["last_day"]) if said["last_day"] else None
    return Body(**said | {"reason": Reason(said["reason"]), "last_day": day})


@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: vector["name"])
def test_server_and_device_derive_and_seal_the_same(vector: dict[str, Any]) -> None:
    """Both sides are held to these vectors; `tests/js/memory/row.test.js` reads the same file."""
    row = derive_row_key(vector["number"], bytes.fromhex(vector["salt"]), vector["rounds"])
    said = as_body(vector["body"])

    assert row.id.hex() == vector["id"]
    assert seal(row, bytes(said), bytes.fromhex(vector["nonce"])).hex() == vector["sealed"]
    assert read_body(unseal(row, bytes.fromhex(vector["sealed"])) or b"") == said


def test_neither_id_nor_key_comes_cheaper_than_the_other() -> None:
    """Number, salt and rounds change both; the number itself is in neither."""
    rows = [
        derive_row_key(number, salt, rounds)
        for number in (ANNA, BRUNO)
        for salt in (b"one salt", b"other salt")
        for rounds in (FEW, FEW + 1)
    ]

    assert len({row.id for row in rows}) == len({row.key for row in rows}) == 8
    assert "key" not in repr(rows[0])


@given(BODIES, BODIES)
def test_all_bodies_are_of_one_length_and_come_back(one: Body, other: Body) -> None:
    """Outcome, dates and names change nothing in the size of a row."""
    row = derive_row_key(ANNA, b"salt", FEW)
    sealed = [seal(row, bytes(each)) for each in (one, other)]

    assert {len(row.id + each) for each in sealed} == {ROW_BYTES}
    assert [read_body(unseal(row, each) or b"") for each in sealed] == [one, other]


def test_a_row_sealed_again_uses_no_nonce_twice() -> None:
    """The key stays for a week, whatever the row says meanwhile."""
    row = derive_row_key(ANNA, b"salt", FEW)

    assert len({seal(row, bytes(body(ACTIVE)))[:12] for _ in range(500)}) == 500


def test_whatever_is_changed_in_a_row_it_does_not_open() -> None:
    """Every single bit, a body of another card, an old body under another salt, another length."""
    row, other = derive_row_key(ANNA, b"salt", FEW), derive_row_key(BRUNO, b"salt", FEW)
    earlier = derive_row_key(ANNA, b"salt of last week", FEW)
    sealed = seal(row, bytes(body(ACTIVE)))

    flipped = [
        sealed[:at] + bytes([sealed[at] ^ bit]) + sealed[at + 1 :]
        for at in range(len(sealed))
        for bit in (1, 128)
    ]
    assert {unseal(row, each) for each in flipped} == {None}
    assert unseal(other, sealed) is unseal(earlier, sealed) is None
    assert unseal(replace(row, id=other.id), sealed) is None
    assert unseal(row, seal(other, bytes(body(ACTIVE)))) is None
    assert unseal(row, sealed[:-1]) is unseal(row, sealed + b"\0") is unseal(row, b"") is None


@pytest.mark.parametrize("at", [0, 1, 2, 3])
def test_a_body_that_says_what_no_row_says_is_none(at: int) -> None:
    """Another version, a reason or a level that nobody knows, a name that is too long."""
    whole = bytes(body(ACTIVE))

    assert read_body(whole[:at] + b"\xc8" + whole[at + 1 :]) is None
    assert read_body(whole[:-1]) is None


def test_times_are_coarse_and_never_younger_or_later_than_true() -> None:
    """The hour of asking, rounded down; the end counts from it, so that it tells no minute either."""
    minutes = [NOON.replace(minute=minute, second=second) for minute in (0, 17, 59) for second in (0, 59)]
    said = {body(ACTIVE, at) for at in minutes}

    assert len(said) == 1
    (one,) = said
    assert one.hour * HOUR_S == int(NOON.replace(minute=0, second=0).timestamp())
    assert one.end == one.hour * HOUR_S + 7 * DAY_S


def test_an_end_is_never_later_than_the_cards_own() -> None:
    """A card whose last day is today ends at midnight on the place's clock."""
    midnight = datetime(2026, 11, 23, 23, tzinfo=UTC)

    assert body(replace(ACTIVE, expires_at=NOON.date())).end == midnight.timestamp()


@pytest.mark.parametrize(
    ("answer", "reason", "last_day"),
    [
        (replace(ACTIVE, status=CardStatus.INACTIVE), Reason.INACTIVE, date(2027, 9, 30)),
        (KnownCard(CardStatus.EXPIRED, None), Reason.EXPIRED, None),
        (replace(ACTIVE, expires_at=date(2026, 11, 22)), Reason.EXPIRED, date(2026, 11, 22)),
        (UnknownCard(), Reason.UNKNOWN_CARD, None),
    ],
)
def test_not_valid_counts_for_its_own_window(
    answer: KnownCard | UnknownCard, reason: Reason, last_day: date | None
) -> None:
    """Every kind of NOT VALID is in the pack, for a day."""
    said = body(answer)

    assert (said.reason, said.end, said.last_day) == (reason, NOON_HOUR * HOUR_S + DAY_S, last_day)


def test_what_never_stands_in_has_a_row_that_is_over() -> None:
    """It is given nowhere, but it undoes what a device may hold."""
    said = body(UnknownCard(), windows=replace(WINDOWS, stale_not_valid_s=0))

    assert said.end == said.hour * HOUR_S


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("Université de Saint-Valentin", "Université de Saint-Valentin"),
        ("é" * 25, "é" * 25),
        ("é" * 26, "é" * 23 + "…"),
        ("Universität " * 5, "Universität Universität Universität Universi…"),
    ],
)
def test_a_long_name_is_cut_between_two_characters(name: str, kept: str) -> None:
    """And says that it was cut."""
    back = read_body(bytes(replace(body(ACTIVE), issuer_name=name)))

    assert back
    assert back.issuer_name == kept
    assert len(bytes(replace(body(ACTIVE), issuer_name=name))) == BODY_BYTES


def test_no_name_of_a_person_is_in_a_body() -> None:
    """Not even where a site shows it at the counter."""
    assert b"Anna" not in bytes(body(replace(ACTIVE, display_name="Anna Example")))


VALID, NOT_VALID = Body(Reason.ACTIVE, NOON_HOUR, 0), Body(Reason.INACTIVE, NOON_HOUR, 0)


@pytest.mark.parametrize(
    ("one", "other", "counts"),
    [
        (replace(VALID, hour=NOON_HOUR + 1), NOT_VALID, True),
        (NOT_VALID, replace(VALID, hour=NOON_HOUR + 1), False),
        (NOT_VALID, VALID, True),
        (VALID, NOT_VALID, False),
        (VALID, VALID, False),
        (VALID, replace(NOT_VALID, hour=NOON_HOUR + 9), True),
        (replace(NOT_VALID, hour=NOON_HOUR + 9), VALID, False),
    ],
)
def test_not_valid_is_undone_by_a_newer_answer_only(one: Body, other: Body, counts: bool) -> None:  # noqa: FBT001 - a table
    """In the same hour NOT VALID counts; what came from a clock that ran ahead counts only among its like."""
    assert replaces(one, other, NOON.timestamp() + HOUR_S) is counts
