"""Brings the catalogues of messages up to date with the sources: `make messages`.

Extracts from Python, templates and scripts into validator/locale/messages.pot, then merges the template into
each language's catalogue. Nothing is compiled: the server reads the catalogues themselves.
"""

from __future__ import annotations

import io
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).parents[1]
LOCALE = ROOT / "validator" / "locale"
TEMPLATE = LOCALE / "messages.pot"
METHODS = [
    ("validator/**.py", "python"),
    ("validator/templates/**.html", "jinja2"),
    ("validator/static/js/**.js", "javascript"),
]
OPTIONS = {"validator/templates/**.html": {"trimmed": "true", "silent": "false"}}
KEYWORDS = {
    "_": None,
    "N_": None,
    "gettext": None,
    "ngettext": (1, 2),
    "pgettext": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
}
# A comment that begins like this, above a message, goes to the translators.
COMMENT = "Translators:"
WIDTH = 110


def extracted() -> Catalog:
    """The template as the sources have it now."""
    catalogue = Catalog(
        project="ESC Validator",
        header_comment="# Messages of ESC Validator. Made by `make messages`.",
        charset="utf-8",
    )
    found = extract_from_dir(
        ROOT, METHODS, OPTIONS, keywords=KEYWORDS, comment_tags=(COMMENT,), strip_comment_tags=True
    )
    for name, line, text, comments, context in sorted(found, key=lambda one: (one[0], one[1], str(one[2]))):
        catalogue.add(text, None, [(name, line)], auto_comments=comments, context=context)
    return catalogue


def written(catalogue: Catalog) -> bytes:
    """The catalogue as a file: places without lines, so that only changes of messages change it."""
    made = io.BytesIO()
    write_po(made, catalogue, width=WIDTH, include_lineno=False, sort_output=False, omit_header=False)
    # The time of making and Babel's version would change the file without a change of messages.
    changing = (b'"POT-Creation-Date', b'"Generated-By')
    kept = (line for line in made.getvalue().splitlines(keepends=True) if not line.startswith(changing))
    return b"".join(kept)


def main() -> None:
    """Write the template, and merge it into every catalogue."""
    template = extracted()
    TEMPLATE.write_bytes(written(template))
    for place in sorted(LOCALE.glob("*/LC_MESSAGES/messages.po")):
        with place.open("rb") as file:
            catalogue = read_po(file, locale=place.parts[-3])
        catalogue.update(template)
        place.write_bytes(written(catalogue))


if __name__ == "__main__":
    main()
