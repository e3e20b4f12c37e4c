"""What a line of the log is: one JSON object, with its time in UTC, and never a card number."""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from tests.support.cards import ANNA

ROOT = Path(__file__).parents[2]
START = "import logging, structlog; from validator.logging import configure; configure()"


def lines_of(*code: str) -> list[dict[str, Any]]:
    """What a process of ours writes to standard error when it runs this, line by line."""
    command = [sys.executable, "-c", "\n".join([START, *code])]
    ran = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True)
    assert ran.stdout == ""
    return [json.loads(line) for line in ran.stderr.rstrip("\n").split("\n")]


def test_every_line_says_what_when_and_where() -> None:
    """Ours and other libraries' alike: event, level, logger, and the time in UTC."""
    ours, theirs = lines_of(
        "structlog.get_logger('validator.x').info('signed_in', person=3)",
        "logging.getLogger('lib').warning('odd')",
    )

    assert (ours["event"], ours["level"], ours["logger"]) == ("signed_in", "info", "validator.x")
    assert (theirs["event"], theirs["level"], theirs["logger"]) == ("odd", "warning", "lib")
    assert ours["person"] == 3
    for line in (ours, theirs):
        assert line["timestamp"].endswith("Z")
        assert abs(datetime.now(UTC) - datetime.fromisoformat(line["timestamp"])) < timedelta(minutes=5)


def test_no_value_can_begin_a_line_of_its_own() -> None:
    """Whatever breaks lines stays inside one value of one line."""
    forged = 'till\n{"event": "signed_in"}\r\n\x1b[31m\u2028'

    lines = lines_of(f"structlog.get_logger('validator.x').info('device_added', hint={forged!r})")

    assert [line["event"] for line in lines] == ["device_added"]


def test_no_line_holds_a_card_number() -> None:
    """Not as a value, not inside a text or a list, not in another library's words, not in a traceback."""
    lines = lines_of(
        f"number = '{ANNA}'",
        "log = structlog.get_logger('validator.x')",
        "log.info('odd ' + number, card=number.upper(), all=[number.replace('-', '')])",
        "logging.getLogger('lib').warning('GET /cards/%s', number)",
        "try:\n    raise ValueError(number)\nexcept ValueError:\n    log.exception('fault')",
    )
    text = json.dumps(lines).lower()

    assert len(lines) == 3
    assert ANNA not in text
    assert ANNA.replace("-", "") not in text
