"""Nothing that people bring or are reaches a log line: not as a value, a message, an exception or a key."""

from __future__ import annotations

import ast
import io
import json
import logging
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import structlog

from validator.logging import configure, handler
from validator.redaction import TEXT_KEYS, describe_error, redact_event, redact_text

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[2]
NUMBER = "3e506370-826a-103d-bf76-001000000001"
TOKEN = "escv_" + "Zk3vQ9mXr7LpW2nYc8Hs" * 2 + "abc"
FOREIGN = "Matrikel 4711 0815"


@pytest.fixture(name="written")
def _written() -> Iterator[io.StringIO]:
    """What our handler writes, while it stands in the place of whatever tests use."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    configure()
    stream = io.StringIO()
    root.handlers[:] = [into(stream)]
    yield stream
    root.handlers[:] = handlers
    root.setLevel(level)
    structlog.reset_defaults()


def into(stream: io.StringIO) -> logging.Handler:
    """Our handler, writing here."""
    ours = handler()
    assert isinstance(ours, logging.StreamHandler)
    ours.setStream(stream)
    return ours


@pytest.mark.parametrize(
    "form",
    [
        NUMBER,
        NUMBER.upper(),
        NUMBER.replace("-", ""),
        NUMBER.replace("-", "ß"),
        NUMBER.replace("-", " – "),
        NUMBER.replace("-", "%2D"),
        NUMBER.replace("-", "\u2212"),
        " ".join(NUMBER.replace("-", "")[at : at + 4] for at in range(0, 32, 4)),
        NUMBER.translate({ord(digit): ord(digit) + 0xFEE0 for digit in "0123456789abcdef"}),
        f"https://s.esc-r.eu/{NUMBER}?x=1",
    ],
)
def test_a_card_number_is_struck_out_in_any_form(form: str) -> None:
    """As typed, as scanned with another keyboard, as part of an address."""
    struck = redact_text(f"reading {form} failed")

    assert "001000000001" not in struck.replace(" ", "")
    assert "[number]" in struck


@pytest.mark.parametrize(
    ("text", "secret"),
    [
        (f"token {TOKEN} refused", TOKEN),
        (f"Authorization: Bearer {TOKEN}", TOKEN),
        ("sent Bearer abc.def-ghi", "abc.def-ghi"),
        ("Cookie: __Host-escv=eyJf.x.y; other=1", "eyJf.x.y"),
        ("{'Cookie': '__Host-escv=eyJf.x.y'}", "eyJf.x.y"),
        ("username=sara&password=lindenburg", "lindenburg"),
        ("postgresql://escv:geheim@db/escv", "geheim"),
        ("urn:schac:personalUniqueCode:int:esi:lmu.de:12345", "12345"),
    ],
)
def test_a_secret_is_struck_out(text: str, secret: str) -> None:
    """Tokens, cookies, passwords, and the student identifiers that some cards carry."""
    assert secret not in redact_text(text)


@pytest.mark.parametrize(
    "text", ["2026-11-24T17:19:22.603084Z", "Listening at: http://127.0.0.1:8000 (4711)", "1.2.3 took 250 ms"]
)
def test_what_is_harmless_stays(text: str) -> None:
    """Times, addresses and figures can still be read."""
    assert redact_text(text) == text


def test_text_under_another_key_is_left_out() -> None:
    """Whoever adds a key says in one place that its text is ours; figures need nobody's leave."""
    line = redact_event({"event": "x", "input": FOREIGN, "name": "Sara", "count": 3, "found": [FOREIGN]})

    assert line["count"] == 3
    assert {line["input"], line["name"], line["found"]} == {"[left out]"}


def test_an_exception_is_told_by_its_kind_and_place(written: io.StringIO) -> None:
    """Its message, and those of its causes, may quote what was read; so may other programs' words."""

    def read(text: str) -> None:
        try:
            int(text)
        except ValueError as error:
            raise KeyError(text) from error

    try:
        read(FOREIGN)
    except KeyError:
        structlog.get_logger("validator.test").exception("fault", kind="KeyError")
        logging.getLogger("elsewhere").exception("could not read %s of %d", FOREIGN, 7)

    ours, theirs = (json.loads(line) for line in written.getvalue().splitlines())
    assert "4711" not in written.getvalue()
    assert ours["exception"].startswith("KeyError at test_redaction.py:")
    assert ", after ValueError at test_redaction.py:" in ours["exception"]
    assert (theirs["event"], theirs["logger"]) == ("could not read … of 7", "elsewhere")


class Full(io.StringIO):
    """A disk on which nothing more can be written."""

    def write(self, _text: str, /) -> int:
        raise OSError(28, "no space left")


def test_a_line_that_cannot_be_written_quotes_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    """The standard library would print the values and where they came from."""
    values = (FOREIGN,)
    record = logging.LogRecord("validator.x", logging.WARNING, "here.py", 1, "%s again", values, None)

    into(Full()).handle(record)

    assert json.loads(capsys.readouterr().err) == {"event": "log_line_lost", "logger": "validator.x"}


def test_uncaught_errors_are_logged_the_same_way(
    written: io.StringIO, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Commands that break, and threads that end by an exception."""
    monkeypatch.setattr(sys, "excepthook", sys.__excepthook__)
    configure()
    logging.getLogger().handlers[:] = [into(written)]
    error = ValueError(FOREIGN)

    sys.excepthook(ValueError, error, None)

    assert (
        json.loads(written.getvalue())["exception"] == describe_error(error) == "ValueError at unknown place"
    )


def test_every_log_event_uses_known_keys_for_text() -> None:
    """The text of an unlisted key is lost silently."""
    figures = {
        "status", "person", "ended", "seconds", "rejected", "waiting", "lost", "caller_id", "count",
        "first", "last",
    }  # fmt: skip
    used: set[str] = set()
    for path in [ROOT / "wsgi.py", *(ROOT / "validator").rglob("*.py")]:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and _is_log(node.func):
                used |= {
                    keyword.arg for keyword in node.keywords if keyword.arg and keyword.arg != "exc_info"
                }

    assert used
    assert used <= TEXT_KEYS | figures, (
        "list the key in validator/redaction.py if its text comes from our code, or here"
    )


def _is_log(function: ast.Attribute) -> bool:
    is_method = function.attr in {"debug", "info", "warning", "error", "exception", "critical"}
    return is_method and "log" in ast.unparse(function.value)
