"""The scan page in a real browser: `python -m bench.scanner [PART…]`."""

from __future__ import annotations

import sys

from bench.gate import answer, endurance, loading, stream

PARTS = {"stream": stream, "answer": answer, "loading": loading, "endurance": endurance}


def main(names: list[str]) -> None:
    """Print the rows of these parts; of all parts if none is named."""
    for name in names or PARTS:
        print(f"\n{name}", flush=True)
        PARTS[name].main()


if __name__ == "__main__":
    main(sys.argv[1:])
