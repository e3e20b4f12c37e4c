"""Devices: a token that is shown once, found again, and refused once revoked."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import event

from validator.accounts.errors import BadNameError, NameTakenError, NotFoundError
from validator.accounts.identity import CallerKind

if TYPE_CHECKING:
    from pathlib import Path

    from tests.unit.accounts.conftest import Clock
    from validator.accounts.devices import Devices
    from validator.database import Database


def test_a_token_leads_to_its_device(devices: Devices) -> None:
    """The till is recognised by its token; it has no role."""
    devices.add("door")
    who = devices.by_token(devices.add("Till 1"))

    assert who
    assert (who.caller.kind, who.caller.name, who.caller.role) == (CallerKind.DEVICE, "Till 1", None)


def test_a_token_is_long_marked_and_never_kept(devices: Devices, database: Database, tmp_path: Path) -> None:
    """256 random bits with a prefix; the database's bytes do not hold it."""
    token = devices.add("till")
    kept = devices.all()[0]
    database.close()

    assert repr(kept) == "Device(1)"
    assert token.startswith("escv_")
    assert len(token) == len("escv_") + 43
    assert all(token.encode() not in path.read_bytes() for path in tmp_path.iterdir())


@pytest.mark.parametrize(
    "wrong", ["", "escv_", "escv_" + "A" * 43, "till", "escv_" + "\u0141" * 43, "A" * 100_000]
)
def test_a_wrong_token_is_nobodys(devices: Devices, wrong: str) -> None:
    """Neither guesses nor rubbish lead to a device."""
    devices.add("till")

    assert devices.by_token(wrong) is None


def test_a_token_with_anything_before_or_after_it_is_nobodys(devices: Devices) -> None:
    """Only the exact token counts."""
    token = devices.add("till")

    assert [devices.by_token(text) for text in (f" {token}", f"{token}\n", token.upper(), token[:-1])] == [
        None
    ] * 4


def test_a_revoked_token_is_refused_at_once(devices: Devices, clock: Clock) -> None:
    """A stolen tablet is shut out by its name, whatever its capitals; the first time is kept."""
    token = devices.add("Tablet")
    devices.revoke("tablet")
    first = clock.shows
    clock.shows += timedelta(days=1)
    devices.revoke(" TABLET ")

    assert devices.by_token(token) is None
    assert devices.all()[0].revoked_at == first


def test_a_name_is_never_given_twice(devices: Devices) -> None:
    """Not even after revoking: old records must stay clear about which device it was."""
    devices.add("till")
    devices.revoke("till")

    with pytest.raises(NameTakenError, match="choose another one"):
        devices.add("TILL")


@pytest.mark.parametrize("bad", ["", "   ", "a\x00b", "x" * 65, "a\u200bb"])
def test_an_unusable_name_is_refused_with_what_to_do(devices: Devices, bad: str) -> None:
    """Printable characters, up to 64."""
    with pytest.raises(BadNameError, match="1 to 64 printable"):
        devices.add(bad)


@pytest.mark.parametrize("unknown", ["door", "", "a\x00b"])
def test_revoking_an_unknown_device_says_where_to_look(devices: Devices, unknown: str) -> None:
    """The message for a misspelt name names the command that lists the right ones."""
    with pytest.raises(NotFoundError, match="device list"):
        devices.revoke(unknown)


def test_use_is_noted_by_the_day_and_written_once(devices: Devices, database: Database, clock: Clock) -> None:
    """The operator sees which devices are in use; a device that checks all day costs one write."""
    token = devices.add("till")
    written: list[str] = []
    event.listen(
        database._engine, "before_cursor_execute", lambda _c, _k, statement, *_: written.append(statement)
    )
    for _ in range(3):
        devices.by_token(token)
    clock.shows += timedelta(days=1)
    devices.by_token(token)

    assert [statement.split()[0] for statement in written] == [
        "SELECT", "UPDATE", "SELECT", "UPDATE",
    ]  # fmt: skip
    assert devices.all()[0].last_used_on == date(2026, 9, 2)


def test_a_device_is_let_in_where_its_use_cannot_be_noted(devices: Devices, database: Database) -> None:
    """A full or read-only disk does not keep the till from checking cards."""
    token = devices.add("till")
    event.listen(
        database._engine, "connect", lambda connection, _: connection.execute("PRAGMA query_only=ON")
    )
    database.close()

    assert devices.by_token(token)
