"""The examples of the documents: fenced blocks with a name, such as ```sh restore."""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
FENCE = re.compile(
    r"^```(?P<language>sh|python) ?(?P<name>[\w-]*)\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL
)


def documented(page: str, name: str, language: str = "sh") -> str:
    """The text of this example; a test that runs it is what makes the example a tested one."""
    found = [
        block["text"]
        for block in FENCE.finditer((ROOT / page).read_text(encoding="utf-8"))
        if (block["name"], block["language"]) == (name, language)
    ]
    assert len(found) == 1, f"{page} has {len(found)} examples {name}"
    return found[0]


def run_documented(text: str, folder: Path, **environ: str) -> str:
    """Run these lines as a person would, in this folder; what they print. The first that fails ends them."""
    programs = f"{ROOT / '.venv' / 'bin'}:{os.environ['PATH']}"
    done = subprocess.run(
        ["/bin/bash", "-euo", "pipefail", "-c", text],
        cwd=folder,
        env=os.environ | {"PATH": programs, "PYTHONPATH": str(ROOT)} | environ,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout
