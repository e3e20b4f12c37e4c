"""The catalogues of messages and the sources hold each other: nothing is missing, nothing is left over."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from babel.messages.catalog import Message
from babel.messages.pofile import read_po

from scripts.messages import LOCALE, TEMPLATE, extracted, written

ROOT = Path(__file__).parents[2]
AGAIN = "run `make messages` and commit what changed"
PLACEHOLDER = re.compile(r"%\((\w+)\)s")
# What a translator and our scripts understand alike: named values, and a doubled per cent sign.
ODD = re.compile(r"%(?!\(\w+\)s|%)|\{\w*\}")


def test_the_template_is_what_the_sources_say() -> None:
    """A message that is new, changed or gone in the code is so in messages.pot, too."""
    assert TEMPLATE.read_bytes() == written(extracted()), AGAIN


def test_every_catalogue_is_up_to_date_and_keeps_the_values() -> None:
    """Each language has the template's messages and no others, with the same named values in every form."""
    template = extracted()
    for place in LOCALE.glob("*/LC_MESSAGES/messages.po"):
        with place.open("rb") as file:
            catalogue = read_po(file, locale=place.parts[-3])
        assert {(m.id, m.context) for m in catalogue} == {(m.id, m.context) for m in template}, AGAIN
        assert [message.id for message in catalogue if changed_values(message)] == []


def changed_values(message: Message) -> set[str]:
    """The names of values that a translated form lacks or adds. A form for one thing may leave `num` out."""
    sources, forms = _texts(message.id), [form for form in _texts(message.string) if form]
    wanted = {name for text in sources for name in PLACEHOLDER.findall(text)}
    may_lack = {"num"} if len(sources) > 1 else set()
    return {
        name for form in forms for name in wanted ^ set(PLACEHOLDER.findall(form)) if name not in may_lack
    }


def _texts(texts: str | list[str] | tuple[str, ...] | None) -> list[str]:
    return [texts] if isinstance(texts, str) else list(texts or ())


@pytest.mark.parametrize(
    ("source", "translated", "changed"),
    [
        ("Checked %(time)s", "Geprüft um %(time)s", set()),
        ("Checked %(time)s", "", set()),
        ("Checked %(time)s", "Geprüft", {"time"}),
        ("Checked %(time)s", "Geprüft um %(tim)s", {"time", "tim"}),
        (
            ("%(num)s day of %(name)s", "%(num)s days of %(name)s"),
            ("ein Tag von %(name)s", "%(num)s Tage"),
            {"name"},
        ),
    ],
)
def test_a_lost_or_added_value_is_noticed(
    source: str | tuple[str, ...], translated: str | tuple[str, ...], changed: set[str]
) -> None:
    """A translation that lacks a value fails, which `%` would not report, and one with an unknown value."""
    assert changed_values(Message(source, translated)) == changed


def test_messages_have_named_values_and_no_others() -> None:
    """One style for Python, templates and scripts: `%(name)s`."""
    for message in extracted():
        for text in (message.id,) if isinstance(message.id, str) else message.id:
            assert not ODD.search(text), text


def test_no_message_accuses_people_or_has_wrong_typography() -> None:
    """Every message is as kind as the next, with typographic quotes and apostrophes."""
    accusing = re.compile(
        r"\b(fake|forged|fraud|cheat|suspicious|invalid|illegal|wrong person|denied)\b", re.IGNORECASE
    )
    texts = [text for one in extracted() for text in ((one.id,) if isinstance(one.id, str) else one.id)]

    assert len(texts) > 300
    assert [text for text in texts if accusing.search(text)] == []
    assert [text for text in texts if re.search("[\"']", re.sub("<[^>]*>", "", text))] == []
