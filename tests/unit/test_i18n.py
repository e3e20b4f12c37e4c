"""Which language a request gets, and how a message is shown in it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from werkzeug.datastructures import LanguageAccept

from tests.support.pseudo import PSEUDO, pseudo, pseudo_languages
from validator.i18n import ENGLISH, N_, Languages, choose, gettext, ngettext, pgettext

if TYPE_CHECKING:
    from pathlib import Path

AVAILABLE = ("en", "de", "pt")


@pytest.mark.parametrize(
    ("asked", "accepted", "chosen"),
    [
        ((), [], "en"),
        ((None, None), [("fr", 1)], "en"),
        (("de", "pt"), [("en", 1)], "de"),
        ((None, "pt"), [("de", 1)], "pt"),
        (("fr", "pt"), [], "pt"),
        ((), [("fr", 1), ("pt-BR", 0.5), ("en", 0.3)], "pt"),
        ((), [("de-AT", 1)], "de"),
    ],
)
def test_the_first_language_that_is_available_is_chosen(
    asked: tuple[str | None, ...], accepted: list[tuple[str, float]], chosen: str
) -> None:
    """What was asked for goes before what the browser accepts; English is there always."""
    assert choose(AVAILABLE, asked, LanguageAccept(accepted)) == chosen


def test_without_a_request_messages_are_english() -> None:
    """Commands and logs do not depend on a person's language."""
    assert gettext("Checked %(time)s, 100 %%", time="14:05") == "Checked 14:05, 100 %"
    assert [ngettext("%(num)s day ago", "%(num)s days ago", num) for num in (1, 2)] == [
        "1 day ago",
        "2 days ago",
    ]
    assert pgettext("take the answer away", "Clear") == "Clear"
    assert N_("Check again") == "Check again"


def test_a_catalogue_is_read_once_and_only_when_asked_for(tmp_path: Path) -> None:
    """Languages that are never asked for take no memory; English has no catalogue."""
    known = pseudo_languages(tmp_path)
    (tmp_path / PSEUDO / "LC_MESSAGES" / "messages.po").rename(tmp_path / "messages.po")

    assert known.available == ("en", PSEUDO)
    assert known.get("en") is ENGLISH
    with pytest.raises(FileNotFoundError):
        known.get(PSEUDO)
    (tmp_path / "messages.po").rename(tmp_path / PSEUDO / "LC_MESSAGES" / "messages.po")
    assert known.get(PSEUDO) is known.get(PSEUDO)


def test_a_catalogue_gives_texts_plurals_and_contexts(tmp_path: Path) -> None:
    """All kinds of messages come from the same file, for the server and for scripts."""
    spoken = pseudo_languages(tmp_path).get(PSEUDO)

    assert spoken.translations.gettext("Check again") == pseudo("Check again")
    assert spoken.translations.ngettext("%(num)s day ago", "%(num)s days ago", 2) == pseudo(
        "%(num)s days ago"
    )
    assert spoken.translations.pgettext("take the answer away", "Clear") == pseudo("Clear")
    assert spoken.in_scripts["take the answer away\x04Clear"] == [pseudo("Clear")]
    assert spoken.plurals[:3] == "101"


def test_the_languages_that_are_served_are_those_with_a_catalogue() -> None:
    """English is the source and always there."""
    assert Languages().available[0] == "en"


def test_the_pseudo_language_keeps_values_and_markup() -> None:
    """It is longer and accented, and a named value or a tag in it stays as it is."""
    assert pseudo("checked %(age)s") == "[çhéçkéd %(age)s ēxţŕ]"
    assert "<strong>" in pseudo("It is <strong>new</strong>.")
