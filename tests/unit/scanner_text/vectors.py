"""The table of vectors that the Python tests share with the JavaScript ones."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import NamedTuple

_TABLE = Path(__file__).parents[2] / "vectors" / "payloads.json"


class Vector(NamedTuple):
    """One row: a text, and either its number with warnings, or its refusal."""

    text: str
    escn: str | None
    warnings: list[str]
    code: str | None
    kind: str | None
    why: str


VECTORS = [Vector(**row) for row in json.loads(_TABLE.read_text(encoding="ascii"))]
NUMBERS = [vector for vector in VECTORS if vector.escn]
REFUSALS = [vector for vector in VECTORS if vector.code]


def name_of(vector: Vector) -> str:
    """What the test run calls a row, in ASCII: other names do not work in `make mutants`."""
    return re.sub(r"[^!-~]+", "-", vector.why.rstrip(".").lower())
