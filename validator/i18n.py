"""Messages in the language of a request: gettext over the catalogues in validator/locale/.

English is the source: a message is written in English where it is shown, with named values (`%(name)s`).
A message in a table is marked with `N_`, and given to `gettext` when it is shown, not at import.
Outside a request, as in commands, every message is English.
"""

from __future__ import annotations

import io
from dataclasses import dataclass, field
from functools import cache
from gettext import GNUTranslations, NullTranslations, c2py
from pathlib import Path
from typing import TYPE_CHECKING, cast

from flask import current_app, g, has_request_context, request

if TYPE_CHECKING:
    from collections.abc import Collection

    from babel.messages.catalog import Catalog, Message
    from flask import Flask, Response
    from werkzeug.datastructures import LanguageAccept

EXTENSION = "validator.i18n"
FOLDER = Path(__file__).parent / "locale"
DOMAIN = "messages"
SOURCE = "en"
# The region whose forms of dates and times a language takes, where the language alone names another one.
REGIONS = {"en": "en_GB"}
_SCRIPTS = "validator/static/js/"
_CONTEXT_END = "\x04"
# The pages' scripts get the plural form of this many numbers; larger ones repeat from 100 on.
_COUNTED = 200


@dataclass(frozen=True, slots=True)
class Language:
    """One language: how Babel and browsers name it, and its messages.

    `in_scripts` are the messages that the pages' scripts show: the forms by context and text.
    """

    code: str
    translations: NullTranslations = field(default_factory=NullTranslations)
    plural: str = "n != 1"
    in_scripts: dict[str, list[str]] = field(default_factory=dict)

    @property
    def locale(self) -> str:
        """The locale whose dates, times and numbers are shown."""
        return REGIONS.get(self.code, self.code)

    @property
    def plurals(self) -> str:
        """The digit of the plural form for each number from 0 to 199."""
        form = c2py(self.plural)
        return "".join(str(int(form(number))) for number in range(_COUNTED))


ENGLISH = Language(SOURCE)


class Languages:
    """English, and the languages that have a catalogue here. A catalogue is read at its first use."""

    def __init__(self, folder: Path = FOLDER) -> None:
        self._folder = folder
        found = sorted(path.parts[-3] for path in folder.glob(f"*/LC_MESSAGES/{DOMAIN}.po"))
        self.available = (SOURCE, *(code for code in found if code != SOURCE))
        self._read = cache(self._loaded)

    def get(self, code: str) -> Language:
        """The language of this code, which is one of `available`."""
        return ENGLISH if code == SOURCE else self._read(code)

    def _loaded(self, code: str) -> Language:
        # Babel reads catalogues only where a language other than English is asked for.
        from babel.messages.mofile import write_mo  # noqa: PLC0415
        from babel.messages.pofile import read_po  # noqa: PLC0415

        with (self._folder / code / "LC_MESSAGES" / f"{DOMAIN}.po").open("rb") as file:
            catalogue = read_po(file, locale=code)
        compiled = io.BytesIO()
        write_mo(compiled, catalogue)
        compiled.seek(0)
        return Language(code, GNUTranslations(compiled), catalogue.plural_expr, _forms_in_scripts(catalogue))


def _forms_in_scripts(catalogue: Catalog) -> dict[str, list[str]]:
    """What scripts show. A message without all its forms is left out: then English is shown."""
    found = {
        _key(message): _forms(message)
        for message in catalogue
        if message.id
        and not message.fuzzy
        and any(name.startswith(_SCRIPTS) for name, _ in message.locations)
    }
    return {key: forms for key, forms in found.items() if all(forms)}


def _forms(message: Message) -> list[str]:
    given = message.string or ""
    return [given] if isinstance(given, str) else [form or "" for form in given]


def _key(message: Message) -> str:
    text = message.id if isinstance(message.id, str) else message.id[0]
    return f"{message.context}{_CONTEXT_END}{text}" if message.context else text


def choose(available: Collection[str], asked: Collection[str | None], accepted: LanguageAccept) -> str:
    """The first of the languages asked for that is available, else the best that the browser accepts."""
    for code in (*asked, *(tag for wanted in accepted.values() for tag in (wanted, wanted.split("-")[0]))):
        if code in available:
            return cast("str", code)
    return SOURCE


def init_app(app: Flask) -> None:
    """Translate in templates, and name the language of each page."""
    app.extensions[EXTENSION] = Languages()
    app.jinja_env.add_extension("jinja2.ext.i18n")
    app.jinja_env.policies["ext.i18n.trimmed"] = True
    app.jinja_env.install_gettext_translations(_OfRequest(), newstyle=True)  # type: ignore[attr-defined]
    app.jinja_env.globals["language"] = language
    app.after_request(_vary)


def _vary(response: Response) -> Response:
    """A cache must not give one person's language to another person."""
    if "language" in g:
        response.vary.add("Accept-Language")
    return response


def languages() -> Languages:
    """The languages of the application that handles this request."""
    return cast("Languages", current_app.extensions[EXTENSION])


def language() -> Language:
    """The language of this request: `?lang=`, then the browser's. English outside a request."""
    if not has_request_context():
        return ENGLISH
    if "language" not in g:
        known = languages()
        g.language = known.get(choose(known.available, (request.args.get("lang"),), request.accept_languages))
    return cast("Language", g.language)


class _OfRequest:
    """The messages of whichever language this request has, without their values."""

    def gettext(self, text: str) -> str:
        return language().translations.gettext(text)

    def ngettext(self, one: str, many: str, num: int) -> str:
        return language().translations.ngettext(one, many, num)

    def pgettext(self, context: str, text: str) -> str:
        return language().translations.pgettext(context, text)

    def npgettext(self, context: str, one: str, many: str, num: int) -> str:
        return language().translations.npgettext(context, one, many, num)


def N_(text: str) -> str:  # noqa: N802 - gettext's own name
    """Mark a message of a table for extraction; it is translated when it is shown."""
    return text


def gettext(text: str, **values: object) -> str:
    """The message in the language of this request, with its values filled in."""
    return language().translations.gettext(text) % values


def ngettext(one: str, many: str, num: int, **values: object) -> str:
    """The message for this number of things; `%(num)s` in it is the number."""
    return language().translations.ngettext(one, many, num) % {"num": num, **values}


def pgettext(context: str, text: str, **values: object) -> str:
    """A short message that needs a context to be translated."""
    return language().translations.pgettext(context, text) % values
