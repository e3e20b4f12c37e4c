"""Draw docs/pictures/architecture.svg from the imports: packages as boxes, each above all that it imports.

    .venv/bin/python scripts/draw_architecture.py [--check]

With --check nothing is written; exit code 1 where the picture is not that of the imports.
"""

from __future__ import annotations

import ast
import sys
from pathlib import Path
from xml.sax.saxutils import escape

ROOT = Path(__file__).resolve().parents[1]
PICTURE = ROOT / "docs" / "pictures" / "architecture.svg"
BASE = "settings, keys, logging, messages"
TOP = "create_app, build"
# Modules directly under validator/; all others there are part of BASE.
TOP_MODULES = {"__init__", "build", "housekeeping"}
SERVICES = {"services"}
WIDTH, HEIGHT, GAP_X, GAP_Y, MARGIN = 150, 40, 24, 62, 20
STYLE = """
  text { font: 14px sans-serif; text-anchor: middle; dominant-baseline: central; fill: #1b1b1f }
  rect { fill: #eef1fb; stroke: #2c4390; rx: 6 }
  path { stroke: #8089a8; fill: none }
"""


def box_of(path: Path) -> str:
    """The box of this module."""
    parts = path.relative_to(ROOT).with_suffix("").parts
    if parts[0] != "validator":
        return parts[0]
    if len(parts) > 2:  # noqa: PLR2004 - validator, package, module
        return f"validator/{parts[1]}" if parts[1] != "migrations" else BASE
    return TOP if parts[1] in TOP_MODULES else "services" if parts[1] in SERVICES else BASE


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


def rows(arrows: dict[str, set[str]]) -> list[list[str]]:
    """The boxes in rows: each box stands above all that it imports; boxes of one cycle share a row."""
    left, placed = set(arrows), list[list[str]]()
    while left:
        row = {
            box for box in left if all(one not in left or box in reach(arrows, one) for one in arrows[box])
        }
        row = {box for box in row if not ((reach(arrows, box) & left) - row - {box})} or row
        placed.append(sorted(row))
        left -= row
    return placed[::-1]


def draw() -> str:
    """The picture. An arrow is left out where a longer way leads to the same box."""
    arrows = graph()
    placed = rows(arrows)
    widest = max(len(row) for row in placed)
    whole = 2 * MARGIN + widest * WIDTH + (widest - 1) * GAP_X
    high = 2 * MARGIN + len(placed) * HEIGHT + (len(placed) - 1) * GAP_Y
    at = {}
    for line, row in enumerate(placed):
        left = (whole - len(row) * WIDTH - (len(row) - 1) * GAP_X) / 2
        for column, box in enumerate(row):
            at[box] = (left + column * (WIDTH + GAP_X), MARGIN + line * (HEIGHT + GAP_Y))
    lines = []
    for box, targets in sorted(arrows.items()):
        for target in sorted(targets):
            if target not in reach(arrows, box, without=target):
                (x1, y1), (x2, y2) = at[box], at[target]
                begin, end = (x1 + WIDTH / 2, y1 + HEIGHT), (x2 + WIDTH / 2, y2)
                bend = (begin[1] + end[1]) / 2
                lines.append(
                    f'<path marker-end="url(#tip)" d="M{begin[0]:g} {begin[1]:g} C{begin[0]:g} {bend:g} '
                    f'{end[0]:g} {bend:g} {end[0]:g} {end[1]:g}"/>'
                )
    boxes = [
        f'<rect x="{x:g}" y="{y:g}" width="{WIDTH}" height="{HEIGHT}"/>'
        f'<text x="{x + WIDTH / 2:g}" y="{y + HEIGHT / 2:g}">{escape(box)}</text>'
        for box, (x, y) in sorted(at.items())
    ]
    tip = (
        '<marker id="tip" viewBox="0 0 8 8" refX="8" refY="4" markerWidth="8" markerHeight="8" orient="auto">'
    )
    tip += '<path d="M0 0 L8 4 L0 8 z" style="fill:#8089a8"/></marker>'
    head = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {whole} {high}" role="img">'
    title = "<title>The packages of ESC Validator; an arrow leads to what is imported</title>"
    ground = f'<path d="M0 0H{whole}V{high}H0z" style="fill:#fff;stroke:none"/>'
    return "\n".join(
        [head, title, f"<style>{STYLE}</style>", f"<defs>{tip}</defs>", ground, *lines, *boxes, "</svg>\n"]
    )


def main() -> None:
    """Write the picture, or compare it."""
    drawn = draw()
    if "--check" in sys.argv:
        sys.exit(0 if PICTURE.read_text(encoding="utf-8") == drawn else "draw the picture again")
    PICTURE.write_text(drawn, encoding="utf-8")


if __name__ == "__main__":
    main()
