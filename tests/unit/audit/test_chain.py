"""The chain, as values: whatever is done to it is found, and where."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from validator.audit.chain import Entry, Fault, StoredEntry, commit_to_card, erasure_mark, merge_adjacent
from validator.audit.head import Head, find_faults
from validator.keys import Purpose, derive

KEY, OTHER = derive("a secret", Purpose.AUDIT_LOG), derive("another secret", Purpose.AUDIT_LOG)
LENGTH = 7


def chain(key: bytes = KEY, length: int = LENGTH, before: str = "") -> tuple[Head, list[StoredEntry]]:
    """Entries 1 to `length` as we write them."""
    rows, mac = [], before
    for seq in range(1, length + 1):
        salt, card = f"salt {seq}", f"card {seq}"
        entry = Entry(seq, 1_000 + seq, "check", "device", 3, "active", "router", commit_to_card(salt, card))
        mac = entry.mac(key, mac)
        rows.append(StoredEntry(entry, card, salt, mac))
    return Head(length, mac, 0, before, "").sealed(key), rows


def found(head: Head | None, rows: list[StoredEntry], *keys: bytes) -> list[Fault]:
    """What is wrong."""
    return list(find_faults(keys or (KEY,), head, rows))


def test_what_was_written_has_no_fault() -> None:
    """Whole, with its beginning purged, with a card erased, and when nothing was ever written."""
    head, rows = chain()

    assert found(head, rows) == []
    assert found(replace(head, anchor_seq=3, anchor_mac=rows[2].mac).sealed(KEY), rows[3:]) == []
    mark = erasure_mark(KEY, 1, rows[0].mac)
    erased = [replace(rows[0], card=None, salt=None, erased=mark), *rows[1:]]
    assert found(head, erased) == []
    assert found(Head(0, "", 0, "", ""), []) == []


@pytest.mark.parametrize("place", range(LENGTH))
@pytest.mark.parametrize(
    "change",
    [
        {"at": 1},
        {"event": "late_check"},
        {"caller_kind": "person"},
        {"caller_id": 4},
        {"word": "expired"},
        {"source": "cache"},
        {"seal": "0" * 64},
    ],
    ids=str,
)
def test_a_changed_entry_is_found_where_it_is(place: int, change: dict[str, Any]) -> None:
    """Each of its parts is covered, at every place."""
    head, rows = chain()
    rows[place] = replace(rows[place], entry=replace(rows[place].entry, **change))

    assert {fault.seq for fault in found(head, rows)} == {place + 1}


@pytest.mark.parametrize("place", range(LENGTH))
def test_a_removed_entry_is_found_where_it_was(place: int) -> None:
    """In the middle and at both ends."""
    head, rows = chain()
    del rows[place]

    assert [fault.seq for fault in found(head, rows)] == [place + 1]


@pytest.mark.parametrize("place", range(LENGTH - 1))
def test_two_entries_that_changed_places_are_found(place: int) -> None:
    """Also where their numbers were changed along with their places."""
    head, rows = chain()
    one, two = rows[place], rows[place + 1]
    rows[place] = replace(two, entry=replace(two.entry, seq=one.entry.seq))
    rows[place + 1] = replace(one, entry=replace(one.entry, seq=two.entry.seq))

    assert {place + 1, place + 2} <= {fault.seq for fault in found(head, rows)}


def test_a_cut_end_is_found() -> None:
    """However much of it is gone."""
    head, rows = chain()
    for left in range(LENGTH):
        assert found(head, rows[:left])


def test_without_the_key_no_valid_entry_can_be_written() -> None:
    """Neither a whole log of their own, nor one more entry, nor a head that leaves some out."""
    head, rows = chain()
    theirs = Entry(LENGTH + 1, 9_999, "check", "device", 3, "active", "router", "")
    more = [*rows, StoredEntry(theirs, None, None, theirs.mac(OTHER, rows[-1].mac))]

    assert found(*chain(OTHER))
    assert {fault.seq for fault in found(head, more)} == {LENGTH + 1}
    assert found(Head(4, rows[3].mac, 0, "", head.seal), rows[:4])
    assert found(None, rows)


def test_a_card_that_was_exchanged_is_found() -> None:
    """Erasing takes a card out; putting another one in its place is another thing."""
    head, rows = chain()
    rows[2] = replace(rows[2], card="card 5")

    assert [fault.seq for fault in found(head, rows)] == [3]


@pytest.mark.parametrize(
    "left",
    [
        {"card": None, "salt": None},
        {"card": None},
        {"salt": None},
        {"erased": erasure_mark(KEY, 3, "")},
        {"card": None, "salt": None, "erased": erasure_mark(KEY, 4, "")},
        {"card": None, "salt": None, "erased": erasure_mark(OTHER, 3, "")},
    ],
    ids=str,
)
def test_only_an_erasure_of_ours_takes_a_card_out(left: dict[str, Any]) -> None:
    """Without the mark, with half of it, or with the mark of another entry or key it is a fault."""
    head, rows = chain()
    rows[2] = replace(rows[2], **left)

    assert [fault.seq for fault in found(head, rows)] == [3]


def test_times_may_go_back() -> None:
    """The order is that of writing: clocks are set, servers differ, entries wait."""
    rows, mac = [], ""
    for seq, at in enumerate((1_000, 400, 5_000, 4_999, 0, 1_001), 1):
        entry = Entry(seq, at, "alert", "person", 1, "guessing", "", "")
        mac = entry.mac(KEY, mac)
        rows.append(StoredEntry(entry, None, None, mac))

    assert found(Head(len(rows), mac, 0, "", "").sealed(KEY), rows) == []


def test_neighbouring_faults_of_one_kind_are_one() -> None:
    """A log whose secret is missing is reported in one line and not in a million."""
    head, rows = chain(OTHER)

    assert [str(one) for one in merge_adjacent(found(head, rows))][1:] == [
        f"entries 1 to {LENGTH}: changed, moved or not written by this site"
    ]


def test_an_earlier_secret_still_counts_while_it_is_given() -> None:
    """A log goes on under a new secret; without the old one its entries cannot be told from forged ones."""
    _, rows = chain(length=3)
    entry = Entry(4, 2_000, "alert", "person", 1, "guessing", "", "")
    mac = entry.mac(OTHER, rows[-1].mac)
    rows.append(StoredEntry(entry, None, None, mac))
    head = Head(4, mac, 0, "", "").sealed(OTHER)

    assert found(head, rows, OTHER, KEY) == []
    assert [fault.seq for fault in found(head, rows, OTHER)] == [1, 2, 3]
