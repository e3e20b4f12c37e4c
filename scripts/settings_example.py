"""Write deploy/esc-validator.env.example: each setting with its default and its text of docs/settings.md."""

from __future__ import annotations

import re
import sys
import textwrap
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from validator.environment import PREFIX  # noqa: E402 - found by the line above
from validator.settings import Settings  # noqa: E402 - as above

EXAMPLE = ROOT / "deploy" / "esc-validator.env.example"
WIDTH = 120
HEAD = """\
# Settings of ESC Validator. Made from docs/settings.md by scripts/settings_example.py.
#
# Copy it to /etc/esc-validator/esc-validator.env, and remove the "#" before each setting that you change.
# The value shown is the default. ESCV_…_FILE names a file with the value in its place: a mounted secret.
"""
_ROW = re.compile(r"^\| (`ESCV_[^|]*)\|[^|]*\| (.*) \|$", re.MULTILINE)
_LINK = re.compile(r"\[([^]]+)\]\(([\w.-]*)[^)]*\)")


def example() -> str:
    """The text of the file."""
    page = (ROOT / "docs" / "settings.md").read_text(encoding="utf-8")
    parts = [HEAD]
    for names, meaning in _ROW.findall(page):
        parts += ["", *_comment(meaning), *(_line(name) for name in re.findall(r"`(ESCV_[A-Z_]+)`", names))]
    return "\n".join(parts) + "\n"


def _comment(meaning: str) -> list[str]:
    text = _LINK.sub(lambda found: f"{found[1]} (docs/{found[2] or 'settings.md'})", meaning).replace("`", "")
    return textwrap.wrap(
        text,
        WIDTH,
        initial_indent="# ",
        subsequent_indent="# ",
        break_long_words=False,
        break_on_hyphens=False,
    )


def _line(name: str) -> str:
    return f"#{name}={_text(Settings.model_fields[name.removeprefix(PREFIX).lower()].default)}"


def _text(default: object) -> str:
    """The default as the variable's value; nothing where there is none."""
    if default is None:
        return ""
    if isinstance(default, bool):
        return str(default).lower()
    if isinstance(default, float):
        return f"{default:g}" if default < WIDTH else f"{default:.0f}"
    return ",".join(default) if isinstance(default, tuple) else str(default)


if __name__ == "__main__":
    EXAMPLE.write_text(example(), encoding="utf-8")
    print(f"{EXAMPLE.relative_to(ROOT)} is written")
