"""What a manager reads of each part: every trouble has its words, and what is well is said to be so."""

from __future__ import annotations

from dataclasses import replace

import pytest

from scanner.pool import DecoderStatus
from scanner.sandbox import Confinement
from validator.health.parts import LATEST_FAILURE, MEANS, PARTS, Part, parts
from validator.health.status import CLOCK_WRONG_S, SLOW_IN_A_ROW, DiskState, HealthStatus, StoreState, Trouble
from validator.health.words import TROUBLES
from validator.router.answers import Cause, RouterFailure
from validator.router.circuit_breaker import BreakerState
from validator.router.health import RecentCalls, RouterHealth
from validator.verdict import Reason


def failing(cause: Cause, in_a_row: int = 1) -> RouterHealth:
    """The latest calls failed for this cause."""
    failure = RouterFailure(Reason.ROUTER_UNREACHABLE, "what went wrong", specific_cause=cause)
    return RouterHealth(recent_calls=RecentCalls(failure, in_a_row, latest_failure=failure))


TROUBLED = {
    Trouble.DATABASE_DOWN: HealthStatus(database=StoreState.DOWN),
    Trouble.DATABASE_LOCKED: HealthStatus(database=StoreState.LOCKED),
    Trouble.DISK_FULL: HealthStatus(disk=DiskState.FULL),
    Trouble.DISK_READ_ONLY: HealthStatus(disk=DiskState.READ_ONLY),
    Trouble.DISK_UNUSABLE: HealthStatus(disk=DiskState.UNUSABLE),
    Trouble.MEMORY_DOWN: HealthStatus(memory=False),
    Trouble.AUDIT_LOG_BEHIND: HealthStatus(audit_log=False),
    Trouble.AUDIT_LOG_CHANGED: HealthStatus(audit_log_intact=False),
    Trouble.FOLDER_OPEN: HealthStatus(folder_private=False),
    Trouble.LIMITS_APART: HealthStatus(limits=False),
    Trouble.PACK_BEHIND: HealthStatus(pack_dropped=7),
    Trouble.NO_READER: HealthStatus(reader=DecoderStatus.FAILS),
    Trouble.NO_ZBAR: HealthStatus(reader=DecoderStatus.NO_ZBAR),
    Trouble.ROUTER_FAILING: HealthStatus(router=RouterHealth(BreakerState.HALF_OPEN, Reason.ROUTER_TIMEOUT)),
    Trouble.ROUTER_REFUSES: HealthStatus(router=RouterHealth(refusing=("status-v2", "verifier"))),
    Trouble.ROUTER_PROXY: HealthStatus(router=failing(Cause.PROXY)),
    Trouble.ROUTER_CERTIFICATE: HealthStatus(router=failing(Cause.CERTIFICATE)),
    Trouble.ROUTER_NAME: HealthStatus(router=failing(Cause.NAME)),
    Trouble.ROUTER_ROUTE: HealthStatus(router=failing(Cause.ROUTE)),
    Trouble.ROUTER_SLOW: HealthStatus(router=failing(Cause.SLOW, in_a_row=SLOW_IN_A_ROW)),
    Trouble.ROUTER_UNUSABLE: HealthStatus(
        router=RouterHealth(recent_calls=RecentCalls(answers_unusable=True))
    ),
    Trouble.ROUTER_RATE_LIMITED: HealthStatus(router=RouterHealth(rate_limited=7)),
    Trouble.FILES_MISSING: HealthStatus(missing_files=("vendor/idb/index.js",)),
    Trouble.CLOCK_WRONG: HealthStatus(router=RouterHealth(skew_s=-CLOCK_WRONG_S)),
}


def troubled(condition: HealthStatus) -> list[Part]:
    """The parts that need a look."""
    return [part for part in parts(condition) if not part.ok]


@pytest.mark.parametrize("trouble", Trouble)
def test_each_trouble_is_told_in_one_part_with_what_to_do(trouble: Trouble) -> None:
    """No trouble without its words, and no words that a figure is missing from."""
    (part,) = troubled(TROUBLED[trouble])
    assert part.trouble is trouble
    assert part.next == TROUBLES[trouble].next
    assert part.words
    assert "%(" not in part.words


def test_a_server_that_is_well_says_so_part_by_part() -> None:
    """Every part is listed, none with something to do."""
    told = parts(HealthStatus())
    assert [(part.part, part.words) for part in told] == [(kind.label, kind.works) for kind in PARTS.values()]
    assert all(part.ok and part.next is None for part in told)


def words_of_the_reader(condition: HealthStatus) -> str:
    """What is said of reading pictures."""
    return next(part.words for part in parts(condition) if part.part == PARTS["reader"].label)


CONFINED = Confinement(
    dumpable=False, no_new_privs=True, capabilities=False, landlock_abi=7, syscall_filter=True
)


def test_how_far_the_reader_is_isolated_stands_beside_how_it_fares() -> None:
    """One sentence; what this system lacks is named, and is no trouble: photos are read all the same."""
    partly = replace(CONFINED, landlock_abi=0, capabilities=True)
    said = words_of_the_reader(HealthStatus(confinement=partly))

    assert "is isolated" in words_of_the_reader(HealthStatus(confinement=CONFINED))
    assert "Landlock 7" in words_of_the_reader(HealthStatus(confinement=CONFINED))
    assert "only partly isolated" in said
    assert "this system: Landlock, giving up capabilities." in said
    assert troubled(HealthStatus(confinement=partly)) == []
    assert "%(" not in words_of_the_reader(HealthStatus(confinement=Confinement()))
    assert set(MEANS) == set(Confinement().missing)


def test_a_reader_that_fails_is_not_called_isolated() -> None:
    """The one thing that matters then is that photos are not read."""
    failing = HealthStatus(reader=DecoderStatus.FAILS, confinement=CONFINED)

    assert words_of_the_reader(failing) == TROUBLES[Trouble.NO_READER].happened


def test_only_a_database_that_cannot_be_read_keeps_people_from_checking() -> None:
    """Everything else is a worse day, not the end of it."""
    assert [trouble for trouble, one in TROUBLED.items() if not one.ready] == [Trouble.DATABASE_DOWN]


@pytest.mark.parametrize(
    ("skew_s", "words"),
    [
        (-420, "7 minutes behind"),
        (420, "7 minutes ahead"),
        (-60, "1 minute behind"),
        (95, "2 minutes ahead"),
        (7_200, "2 hours ahead"),
        (-172_800, "2 days behind"),
        (-86_400 * 365, "365 days behind"),
    ],
)
def test_a_wrong_clock_is_told_by_how_much_and_which_way(skew_s: float, words: str) -> None:
    """In the largest fitting unit, with the way to mend it."""
    (part,) = troubled(HealthStatus(router=RouterHealth(skew_s=skew_s)))
    assert words in part.words
    assert "NTP" in str(part.next)


@pytest.mark.parametrize("skew_s", [None, 0.0, CLOCK_WRONG_S - 1, 1 - CLOCK_WRONG_S])
def test_a_clock_that_is_right_enough_is_not_complained_of(skew_s: float | None) -> None:
    """Nor one that nobody knows about yet."""
    assert not troubled(HealthStatus(router=RouterHealth(skew_s=skew_s)))


def test_figures_and_names_stand_in_the_words() -> None:
    """How many questions were held back, and which of the Router's services refuses."""
    assert "7 lately" in troubled(TROUBLED[Trouble.ROUTER_RATE_LIMITED])[0].words
    assert "status-v2 and verifier" in troubled(TROUBLED[Trouble.ROUTER_REFUSES])[0].words


@pytest.mark.parametrize("cause", Cause)
def test_each_cause_of_a_failed_call_is_told_to_managers(cause: Cause) -> None:
    """In words and with its detail beside the Router, even where one failed call is no trouble yet."""
    told = next(
        part for part in parts(HealthStatus(router=failing(cause))) if part.part == PARTS["router"].label
    )

    assert LATEST_FAILURE[cause] % {"detail": "what went wrong"} in told.words


def test_one_slow_call_is_no_trouble() -> None:
    """Nor are two."""
    assert not troubled(HealthStatus(router=failing(Cause.SLOW, in_a_row=SLOW_IN_A_ROW - 1)))
