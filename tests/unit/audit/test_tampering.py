"""Whatever is done to the log without its key is named, also after it was written to, purged and erased in.

Generated, against real SQLite; `make soak` does it 2 000 times.
"""

from __future__ import annotations

from random import Random
from typing import TYPE_CHECKING

import pytest

from tests.unit.audit.tampering import CARDS, DAY, HOUR, Intruder, Processes, copied, history, keep, named
from validator.audit.head_store import Continuity

if TYPE_CHECKING:
    from pathlib import Path

LONG = [200, pytest.param(2_000, marks=pytest.mark.soak)]


def go_on(site: Processes, dice: Random) -> None:
    """What a site does in an hour: it checks, purges, erases, starts anew."""
    one = site.any(dice)
    deed = dice.choice(["check", "check", "purge", "purge all", "erase", "restart"])
    if deed == "check":
        keep(one, dice.randint(1, 3))
    elif deed == "purge":
        one.audit_log.purge(site.now - dice.randint(1, 6) * DAY)
    elif deed == "purge all":
        one.audit_log.purge(site.now + DAY)
    elif deed == "erase":
        one.audit_log.erase(one.record_keys.hashes(dice.choice(CARDS).escn))
    else:
        site.stop()
        site.start()
    site.now += HOUR


@pytest.mark.parametrize("count", LONG)
def test_every_change_is_named_before_and_after_purges(tmp_path: Path, count: int) -> None:
    """Changed, removed, re-dated, moved, inserted, blanked, cut off: each entry that is not as it was.

    Where the head was touched too, nobody can know how many entries there were at the end: that is said.
    """
    ends = {kind: history(tmp_path / f"{kind}.sqlite", kind) for kind in ("whole", "purged", "faulty")}
    older = {kind: sorted(tmp_path.glob(f"{kind}-*.sqlite")) for kind in ends}
    for number in range(count):
        dice = Random(number)  # noqa: S311 - cases, not keys
        kind = dice.choice(list(ends))
        site = Processes(copied(tmp_path / f"{kind}.sqlite", tmp_path, "case"), ends[kind])
        for _ in range(dice.randint(0, 2)):
            site.start()
            go_on(site, dice)
            site.stop()
        intruder = Intruder(site.path, dice, older[kind])
        done = intruder.act()
        site.start()
        for _ in range(dice.randint(0, 4)):
            go_on(site, dice)

        found = site.any(dice).audit_log.verify().faults

        site.stop()
        assert found, number
        unnamed = [seq for seq in done.entries if not any(seq in each for each in named(found))]
        assert not unnamed, (number, unnamed, found)
        assert not done.incidents or "incident" in str(found), (number, found)


@pytest.mark.parametrize("count", [60, pytest.param(1_000, marks=pytest.mark.soak)])
def test_what_a_site_does_is_never_called_a_fault(tmp_path: Path, count: int) -> None:
    """Clocks set back and forward, several processes, erasures, any retention, new secrets.

    Every head that was noted on the way is gone on from, or was deleted at its end.
    """
    empty = Processes(tmp_path / "empty.sqlite")
    empty.start()
    empty.stop()
    for number in range(count):
        dice = Random(number)  # noqa: S311 - cases, not keys
        site = Processes(copied(empty.path, tmp_path, "case"))
        site.start()
        noted = []
        for _ in range(dice.randint(4, 16)):
            deed = dice.choice(["go on", "go on", "go on", "clock", "another process", "secret"])
            if deed == "go on":
                go_on(site, dice)
            elif deed == "clock":
                site.now += dice.choice([-HOUR, HOUR, -2 * HOUR, 40 * DAY, -40 * DAY, -400 * DAY, 401 * DAY])
            elif deed == "another process":
                site.start()
            else:
                site.stop()
                site.secrets = (f"secret {len(site.secrets)}", *site.secrets)
                site.start()
            verified = site.any(dice).audit_log.verify()
            assert verified.faults == (), (number, deed)
            noted.append(str(verified.head))
        log = site.any(dice).audit_log
        assert {log.verify(head).continuity for head in noted} <= {
            Continuity.CONTINUES,
            Continuity.DELETED,
        }, number
        assert log.intact()
        site.stop()
