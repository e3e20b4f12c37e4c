"""`python -m scanner IMAGE…`: the ESC number in each picture, or why there is none. No server, no network."""

from __future__ import annotations

import argparse
import json
import os
import sys
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from scanner.errors import Refused
from scanner.payload import choose
from scanner.pool import read_image

if TYPE_CHECKING:
    from collections.abc import Sequence


# Advice for people, on standard error. Programs read the codes on standard output.
ADVICE = {
    "file_not_readable": "Check that the file exists, and that you may read it.",
    "image_unreadable": "The picture is damaged: save or take it again.",
    "unsupported_image": "Use a JPEG, PNG or WebP picture.",
    "image_too_large": "Make the picture smaller, or cut it down to the code.",
    "no_code_found": "Use a sharper picture in which the code fills half the width.",
    "several_codes": "Use a picture with only one card in it.",
    "not_an_esc_code": "Look for the code beside the European Student Card logo.",
    "esi_not_escn": "This code names the person: use the card’s own code.",
    "lookalike_host": "Do not accept this card by its code: the address only looks like the official one.",
    "reader_busy": "Run the command again.",
    "reader_failed": "Run the command again; if it fails again, use another picture.",
}


@dataclass(frozen=True, slots=True)
class Result:
    """The result for one picture: its number and warnings, or the code and kind of a refusal."""

    image: str
    escn: str | None = None
    warnings: tuple[str, ...] = ()
    code: str | None = None
    kind: str | None = None

    def __str__(self) -> str:
        if self.escn is not None:
            return " ".join((f"{self.image}: {self.escn}", *self.warnings))
        return " ".join(filter(None, (f"{self.image}: {self.code}", self.kind and f"({self.kind})")))


def read_file(image: str) -> Result:
    """Read one picture. The text of a code that is no ESC number is never in the result."""
    name = os.fsencode(image).decode(errors="backslashreplace")
    try:
        payload = choose(read_image(Path(image).read_bytes()))
    except Refused as refused:
        return Result(name, code=refused.code, kind=refused.kind)
    except (OSError, ValueError):
        return Result(name, code="file_not_readable")
    return Result(name, payload.escn.value, payload.warnings)


def main(arguments: Sequence[str] | None = None) -> int:
    """Print a line for each picture. Returns 0 if every picture holds a number, else 1."""
    parser = argparse.ArgumentParser(
        prog="scanner", description="Read European Student Card numbers from pictures."
    )
    parser.add_argument("images", nargs="+", metavar="IMAGE")
    parser.add_argument("--json", action="store_true", help="one JSON object a line")
    options = parser.parse_args(arguments)
    results = [read_file(image) for image in options.images]
    for result in results:
        print(json.dumps(asdict(result), ensure_ascii=False) if options.json else result)
    for code in sorted({result.code for result in results if result.code}):
        print(f"{code}: {ADVICE[code]}", file=sys.stderr)
    return 0 if all(result.escn for result in results) else 1


if __name__ == "__main__":
    sys.exit(main())
