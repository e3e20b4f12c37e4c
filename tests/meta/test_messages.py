"""The catalogues of messages and the sources hold each other: nothing is missing, nothing is left over."""

from __future__ import annotations

import re
from pathlib import Path

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
        for message in catalogue:
            assert list(message.check(catalogue)) == [], message.id


def test_a_lost_value_is_noticed() -> None:
    """Babel's own check, on which the test above relies, refuses a translation without a value."""
    catalogue = extracted()
    message = next(one for one in catalogue if one.id == "Checked %(time)s")
    message.string = "Geprüft"
    # A missing name is a mistake of the translator's that `%` would not report.
    assert PLACEHOLDER.findall(message.string) != PLACEHOLDER.findall(str(message.id))
    message.string = "Geprüft %(tim)s"
    assert list(message.check(catalogue))


def test_messages_have_named_values_and_no_others() -> None:
    """One style for Python, templates and scripts: `%(name)s`."""
    for message in extracted():
        for text in (message.id,) if isinstance(message.id, str) else message.id:
            assert not ODD.search(text), text


def test_no_message_accuses_anybody_or_is_typed_badly() -> None:
    """Every message is as kind as the next, with typographic quotes and apostrophes."""
    accusing = re.compile(
        r"\b(fake|forged|fraud|cheat|suspicious|invalid|illegal|wrong person|denied)\b", re.IGNORECASE
    )
    texts = [text for one in extracted() for text in ((one.id,) if isinstance(one.id, str) else one.id)]

    assert len(texts) > 300
    assert [text for text in texts if accusing.search(text)] == []
    assert [text for text in texts if re.search("[\"']", re.sub("<[^>]*>", "", text))] == []
