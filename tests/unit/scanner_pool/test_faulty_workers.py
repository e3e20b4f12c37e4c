"""A picture that harms its worker affects only itself."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

import pytest

from scanner.errors import ImageRefused
from scanner.pool import DecodePool
from tests.support.faulty_worker import PRINTED
from tests.support.raw_pictures import DOT, marked
from tests.unit.scanner_pool.conftest import FAULTY_WORKER

if TYPE_CHECKING:
    from collections.abc import Iterator

MALFORMED = [
    "endless",
    "half a length",
    "half a frame",
    "length only",
    "no json",
    "no text",
    "nested",
    "numbers",
    "other code",
    "bare list",
]


@pytest.fixture(name="hasty")
def _hasty() -> Iterator[DecodePool]:
    pool = DecodePool(wall_s=0.2, command=FAULTY_WORKER)
    yield pool
    pool.close()


def code_of(pool: DecodePool, picture: bytes) -> str:
    """The code of the refusal for a picture."""
    with pytest.raises(ImageRefused) as refusal:
        pool.read_image(picture)
    return refusal.value.code


@pytest.mark.parametrize("mark", ["segv", "abort", "exit", *MALFORMED])
def test_a_picture_that_breaks_its_worker_affects_itself_only(faulty: DecodePool, mark: str) -> None:
    """A crash or a malformed answer is a refusal, and a new worker reads the next picture."""
    before = faulty.read_image(marked("pid"))

    assert code_of(faulty, marked(mark)) == "reader_failed"
    assert faulty.read_image(marked("pid")) != before


def test_a_picture_that_hangs_is_refused(hasty: DecodePool) -> None:
    """The time limit ends the worker, and a new one reads the next picture."""
    before = hasty.read_image(marked("pid"))

    assert code_of(hasty, marked("hang")) == "reader_failed"
    assert hasty.read_image(marked("pid")) != before


@pytest.mark.parametrize(("mark", "code"), [("refuse", "image_unreadable"), ("fail", "reader_failed")])
def test_an_ordinary_refusal_keeps_the_worker(faulty: DecodePool, mark: str, code: str) -> None:
    """A damaged picture, or a decoder that raises, needs no restart."""
    before = faulty.read_image(marked("pid"))

    assert code_of(faulty, marked(mark)) == code
    assert faulty.read_image(marked("pid")) == before


def test_a_picture_that_needs_too_much_memory_is_refused(faulty: DecodePool) -> None:
    """The memory limit causes a refusal, and the worker continues."""
    before = faulty.read_image(marked("pid"))

    assert code_of(faulty, marked("crowd")) == "reader_failed"
    assert faulty.read_image(marked("pid")) == before


def test_output_of_libraries_is_discarded(faulty: DecodePool, capfd: pytest.CaptureFixture[str]) -> None:
    """Printed text neither breaks the pipe nor appears in the output of the web process."""
    assert faulty.read_image(marked("chatter")) == ["read all the same"]
    assert faulty.read_image(DOT) == []
    assert capfd.readouterr() == ("", "")


def test_no_log_quotes_the_picture(faulty: DecodePool, caplog: pytest.LogCaptureFixture) -> None:
    """A failure is logged with the size of the picture, without any of its content or of the answer."""
    with caplog.at_level(logging.DEBUG, "scanner"):
        for mark in ("fail", "other code", "segv"):
            assert code_of(faulty, marked(mark)) == "reader_failed"

    assert "ended its decode worker" in caplog.text
    assert PRINTED not in caplog.text


def test_a_long_answer_arrives_whole(faulty: DecodePool) -> None:
    """Texts larger than a pipe come through."""
    assert faulty.read_image(marked("long")) == ["x" * 200_000]


def test_the_worker_has_limits(faulty: DecodePool) -> None:
    """It may use 1 GB, write neither files nor core dumps, and open few files."""
    assert faulty.read_image(marked("bounds")) == [
        f"RLIMIT_AS {1024**3}",
        "RLIMIT_CORE 0",
        "RLIMIT_FSIZE 0",
        "RLIMIT_NOFILE 32",
    ]


def test_the_worker_gets_no_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    """Only the environment variables that Python needs to start are passed on."""
    monkeypatch.setenv("ESCV_SECRET_KEY", "unused")
    pool = DecodePool(command=FAULTY_WORKER)
    try:
        names = pool.read_image(marked("environment"))
    finally:
        pool.close()

    assert "PYTHONPATH" in names
    assert "ESCV_SECRET_KEY" not in names
