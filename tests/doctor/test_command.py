"""The command: for people, for monitors, in bounded time."""

from __future__ import annotations

import re
import threading
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner

from tests.support.cards import NOT_FOUND
from tests.support.doctor import environment
from tests.support.documented import ROOT, documented, run_documented
from tests.support.fault_router import FaultRouter
from tests.support.router_scripts import answers
from validator.commands.doctor import doctor, is_asked_for
from validator.doctor.finding import LABELS, Check, Finding, State, exit_code, ok
from validator.doctor.run import RUN_S, Task, run

if TYPE_CHECKING:
    from pathlib import Path


def test_people_read_a_line_for_each_check_and_the_mail_once(tmp_path: Path) -> None:
    """With what to do below each fault."""
    with FaultRouter(answers(403)) as router:
        ran = CliRunner().invoke(doctor, ["--quick"], env=environment(tmp_path, router_url=router.url))

    lines = ran.stdout.splitlines()
    assert [line for line in lines if line.startswith("failed") and "Status service" in line]
    assert [line for line in lines if line.strip().startswith("What to do: Send the mail")]
    assert ran.stdout.count("To: ESC.support") == 1
    assert ran.exit_code == 2


def test_help_states_exit_codes_and_the_bound() -> None:
    """A monitor is set up from it."""
    said = " ".join(CliRunner().invoke(doctor, ["--help"]).stdout.split())

    assert f"within {RUN_S:g} seconds" in said
    for words in ("Exit code 0:", "1: there are warnings", "2: something failed"):
        assert words in said


@pytest.mark.parametrize("url", ["cards.example.org", "ftp://x/", "http://[", "https://x:0/"])
def test_an_address_that_is_none_is_refused(url: str) -> None:
    """Before anything is checked."""
    ran = CliRunner().invoke(doctor, ["--url", url])

    assert ran.exit_code == 2
    assert "must be an address" in ran.output


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (["--app", "wsgi", "doctor", "--json"], True),
        (["-A", "doctor", "user", "list"], False),
        (["--app=wsgi", "doctor"], True),
        (["user", "add", "doctor"], False),
        ([], False),
    ],
)
def test_the_command_is_recognised_before_the_application_is_built(
    arguments: list[str], *, expected: bool
) -> None:
    """Only where it is the command, not a name or a value."""
    assert is_asked_for(arguments) is expected


def test_a_check_that_hangs_or_breaks_does_not_hide_the_others() -> None:
    """The run ends, each check has its line, in the order of the list."""
    over = threading.Event()

    def breaks() -> None:
        raise ValueError("geheim")

    tasks: list[Task[object]] = [
        Task(Check.DISK, over.wait, lambda _: []),
        Task(Check.REDIS, breaks, lambda _: []),
        Task(Check.LOCKS, lambda: None, lambda _: [ok(Check.LOCKS, "well")]),
    ]
    found = run(tasks, 0.3)
    over.set()

    assert [(one.check, one.id) for one in found] == [
        (Check.DISK, "no_result_in_time"),
        (Check.REDIS, "check_broken"),
        (Check.LOCKS, "ok"),
    ]
    assert "geheim" not in str(found)


def test_the_exit_code_is_that_of_the_worst_line() -> None:
    """What was not checked is no fault."""
    lines = {state: Finding(Check.DISK, "x", state, "") for state in State}

    assert exit_code([]) == exit_code([lines[State.OK], lines[State.SKIPPED]]) == 0
    assert exit_code([lines[State.WARNING], lines[State.OK]]) == 1
    assert exit_code(lines.values()) == 2
    assert set(LABELS) == set(Check)


def test_every_cause_and_every_check_is_documented() -> None:
    """docs/doctor.md has the causes that the code gives, and no other."""
    sources = [*(ROOT / "validator" / "doctor").glob("*.py"), ROOT / "validator" / "health" / "status.py"]
    text = "".join(path.read_text(encoding="utf-8") for path in sources)
    rows = re.findall(
        r"^\| (`.*`) \| (`.*) \|$", (ROOT / "docs" / "doctor.md").read_text(encoding="utf-8"), re.MULTILINE
    )
    checks = {name for row in rows for name in re.findall(r"`(\w+)`", row[0])}
    causes = {name for row in rows for name in re.findall(r"`([a-z_0-9]+)`", row[1])}

    assert checks == set(Check)
    assert {cause for cause in causes if f'"{cause}"' not in text} == set()
    given = set(re.findall(r'(?:warning|failed)\(\s*Check\.\w+,\s*"(\w+)"', text))
    assert len(given) > 20
    assert given - causes == set()


def test_the_documented_commands_run(tmp_path: Path) -> None:
    """For people and for monitors; both end without a failure where the Router answers."""
    text = documented("docs/doctor.md", "check")
    lines = [f"{line} || test $? -eq 1" for line in re.sub(r" +#.*", "", text).splitlines()]
    with FaultRouter(answers(404, NOT_FOUND)) as router:
        environ = environment(tmp_path, router_url=router.url)
        settings = {name: value for name, value in environ.items() if name.startswith("ESCV_")}
        printed = run_documented("\n".join([f"cd {ROOT}", *lines]), tmp_path, **settings)

    assert "Status service: It answers" in printed
    assert '"exit_code": ' in printed
