"""How settings are read from environment variables and files, and how their faults are worded."""

from __future__ import annotations

from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from pydantic_core import ErrorDetails

PREFIX = "ESCV_"
# How similar a name must be to count as misspelt; 1 is equal. Other programs may use our prefix.
_ALIKE = 0.65
# In place of the words of the library, which name its parser.
_WORDS = {
    "bool_parsing": "must be true or false",
    "int_parsing": "must be a whole number",
    "float_parsing": "must be a number",
    "finite_number": "must be a number",
}


def gather(environ: Mapping[str, str], fields: Iterable[str]) -> tuple[dict[str, str], list[str]]:
    """The value of each field that is set, from its variable or its file, and what cannot be read."""
    values: dict[str, str] = {}
    faults: list[str] = []
    for field in fields:
        name = PREFIX + field.upper()
        plain, path = environ.get(name, ""), environ.get(f"{name}_FILE", "")
        if plain and path:
            faults.append(f"{name} and {name}_FILE are both set: keep one")
        elif plain:
            values[field] = plain
        elif path:
            try:
                values[field] = Path(path).read_text(encoding="utf-8").strip()
            except (OSError, ValueError):
                faults.append(
                    f"{name}_FILE cannot be read as text: check that the file exists and is readable"
                )
    return values, faults


def comma_list(value: object) -> object:
    """The parts of a text with commas, without blanks; any other value as it is."""
    return (
        tuple(part.strip() for part in value.split(",") if part.strip()) if isinstance(value, str) else value
    )


def debugging(environ: Mapping[str, str]) -> list[str]:
    """A fault where Flask would run in its debug mode."""
    if environ.get("FLASK_DEBUG", "").lower() in {"", "0", "false", "no"}:  # as Flask reads it
        return []
    return [
        "FLASK_DEBUG must be left out: it shows the inside of the program to any caller that causes a fault"
    ]


def fault(found: ErrorDetails) -> str:
    """What is wrong with a variable's value and what it must be, without the value."""
    message = found["msg"].removeprefix("Value error, ").replace("Input should be", "must be")
    return f"{PREFIX}{str(found['loc'][0]).upper()} {_WORDS.get(found['type'], message)}"


def misspelt(environ: Mapping[str, str], fields: Iterable[str]) -> list[str]:
    """A fault for each variable that is almost the name of a setting."""
    return [
        f"{name} is no setting: perhaps {nearest} is meant. Correct the name, or remove it"
        for name, nearest in unknown(environ, fields).items()
        if nearest
    ]


def unknown(environ: Mapping[str, str], fields: Iterable[str]) -> dict[str, str | None]:
    """The ESCV_ variables that are no settings, each with the name that it is almost equal to."""
    known = [field.upper() for field in fields]
    known += [f"{name}_FILE" for name in known]
    # Without the prefix, which would make all names alike.
    names = sorted(name.removeprefix(PREFIX) for name in environ if name.startswith(PREFIX))
    nearest = {name: get_close_matches(name, known, 1, _ALIKE) for name in names if name not in known}
    return {PREFIX + name: PREFIX + found[0] if found else None for name, found in nearest.items()}
