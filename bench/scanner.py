"""The whole scanner's page in a real browser: `python -m bench.scanner`, or some of its parts by name."""

from __future__ import annotations

import sys

from bench.gate import answer, endurance, loading, stream

PARTS = {"stream": stream, "answer": answer, "loading": loading, "endurance": endurance}


def main(names: list[str]) -> None:
    """The rows of these parts, of all where none is named."""
    for name in names or PARTS:
        print(f"\n{name}", flush=True)
        PARTS[name].main()


if __name__ == "__main__":
    main(sys.argv[1:])
