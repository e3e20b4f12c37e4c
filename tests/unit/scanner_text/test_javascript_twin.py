"""The browser reads every text as the server does: random changes of the shared table, read by both."""

from __future__ import annotations

import json
import subprocess
import unicodedata
from pathlib import Path
from random import Random
from typing import Any

from scanner import NotAnEscCode, parse_payload
from tests.support import node
from tests.unit.scanner_text.vectors import VECTORS

_READER = Path(__file__).parents[2] / "js" / "payload" / "twin.js"
_TEXTS = 6_000
_SEED = 20_260_411

# Characters that the readers distinguish: of addresses, dashes, blanks, quotes and brackets of many scripts,
# look-alike digits and letters, letters with unusual case mappings, halves of surrogate pairs.
_SIGNS = (
    "-./:@?#%\\&'\"`<>()[]{}|_+,;*! \t\n\r\v\f\0\x1c\x1f\x7f\x85\xa0\xad"
    "\u02d7\u2010\u2011\u2012\u2013\u2014\u2015\u2043\u2212\u2796\u30a0\uff0d\u2028\u2029\u200b\u200d\u200e\u202e\u2060\ufeff"
    "\u2002\u3000\u1680\u180e\u00ab\u00bb\u201c\u201d\u201e\u2039\u300c\u300d\uff08\uff09\u2e42"
    "\uff10\uff19\uff21\uff26\uff27\uff41\uff46\uff47\u0660\u06f0\u0430\u0435\u0441\u017f\u212a\u0130\u0131\xdf\xe9"
    "\ud800\udbff\udc00\udfff\U0001f600\U0001d7d8\U000e0001\U0010fffd\uffff\U00010ead\u0301"
)
_PIECES = (
    *(
        "https:",
        "http:",
        "HTTP",
        "//",
        "/",
        "%2D",
        "%7b",
        "%20",
        ":443",
        ":80",
        "www.",
        "xn--",
        "urn:uuid:",
        "URN:UUID:",
    ),
    *("]Q2", "]d1", "\\000026", "000026", "~", "QR", "ESCN: ", "escn=", "card number "),
    *(
        "s.esc-r.eu",
        "esc.gg",
        "pp.esc.gg",
        "esc.bwcard.de",
        "sandbox.europeanstudentcard.eu",
        "e5c.gg",
        "esc.com",
    ),
    *(
        "urn:schac:personalUniqueCode:int:esi:",
        "be-999978433-",
        "WIFI:",
        "mailto:",
        "tel:",
        "+ 49",
        "BEGIN:VCARD",
    ),
    *(
        "3e506370-826a-103d-bf76-001000000001",
        "3e506370826a103dbf76001000000001",
        "a" * 70,
        "9" * 300,
        "x" * 2048,
    ),
    *("\U0001f600" * 40, "\U0001f600" * 2040),
)


def _assigned(sign: str) -> bool:
    # Node may know a newer Unicode than Python; both agree on what will never be a character.
    return unicodedata.category(sign) != "Cn" or sign == "\uffff"


_CHARACTERS: list[str] = [*filter(_assigned, _SIGNS), *"0123456789abcdefABCDEFghilorsuvwxyzGHILORSUVWXYZ"]


def test_the_browser_reads_every_text_as_the_server_does() -> None:
    """Thousands of edge cases give the same number and warnings, or the same code and kind."""
    random = Random(_SEED)  # noqa: S311 - the same texts at every run
    texts = [vector.text for vector in VECTORS] + [_changed(random) for _ in range(_TEXTS)]

    here = [_read(text) for text in texts]
    there = _read_by_javascript(texts)

    differing = [row for row in zip(texts, here, there, strict=True) if row[1] != row[2]]
    assert differing == []


def test_the_texts_are_of_every_kind() -> None:
    """The changed texts contain enough numbers, look-alikes and refusals."""
    random = Random(_SEED)  # noqa: S311 - as above
    answers = [_read(_changed(random)) for _ in range(_TEXTS)]

    assert sum("escn" in answer for answer in answers) > _TEXTS / 20
    for code in NotAnEscCode.CODES:
        assert sum(answer.get("code") == code for answer in answers) > _TEXTS / 100


def _read(text: str) -> dict[str, Any]:
    try:
        payload = parse_payload(text)
    except NotAnEscCode as refusal:
        return {"code": refusal.code, "kind": str(refusal.kind)}
    escn = payload.escn
    warnings = list(payload.warnings)
    return {"escn": escn.value, "warnings": warnings, "masked": escn.masked, "pic": escn.issuer_pic}


def _read_by_javascript(texts: list[str]) -> list[dict[str, Any]]:
    run = subprocess.run(
        [node.find(), _READER], input=json.dumps(texts).encode(), capture_output=True, check=True, timeout=60
    )
    answers: list[dict[str, Any]] = json.loads(run.stdout)
    return answers


def _changed(random: Random) -> str:
    """A row of the table with up to four small changes."""
    text = random.choice(VECTORS).text
    for _ in range(random.choice([1, 1, 1, 2, 2, 3, 4])):
        text = random.choice(_CHANGES)(text, random)
    return _joined(text)


def _joined(text: str) -> str:
    # Two halves side by side are one character in every text that comes from a browser.
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "surrogatepass")


def _place(text: str, random: Random) -> int:
    return random.randint(0, len(text))


def _insert(text: str, random: Random) -> str:
    at = _place(text, random)
    return text[:at] + random.choice(_CHARACTERS) + text[at:]


def _insert_piece(text: str, random: Random) -> str:
    at = random.choice([0, len(text), _place(text, random)])
    return text[:at] + random.choice(_PIECES) + text[at:]


def _replace(text: str, random: Random) -> str:
    at = _place(text, random)
    return text[:at] + random.choice(_CHARACTERS) + text[at + 1 :]


def _replace_all(text: str, random: Random) -> str:
    return text.replace(random.choice(text), random.choice(_CHARACTERS)) if text else text


def _move_hyphens(text: str, random: Random) -> str:
    return text.replace("-", random.choice(_CHARACTERS))


def _cut(text: str, random: Random) -> str:
    at = _place(text, random)
    return text[:at] + text[at + random.choice([1, 1, 2, 8]) :]


def _swap_case(text: str, random: Random) -> str:
    return random.choice([str.upper, str.swapcase, str.title])(text)


_CHANGES = (_insert, _insert_piece, _replace, _replace_all, _move_hyphens, _cut, _swap_case)
