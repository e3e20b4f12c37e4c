"""Whatever a picture does to its child, it costs that picture alone."""

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

NONSENSE = [
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
    """The refusal that a picture gets."""
    with pytest.raises(ImageRefused) as refusal:
        pool.read_image(picture)
    return refusal.value.code


@pytest.mark.parametrize("mark", ["segv", "abort", "exit", *NONSENSE])
def test_a_picture_that_breaks_its_child_costs_itself_alone(odd: DecodePool, mark: str) -> None:
    """A crash and an answer that is none are a refusal, and the next picture is read by a new child."""
    before = odd.read_image(marked("pid"))

    assert code_of(odd, marked(mark)) == "reader_failed"
    assert odd.read_image(marked("pid")) != before


def test_a_picture_that_hangs_is_given_up(hasty: DecodePool) -> None:
    """The wall limit ends the child, and the next picture is read by a new one."""
    before = hasty.read_image(marked("pid"))

    assert code_of(hasty, marked("hang")) == "reader_failed"
    assert hasty.read_image(marked("pid")) != before


@pytest.mark.parametrize(("mark", "code"), [("refuse", "image_unreadable"), ("fail", "reader_failed")])
def test_an_ordinary_refusal_keeps_the_child(odd: DecodePool, mark: str, code: str) -> None:
    """A damaged picture, and a decoder that raises, do not cost a restart."""
    before = odd.read_image(marked("pid"))

    assert code_of(odd, marked(mark)) == code
    assert odd.read_image(marked("pid")) == before


def test_a_picture_that_wants_too_much_memory_is_refused(odd: DecodePool) -> None:
    """The memory limit is a refusal inside the child, which lives on."""
    before = odd.read_image(marked("pid"))

    assert code_of(odd, marked("crowd")) == "reader_failed"
    assert odd.read_image(marked("pid")) == before


def test_what_libraries_print_reaches_nobody(odd: DecodePool, capfd: pytest.CaptureFixture[str]) -> None:
    """Printed text neither breaks the stream nor shows up in the outputs of the web process."""
    assert odd.read_image(marked("chatter")) == ["read all the same"]
    assert odd.read_image(DOT) == []
    assert capfd.readouterr() == ("", "")


def test_no_log_quotes_the_picture(odd: DecodePool, caplog: pytest.LogCaptureFixture) -> None:
    """What went wrong is logged by size, without a word of what was in the picture or the answer."""
    with caplog.at_level(logging.DEBUG, "scanner"):
        for mark in ("fail", "other code", "segv"):
            assert code_of(odd, marked(mark)) == "reader_failed"

    assert "ended its decode worker" in caplog.text
    assert PRINTED not in caplog.text


def test_a_long_answer_arrives_whole(odd: DecodePool) -> None:
    """Texts larger than a pipe come through."""
    assert odd.read_image(marked("long")) == ["x" * 200_000]


def test_the_child_is_bound(odd: DecodePool) -> None:
    """It may use 1 GB, write no file and no core, and open few."""
    assert odd.read_image(marked("bounds")) == [
        f"RLIMIT_AS {1024**3}",
        "RLIMIT_CORE 0",
        "RLIMIT_FSIZE 0",
        "RLIMIT_NOFILE 32",
    ]


def test_the_child_gets_none_of_our_secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of the environment only what Python needs to start is passed on."""
    monkeypatch.setenv("ESCV_SECRET_KEY", "nobody's")
    pool = DecodePool(command=FAULTY_WORKER)
    try:
        names = pool.read_image(marked("environment"))
    finally:
        pool.close()

    assert "PYTHONPATH" in names
    assert "ESCV_SECRET_KEY" not in names
