"""docs/asvs.md has every line of levels 1 and 2 of the OWASP ASVS 5.0.0 once, and names tests that exist."""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
# The level of each requirement of a section, in order; 70 are of level 1, 183 of level 2, 92 of level 3.
SECTIONS = """
1.1 22  1.2 1111122223  1.3 112222222223  1.4 222  1.5 123
2.1 122  2.2 112  2.3 12223  2.4 23
3.1 3  3.2 113  3.3 12223  3.4 11222233  3.5 11122333  3.6 3  3.7 22333
4.1 12233  4.2 23333  4.3 22  4.4 1222
5.1 2  5.2 112333  5.3 113  5.4 222
6.1 122  6.2 111111112222  6.3 11223333  6.4 112233  6.5 22222333  6.6 2223  6.7 33  6.8 2222
7.1 222  7.2 1111  7.3 22  7.4 11222  7.5 223  7.6 22
8.1 1233  8.2 1123  8.3 133  8.4 23
9.1 111  9.2 1222
10.1 22  10.2 223  10.3 22223  10.4 1111122222233333  10.5 22222  10.6 22  10.7 222
11.1 2233  11.2 22233  11.3 11233  11.4 1222  11.5 23  11.6 23  11.7 33
12.1 12233  12.2 11  12.3 22223
13.1 2333  13.2 222223  13.3 2233  13.4 1222233
14.1 22  14.2 12223333  14.3 122
15.1 12233  15.2 12233  15.3 1222222  15.4 3333
16.1 2  16.2 22222  16.3 2222  16.4 222  16.5 2223
17.1 23  17.2 22223333  17.3 22
"""
ROW = re.compile(r"\| (\d+\.\d+\.\d+) \| (\d) \| ([^|]+) \| ([^|]+) \|")
REASONS = ("does not apply: ", "operator: ", "written: ", "not held: ")
# What nothing holds: lower it with each that is mended, and say in the page why where it must be raised.
NOT_HELD = 5


def levels() -> dict[str, int]:
    """Every requirement's number and level."""
    words = SECTIONS.split()
    return {
        f"{section}.{at}": int(level)
        for section, digits in zip(words[::2], words[1::2], strict=True)
        for at, level in enumerate(digits, 1)
    }


def rows() -> list[tuple[str, int, str]]:
    """(number, level, what holds it) of every line of the page's tables."""
    page = (ROOT / "docs" / "asvs.md").read_text(encoding="utf-8")
    lines = [line for line in page.splitlines() if re.match(r"\| \d", line)]
    found = [ROW.fullmatch(line) for line in lines]
    assert [line[:40] for line, match in zip(lines, found, strict=True) if match is None] == []
    return [(match[1], int(match[2]), match[4]) for match in found if match]


@cache
def defined_in(path: str) -> frozenset[str]:
    """The tests that a file defines; none where there is no such file."""
    file = ROOT / path
    if not file.is_file():
        return frozenset()
    tree = ast.parse(file.read_text(encoding="utf-8"))
    return frozenset(node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef))


def test_the_standard_is_whole() -> None:
    """The table above has as many requirements of each level as the standard's release 5.0.0."""
    numbers = list(levels().values())

    assert [numbers.count(level) for level in (1, 2, 3)] == [70, 183, 92]


def test_every_requirement_of_both_levels_has_its_line() -> None:
    """Each once, in order, with its level, and none of level 3."""
    asked = [(number, level) for number, level in levels().items() if level < 3]

    assert [(number, level) for number, level, _ in rows()] == asked


def test_every_test_that_is_named_exists() -> None:
    """A test that was renamed or removed takes its line with it."""
    named = re.findall(r"`(tests/[^`:]+)::([^`]+)`", "\n".join(held for _, _, held in rows()))
    missing = [f"{path}::{name}" for path, name in named if name not in defined_in(path)]

    assert len(named) > 150
    assert missing == []


def test_every_line_has_a_test_or_a_reason() -> None:
    """“Held by” begins with a test, or with one of the words that the page explains."""
    odd = [number for number, _, held in rows() if not held.startswith(("`tests/", *REASONS))]

    assert odd == []


def test_what_is_not_held_is_counted() -> None:
    """A new hole is seen in this figure, and so is a mended one."""
    holes = [number for number, _, held in rows() if held.startswith("not held: ")]

    assert len(holes) == NOT_HELD, holes
