"""Generated cases: every written form of a number is read, and nothing else is read as a number."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import urlsplit
from uuid import UUID

from hypothesis import example, given, settings
from hypothesis import strategies as st
from urllib3.util import parse_url

from scanner import Escn, EscnError, Kind, NotAnEscCode, Payload, parse_payload
from tests.support.cards import ANNA

if TYPE_CHECKING:
    from collections.abc import Callable

CANONICAL = re.compile(r"\A[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\Z")
KNOWN_FRONT = re.compile(
    r"https?://(s\.esc-r\.eu|esc\.gg|pp\.esc\.gg|esc\.bwcard\.de)\.?(:|:80|:443)?/", re.IGNORECASE
)

numbers = st.uuids().map(str)
hyphens = st.sampled_from([*"-\u2010\u2013\u2014\u2212\u00ad 'ß?.", "", " - "])
cases = st.sampled_from([str.lower, str.upper, str.swapcase, str.title])
wraps = st.sampled_from(["", " |\r\n", "{|}", '"|"', "„|“", "urn:uuid:|", "{URN:UUID:|}", "\ufeff|"])
fronts = st.sampled_from(
    [
        "https://s.esc-r.eu/",
        "http://esc.gg/",
        "HTTP://ESC.GG/",
        "esc.bwcard.de/",
        "https://esc.gg:443//",
        "esc.gg./x/",
    ]
)
backs = st.sampled_from(["", "/", "//", "?a=b", "#top", "/?a=b#c", "%20"])

# Parts of addresses, numbers and tricks. Joined at random, they make edge cases.
_PARTS = (
    *(
        "https",
        "http",
        ":",
        "//",
        "/",
        "\\",
        "@",
        ".",
        "..",
        "?",
        "#",
        "%2f",
        ":443",
        "xn--",
        "\0",
        "\u200b",
        "\u0435",
    ),
    *(
        "esc.gg",
        "s.esc-r.eu",
        "pp.",
        "evil.example",
        "WIFI:",
        "javascript:",
        "FR-999893752-",
        " ",
        "\n",
        "{",
        "}",
    ),
    *("urn:uuid:", "urn:schac:personalUniqueCode:int:esi:", ANNA, ANNA[:18], ANNA[18:], "0", "f", "-", "ß"),
)
pieces = st.lists(st.sampled_from(_PARTS), max_size=9).map("".join)


def read(text: str) -> Payload | NotAnEscCode:
    """The payload or the refusal; anything else that is raised fails the test."""
    try:
        return parse_payload(text)
    except NotAnEscCode as refusal:
        return refusal


@settings(deadline=None)
@given(number=numbers, hyphen=hyphens, case=cases, wrap=wraps)
def test_every_written_form_reads_back(
    number: str, hyphen: str, case: Callable[[str], str], wrap: str
) -> None:
    """With any case, hyphens and surrounding characters."""
    before, _, behind = wrap.partition("|")
    text = before + case(number).replace("-", hyphen) + behind

    assert parse_payload(text).escn.value == number


@settings(deadline=None)
@given(number=numbers, front=fronts, back=backs)
def test_every_known_address_reads_back(number: str, front: str, back: str) -> None:
    """An address of a known host gives its number without a warning about the host."""
    payload = parse_payload(front + number + back)

    assert payload.escn.value == number
    assert set(payload.warnings) <= {"unusual_number"}


@settings(deadline=None, max_examples=1000)
@given(st.text() | st.binary().map(lambda data: data.decode("latin-1")))
@example("")
@example("0" * 40_000)
@example("https://esc.gg/" + "-" * 40_000)
@example(bytes(range(256)).decode("latin-1") * 40)
def test_arbitrary_text_is_refused_and_nothing_else(text: str) -> None:
    """Any text gives a number or a refusal with a known kind, and no other exception."""
    reading = read(text)

    if isinstance(reading, Payload):
        assert CANONICAL.match(reading.escn.value)
    else:
        assert reading.kind in set(Kind)


@settings(deadline=None, max_examples=2000)
@given(pieces)
def test_a_number_is_never_made_up(text: str) -> None:
    """The number has the canonical form, and the text contains its digits in this order."""
    reading = read(text)

    if isinstance(reading, Payload):
        assert CANONICAL.match(reading.escn.value)
        assert re.search("[^0-9a-f]*".join(reading.escn.value.replace("-", "")), text.lower())


@settings(deadline=None, max_examples=1000)
@given(scheme=st.sampled_from(["http://", "https://"]), before=pieces, after=pieces)
@example(scheme="https://", before="evil.example\\@", after="")
@example(scheme="https://", before="", after="@evil.example")
@example(scheme="https://", before="", after="\\.evil.example")
def test_no_trick_passes_for_a_known_host(scheme: str, before: str, after: str) -> None:
    """Only an address that clearly starts with a known host has no warning; other parsers agree."""
    text = f"{scheme}{before}esc.gg{after}/{ANNA}"
    reading = read(text)

    if isinstance(reading, Payload) and "unknown_qr_host" not in reading.warnings:
        assert KNOWN_FRONT.match(text)
        assert urlsplit(text).hostname == parse_url(text).host


@settings(deadline=None)
@given(
    number=numbers,
    at=st.integers(0, 35),
    letter=st.sampled_from("ghijklmnopqrstuvwxyzO\u043e\u0430\u0435\u0441"),
)
def test_a_mistyped_number_is_never_corrected(number: str, at: int, letter: str) -> None:
    """A letter that is no hexadecimal digit is not replaced."""
    if number[at] == "-":
        return
    assert isinstance(read(number[:at] + letter + number[at + 1 :]), NotAnEscCode)


@settings(deadline=None)
@given(pieces)
def test_a_number_and_its_payload_agree(text: str) -> None:
    """If both read a number in a text, Escn.parse and parse_payload read the same one."""
    reading = read(text)
    try:
        escn = Escn.parse(text)
    except EscnError:
        return
    assert isinstance(reading, NotAnEscCode) or reading.escn == escn


def test_a_uuid_of_the_standard_library_is_understood() -> None:
    """The URN of Python's uuid module is read."""
    assert parse_payload(UUID(ANNA).urn).escn.value == ANNA
