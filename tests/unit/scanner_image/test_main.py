"""`python -m scanner IMAGE…` prints a line for each picture, without foreign text."""

from __future__ import annotations

import json
import runpy
from typing import TYPE_CHECKING

import cv2
import pytest

from scanner import __main__ as command
from scanner.__main__ import main
from scanner.errors import ChoiceRefused, ImageRefused, NotAnEscCode
from tests.support.drawing_symbols import PLAIN, raster

if TYPE_CHECKING:
    from pathlib import Path

ANNA = "3e506370-826a-103d-bf76-001000000001"
WIFI = "WIFI:T:WPA;S:canteen;P:secret-of-the-canteen;;"


def card(folder: Path, name: str, text: str) -> str:
    path = folder / name
    path.write_bytes(bytes(cv2.imencode(".png", raster(text, PLAIN))[1]))
    return str(path)


def test_a_card_gives_its_number(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Anna's picture gives her number and exit code 0."""
    image = card(tmp_path, "anna.png", f"https://s.esc-r.eu/{ANNA}")

    assert main([image]) == 0
    assert capsys.readouterr().out == f"{image}: {ANNA}\n"


def test_warnings_follow_the_number(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The number of a sandbox card has its warning."""
    main([card(tmp_path, "anna.png", f"http://pp.esc.gg/{ANNA}")])

    assert capsys.readouterr().out.endswith(f"{ANNA} sandbox_card\n")


def test_a_foreign_code_shows_its_kind_only(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A Wi-Fi poster gives its kind; the password is not printed, and the exit code is 1."""
    assert main([card(tmp_path, "poster.png", WIFI)]) == 1

    said = capsys.readouterr()
    assert said.out.endswith(": not_an_esc_code (wifi)\n")
    assert "secret" not in said.out + said.err


def test_json_is_one_object_a_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """With --json a card, a poster and a lost file are three objects."""
    images = [
        card(tmp_path, "anna.png", ANNA),
        card(tmp_path, "poster.png", WIFI),
        str(tmp_path / "lost.png"),
    ]

    assert main(["--json", *images]) == 1
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [(line["escn"], line["code"], line["kind"]) for line in lines] == [
        (ANNA, None, None),
        (None, "not_an_esc_code", "wifi"),
        (None, "file_not_readable", None),
    ]


def test_a_damaged_picture_is_one_line_too(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A file that is no picture gives its code, without a traceback."""
    path = tmp_path / "empty.jpg"
    path.write_bytes(b"")

    assert main([str(path)]) == 1
    assert capsys.readouterr().out == f"{path}: image_unreadable\n"


def test_each_refusal_prints_its_advice_once(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Each code has an advice, on standard error; a file name that is no valid text is printed, too."""
    codes = {*NotAnEscCode.CODES, *ChoiceRefused.CODES, *ImageRefused.CODES, "file_not_readable"}

    assert main([str(tmp_path / "a.png"), str(tmp_path / "b\udcff.png"), f"{tmp_path}/\0"]) == 1

    said = capsys.readouterr()
    assert said.err == f"file_not_readable: {command.ADVICE['file_not_readable']}\n"
    assert said.out.count("file_not_readable") == 3
    assert set(command.ADVICE) == codes


def test_the_command_ends_with_its_exit_code(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As a command it exits with 0 if every picture holds a number."""
    monkeypatch.setattr("sys.argv", ["scanner", card(tmp_path, "anna.png", ANNA)])

    with pytest.raises(SystemExit) as left:
        runpy.run_path(str(command.__file__), run_name="__main__")
    assert left.value.code == 0
