"""Rows of the pack: what may stand in on a device, and what is left out."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from offline_cache import Entry, Windows
from validator.pack.rows import Row, Rules, rows
from validator.remembered import to_entry
from validator.router.answers import CardStatus, KnownCard, UnknownCard

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
NOON_S = int(NOON.timestamp())
BRUSSELS = ZoneInfo("Europe/Brussels")
DAY_S = 86_400
WINDOWS = Windows(fresh_s=60, stale_s=7 * DAY_S, fresh_not_valid_s=30, stale_not_valid_s=DAY_S)
RULES = Rules(WINDOWS, BRUSSELS, 7 * DAY_S)
LOUVAIN = "000000001"
ACTIVE = KnownCard(
    CardStatus.ACTIVE,
    date(2027, 9, 30),
    issued_at=date(2024, 9, 1),
    issuer_pic=LOUVAIN,
    issuer_name="Université de Saint-Valentin",
    display_name="Anna Example",
)
ALIAS = "fJ0q8sFQ0Z9kq1yM4r7Tbg"


def entry(answer: KnownCard | UnknownCard, asked_at: datetime = NOON) -> Entry:
    """What is remembered of this answer."""
    return to_entry("k", answer, asked_at, BRUSSELS, ALIAS)


def only(made: Entry, now: datetime = NOON, rules: Rules = RULES) -> Row | None:
    """The row of this entry, if it has one that a device may give."""
    found, _ = rows([made], now, rules)
    return found[0] if found and found[0].good_until > found[0].checked_at else None


def test_an_active_card_has_everything_a_device_shows() -> None:
    """Hash, reason, both instants, the card's last day and its issuer, whose name stands apart."""
    found, issuers = rows([entry(ACTIVE)], NOON, RULES)

    assert found == [(ALIAS, "active", NOON_S, NOON_S + 7 * DAY_S, "2027-09-30", LOUVAIN)]
    assert issuers == {LOUVAIN: "Université de Saint-Valentin"}


@pytest.mark.parametrize(
    ("answer", "reason", "expires_at"),
    [
        (replace(ACTIVE, status=CardStatus.INACTIVE), "inactive", "2027-09-30"),
        (KnownCard(CardStatus.EXPIRED, None), "expired", None),
        (replace(ACTIVE, expires_at=date(2026, 11, 22)), "expired", "2026-11-22"),
        (UnknownCard(), "unknown_card", None),
    ],
)
def test_not_valid_counts_for_its_own_window(
    answer: KnownCard | UnknownCard, reason: str, expires_at: str | None
) -> None:
    """Every kind of NOT VALID is in the pack, for a day."""
    row = only(entry(answer))

    assert row
    assert (row.reason, row.good_until, row.expires_at) == (reason, NOON_S + DAY_S, expires_at)


def test_a_card_counts_until_its_own_end() -> None:
    """A card whose last day is today ends at midnight on the place's clock, and then has no row."""
    last_day = entry(replace(ACTIVE, expires_at=NOON.date()))
    midnight = datetime(2026, 11, 23, 23, tzinfo=UTC)

    row = only(last_day, midnight - timedelta(seconds=1))
    assert row
    assert row.good_until == midnight.timestamp()
    assert only(last_day, midnight) is None


@pytest.mark.parametrize(("answer", "days"), [(ACTIVE, 7), (UnknownCard(), 1)])
def test_what_may_stand_in_no_more_is_left_out(answer: KnownCard | UnknownCard, days: int) -> None:
    """To the second: a device is never given what the server itself would not say."""
    end = NOON + timedelta(days=days)

    assert only(entry(answer), end - timedelta(seconds=1))
    assert only(entry(answer), end) is None


def test_a_site_that_never_lets_answers_stand_in_gives_none_to_devices() -> None:
    """An answer may be fresh for hours at the server; on a device every answer stands in."""
    fresh_only = replace(RULES, windows=Windows(7200, 3600, 7200, 0))

    assert only(entry(ACTIVE), NOON + timedelta(minutes=59), fresh_only)
    assert only(entry(ACTIVE), NOON + timedelta(minutes=60), fresh_only) is None
    assert only(entry(UnknownCard()), NOON, fresh_only) is None


def test_what_is_older_than_the_site_allows_is_left_out() -> None:
    """A site may keep devices to younger answers than the server's own."""
    one_hour = replace(RULES, max_age_s=3600)

    assert only(entry(ACTIVE), NOON + timedelta(hours=1), one_hour)
    assert only(entry(ACTIVE), NOON + timedelta(hours=1, seconds=1), one_hour) is None


@pytest.mark.parametrize(
    "odd",
    [
        replace(entry(ACTIVE), alias=None),
        replace(entry(ACTIVE), body="damaged"),
        replace(entry(ACTIVE), checked_at=NOON_S + 3600.0),
        replace(entry(ACTIVE), valid=False),
        replace(entry(UnknownCard()), valid=True),
    ],
    ids=["no alias", "unreadable", "of the future", "never valid", "never known"],
)
def test_what_cannot_be_trusted_is_left_out(odd: Entry) -> None:
    """No row is guessed: an answer that contradicts itself is in no pack."""
    assert only(odd) is None


@pytest.mark.parametrize(
    ("made", "age"),
    [
        (entry(UnknownCard()), timedelta(days=1)),
        (entry(replace(ACTIVE, expires_at=NOON.date())), timedelta(days=2)),
        (replace(entry(ACTIVE), body="damaged"), timedelta()),
        (replace(entry(ACTIVE), valid=False), timedelta()),
    ],
    ids=["past its window", "past its card", "unreadable", "never valid"],
)
def test_what_has_undone_an_older_answer_still_undoes_it_on_devices(made: Entry, age: timedelta) -> None:
    """A device that holds Monday's VALID must hear of Tuesday's NOT VALID, even if it syncs on Thursday."""
    (row,) = rows([made], NOON + age, RULES)[0]

    assert (row.hash, row.checked_at, row.good_until) == (ALIAS, NOON_S, NOON_S)
    assert (row.expires_at, row.issuer_pic) == (None, None)


def test_a_site_that_never_lets_not_valid_stand_in_still_undoes_valid() -> None:
    """The answer is not given anywhere, and no older one in its place."""
    rules = replace(RULES, windows=replace(WINDOWS, stale_not_valid_s=0))

    (row,) = rows([entry(UnknownCard())], NOON, rules)[0]
    assert row.good_until == row.checked_at


@pytest.mark.parametrize(
    ("made", "age"),
    [
        (replace(entry(ACTIVE), alias=None), timedelta()),
        (entry(ACTIVE), timedelta(hours=-1)),
        (entry(UnknownCard()), timedelta(days=7, seconds=1)),
    ],
    ids=["no alias", "of the future", "over age"],
)
def test_what_no_device_can_hold_an_older_answer_of_has_no_row(made: Entry, age: timedelta) -> None:
    """Devices drop what is over age themselves, and an answer of the future has no age at all."""
    assert rows([made], NOON + age, RULES) == ([], {})


def test_no_name_and_no_number_can_be_in_a_row() -> None:
    """Not even where a site shows the display name at the counter."""
    told = repr(rows([entry(ACTIVE)], NOON, RULES))

    assert "Anna" not in told


def test_issuers_are_named_where_the_router_names_them() -> None:
    """A PIC without a name has no entry, and a name without a PIC no place."""
    nameless = replace(entry(replace(ACTIVE, issuer_name=None)), alias="a" * 22)
    placeless = replace(entry(replace(ACTIVE, issuer_pic=None)), alias="b" * 22)

    found, issuers = rows([nameless, placeless], NOON, RULES)

    assert [row.issuer_pic for row in found] == [LOUVAIN, None]
    assert issuers == {}
