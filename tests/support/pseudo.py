"""A language for tests, made from the template: English with accents, 40 % longer, in brackets."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from babel.messages.pofile import read_po, write_po

from validator.i18n import DOMAIN, FOLDER, Languages

if TYPE_CHECKING:
    from pathlib import Path

# A language that Babel knows, with two plural forms as in English, and that this service will hardly speak.
PSEUDO = "eo"
_ACCENTED = str.maketrans("aceginosuyACEGINOSUY", "àçéğîñöšûýÀÇÉĞÎÑÖŠÛÝ")
# What a translation keeps as it is: named values, markup, and the sign for a percentage.
_KEPT = re.compile(r"%\(\w+\)s|%%|<[^>]*>")
_LONGER = 0.4
_FILL = "ēxţŕā "


def pseudo(text: str) -> str:
    """The text as the pseudo language has it."""
    kept = _KEPT.findall(text)
    accented = [part.translate(_ACCENTED) for part in _KEPT.split(text)]
    whole = "".join(part + (kept[at] if at < len(kept) else "") for at, part in enumerate(accented))
    longer = int(len(_KEPT.sub("", text)) * _LONGER + 1)
    return f"[{whole} {(_FILL * longer)[:longer].strip()}]"


def pseudo_languages(folder: Path) -> Languages:
    """English and the pseudo language, whose catalogue is written into this folder."""
    with (FOLDER / f"{DOMAIN}.pot").open("rb") as template:
        catalogue = read_po(template, locale=PSEUDO)
    for message in catalogue:
        if message.id:
            message.string = (
                pseudo(message.id)
                if isinstance(message.id, str)
                else tuple(pseudo(text) for text in message.id)
            )
    place = folder / PSEUDO / "LC_MESSAGES"
    place.mkdir(parents=True)
    with (place / f"{DOMAIN}.po").open("wb") as file:
        write_po(file, catalogue)
    return Languages(folder)
