"""Which other static files a script needs. Pure: sources come in, names go out."""

from __future__ import annotations

import re
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

# Static imports only: what is imported later, with import(…), is not needed for the first look.
_IMPORT = re.compile(r"""^\s*(?:import|export)\s(?:[^"';]*?\sfrom\s*)?["'](\.[^"']+)["']""", re.MULTILINE)
# Later imports, workers and wasm files, too: each is the relative address of a file in a string.
_ADDRESS = re.compile(r"""["'](\.{1,2}/[^"'\s]+\.(?:js|wasm))["']""")


def imports(name: str, source: str) -> tuple[str, ...]:
    """The static files that this script imports at once, in its order."""
    return _resolved(name, _IMPORT.findall(source))


def addresses(name: str, source: str) -> tuple[str, ...]:
    """All static files that this script may ask for. `source` has no comments: types are named in them."""
    return _resolved(name, _ADDRESS.findall(source))


def closure(entry: str, imports_of: Callable[[str], Iterable[str]]) -> tuple[str, ...]:
    """The static files that this script imports, at any depth, the nearest first; without itself."""
    found: dict[str, None] = {}
    waiting = [entry]
    while waiting:
        for target in imports_of(waiting.pop(0)):
            if target not in found and target != entry:
                found[target] = None
                waiting.append(target)
    return tuple(found)


def _resolved(name: str, targets: list[str]) -> tuple[str, ...]:
    return tuple(_resolve(PurePosixPath(name).parent, target) for target in targets)


def _resolve(folder: PurePosixPath, target: str) -> str:
    parts: list[str] = []
    for part in (folder / target).parts:
        if part == "..":
            parts.pop()
        elif part != ".":
            parts.append(part)
    return "/".join(parts)
