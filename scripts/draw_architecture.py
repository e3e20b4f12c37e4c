"""Draw docs/pictures/architecture.svg from the imports: packages as boxes, each above all that it imports.

    .venv/bin/python scripts/draw_architecture.py [--check]

With --check nothing is written; exit code 1 if the picture is not that of the imports.
"""

from __future__ import annotations

import ast
import sys
from itertools import pairwise
from pathlib import Path
from xml.sax.saxutils import escape

ROOT = Path(__file__).resolve().parents[1]
PICTURE = ROOT / "docs" / "pictures" / "architecture.svg"
BASE = "verdict, keys, database, logging, i18n"
# Modules directly under validator/ that belong to another box; all others there are part of BASE.
BOXES = {
    "__init__": "create_app, build",
    "build": "create_app, build",
    "housekeeping": "create_app, build",
    "errors": "create_app, build",
    "services": "services",
    "assets": "assets",
    "settings": "settings",
}
WIDTH, LANE, HEIGHT, GAP_X, GAP_Y, MARGIN = 146, 8, 36, 20, 54, 20
SWEEPS = 24
PURE = {"scanner/", "offline_cache/"}
STYLE = """
  text { font: 15px sans-serif; text-anchor: middle; dominant-baseline: central; fill: #1b1b1f }
  rect { fill: #eef1fb; stroke: #2c4390; rx: 6 }
  rect.base { fill: #f4f1e8; stroke: #7a6a3a }
  rect.pure { fill: #e6f4ea; stroke: #256c3c }
  path { stroke: #6b7599; fill: none }
  .note { font-size: 13px; text-anchor: start; fill: #4a4a55 }
"""


def box_of(path: Path) -> str:
    """The box of this module."""
    parts = path.relative_to(ROOT).with_suffix("").parts
    if parts[0] != "validator":
        return f"{parts[0]}/"
    if len(parts) > 2:  # noqa: PLR2004 - validator, package, module
        return f"{parts[1]}/" if parts[1] != "migrations" else BASE
    return BOXES.get(parts[1], BASE)


def module_of(name: str) -> Path | None:
    """The file of a dotted name, if it is ours."""
    path = ROOT.joinpath(*name.split("."))
    if path.with_suffix(".py").is_file():
        return path.with_suffix(".py")
    return path / "__init__.py" if (path / "__init__.py").is_file() else None


def imported(path: Path) -> set[Path]:
    """The project's modules that this one imports, also those for types only."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            deeper = {f"{node.module}.{alias.name}" for alias in node.names}
            names |= {name for name in deeper if module_of(name)} or {node.module}
    return {found for name in names if (found := module_of(name))}


def graph() -> dict[str, set[str]]:
    """For each box the boxes that it imports."""
    found: dict[str, set[str]] = {}
    for folder in ("validator", "scanner", "offline_cache"):
        for path in sorted((ROOT / folder).rglob("*.py")):
            box = box_of(path)
            found.setdefault(box, set()).update(box_of(one) for one in imported(path))
    return {box: targets - {box} for box, targets in found.items()}


def reach(arrows: dict[str, set[str]], start: str, without: str | None = None) -> set[str]:
    """The boxes that this one reaches; the direct arrow to `without` is not followed."""
    found: set[str] = set()
    ahead = [target for target in arrows[start] if target != without]
    while ahead:
        box = ahead.pop()
        if box not in found:
            found.add(box)
            ahead += arrows[box]
    return found


def drawn_arrows(arrows: dict[str, set[str]]) -> list[tuple[str, str]]:
    """The arrows without those that a longer way replaces, and without those of BASE."""
    packages = {box: targets - {BASE} for box, targets in arrows.items() if box != BASE}
    return [
        (box, target)
        for box, targets in sorted(packages.items())
        for target in sorted(targets)
        if target not in reach(packages, box, without=target)
    ]


def rows(arrows: list[tuple[str, str]], boxes: set[str]) -> list[list[str]]:
    """The boxes in rows, the top row first: each box is above all that it imports."""
    left, placed = set(boxes), list[list[str]]()
    while left:
        row = {box for box in left if not any(a == box and b in left for a, b in arrows)}
        if not row:
            sys.exit(f"these packages import each other: {', '.join(sorted(left))}")
        placed.append(sorted(row))
        left -= row
    return placed[::-1]


def lanes(arrows: list[tuple[str, str]], placed: list[list[str]]) -> list[list[str]]:
    """The way of each arrow: its boxes, and a lane in each row that it passes. Adds the lanes to the rows."""
    row_of = {box: line for line, row in enumerate(placed) for box in row}
    ways = []
    for box, target in arrows:
        passed = range(row_of[box] + 1, row_of[target])
        names = [f"|{box}|{target}|{line}" for line in passed]
        for line, name in zip(passed, names, strict=True):
            placed[line].append(name)
        ways.append([box, *names, target])
    return ways


def width(name: str) -> float:
    """How wide a box or a lane is."""
    return LANE if name.startswith("|") else WIDTH


def crossings(placed: list[list[str]], steps: list[tuple[str, str]]) -> int:
    """How many pairs of lines cross between two rows."""
    place = {name: (line, column) for line, row in enumerate(placed) for column, name in enumerate(row)}
    ends = sorted((place[a][0], place[a][1], place[b][1]) for a, b in steps)
    return sum(
        1
        for at, (line, left, right) in enumerate(ends)
        for other, left2, right2 in ends[at + 1 :]
        if other == line and left < left2 and right > right2
    )


def untangle(placed: list[list[str]], steps: list[tuple[str, str]]) -> list[list[str]]:
    """The rows with the fewest crossings that some sweeps find: each name moves to its neighbours' middle."""
    best = [list(row) for row in placed]
    for sweep in range(SWEEPS):
        down = sweep % 2 == 0
        for line in range(len(placed)) if down else reversed(range(len(placed))):
            other = line - 1 if down else line + 1
            beside = placed[other] if 0 <= other < len(placed) else []
            ends = [(a, b) if down else (b, a) for a, b in steps]
            middle = {}
            for column, name in enumerate(placed[line]):
                at = [beside.index(a) / len(beside) for a, b in ends if b == name and a in beside]
                middle[name] = sum(at) / len(at) if at else column / len(placed[line])
            placed[line].sort(key=lambda name: middle[name])
        if crossings(placed, steps) < crossings(best, steps):
            best = [list(row) for row in placed]
    return best


def places(placed: list[list[str]], whole: float) -> dict[str, tuple[float, float]]:
    """The upper left corner of each box and lane; rows are centred."""
    at = {}
    for line, row in enumerate(placed):
        left = (whole - sum(map(width, row)) - GAP_X * (len(row) - 1)) / 2
        for name in row:
            at[name] = (left, MARGIN + line * (HEIGHT + GAP_Y))
            left += width(name) + GAP_X
    return at


def curve(way: list[str], at: dict[str, tuple[float, float]]) -> str:
    """One arrow, from the lower edge of its first box, along its lanes, to the upper edge of its last."""
    d = ""
    for name, following in pairwise(way):
        (x1, y1), (x2, y2) = at[name], at[following]
        x1, y1, x2 = x1 + width(name) / 2, y1 + HEIGHT, x2 + width(following) / 2
        bend = (y1 + y2) / 2
        d += f"M{x1:g} {y1:g}" if not d else f" V{y1:g}"
        d += f" C{x1:g} {bend:g} {x2:g} {bend:g} {x2:g} {y2:g}"
    return f'<path marker-end="url(#tip)" d="{d}"/>'


def rectangle(name: str, x: float, y: float, wide: float, kind: str) -> str:
    """A box with its label."""
    return (
        f'<rect class="{kind}" x="{x:g}" y="{y:g}" width="{wide:g}" height="{HEIGHT}"/>'
        f'<text x="{x + wide / 2:g}" y="{y + HEIGHT / 2:g}">{escape(name)}</text>'
    )


def draw() -> str:
    """The picture. An arrow is left out where a longer way leads to the same box."""
    arrows = graph()
    shown = drawn_arrows(arrows)
    placed = rows(shown, set(arrows) - {BASE})
    ways = lanes(shown, placed)
    placed = untangle(placed, [step for way in ways for step in pairwise(way)])
    whole = 2 * MARGIN + max(sum(map(width, row)) + GAP_X * (len(row) - 1) for row in placed)
    at = places(placed, whole)
    bar = MARGIN + len(placed) * (HEIGHT + GAP_Y) - GAP_Y + 24
    high = bar + HEIGHT + 2 * MARGIN + 8
    boxes = [
        rectangle(box, x, y, WIDTH, "pure" if box in PURE else "")
        for box, (x, y) in sorted(at.items())
        if not box.startswith("|")
    ]
    boxes.append(rectangle(f"single modules: {BASE} …", MARGIN, bar, whole - 2 * MARGIN, "base"))
    note = "An arrow leads to what is imported. All packages of validator/ may import the single modules."
    boxes.append(f'<text class="note" x="{MARGIN}" y="{bar + HEIGHT + MARGIN:g}">{note}</text>')
    tip = '<marker id="tip" viewBox="0 0 8 8" refX="8" refY="4" markerWidth="8" markerHeight="8" '
    tip += 'orient="auto">'
    tip += '<path d="M0 0 L8 4 L0 8 z" style="fill:#6b7599"/></marker>'
    head = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {whole:g} {high:g}" role="img">'
    title = "<title>The packages of ESC Validator; an arrow leads to what is imported</title>"
    ground = f'<path d="M0 0H{whole:g}V{high:g}H0z" style="fill:#fff;stroke:none"/>'
    drawn = [curve(way, at) for way in ways]
    return "\n".join(
        [head, title, f"<style>{STYLE}</style>", f"<defs>{tip}</defs>", ground, *drawn, *boxes, "</svg>\n"]
    )


def main() -> None:
    """Write the picture, or compare it."""
    drawn = draw()
    if "--check" in sys.argv:
        sys.exit(0 if PICTURE.read_text(encoding="utf-8") == drawn else "draw the picture again")
    PICTURE.write_text(drawn, encoding="utf-8")


if __name__ == "__main__":
    main()
