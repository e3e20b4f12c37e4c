"""Which modules a page's script needs at once, so that the browser asks for all of them together."""

from __future__ import annotations

import re
from functools import cache
from pathlib import PurePosixPath

from validator.assets import FOLDER

# Static imports only: what is imported later, with import(…), is not needed for the first look.
_IMPORT = re.compile(r"""^\s*(?:import|export)\s(?:[^"';]*?\sfrom\s*)?["'](\.[^"']+)["']""", re.MULTILINE)


@cache
def modules_of(entry: str) -> tuple[str, ...]:
    """The static files that this script imports, at any depth, the nearest first; without itself."""
    found: dict[str, None] = {}
    waiting = [entry]
    while waiting:
        name = waiting.pop(0)
        for target in _imports(name):
            if target not in found and target != entry:
                found[target] = None
                waiting.append(target)
    return tuple(found)


def _imports(name: str) -> list[str]:
    source = (FOLDER / name).read_text(encoding="utf-8")
    return [_resolve(PurePosixPath(name).parent, target) for target in _IMPORT.findall(source)]


def _resolve(folder: PurePosixPath, target: str) -> str:
    parts: list[str] = []
    for part in (folder / target).parts:
        if part == "..":
            parts.pop()
        elif part != ".":
            parts.append(part)
    return "/".join(parts)
