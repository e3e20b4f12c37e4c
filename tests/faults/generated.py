"""Generated replies of a Router: good ones, spoilt in no, one or a few places.

`python -m tests.faults.generated 100000` reads that many twice, by validator/router and by a naive reader
written apart, and counts what they say.
"""

from __future__ import annotations

import json
import sys
from collections import Counter
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from scanner.escn import Escn
from tests.support import naive_reading
from tests.support.cards import ANNA, BRUNO, NOT_FOUND, status_v2, verifier
from tests.support.naive_reading import JSON_TYPES, NOTHING, UNKNOWN, WORDS
from validator.router.answers import KnownCard, UnknownCard
from validator.router.config import Endpoint
from validator.router.reply import Reply, read_reply

if TYPE_CHECKING:
    from collections.abc import Callable

SHAPES: dict[Endpoint, Callable[..., dict[str, Any]]] = {
    Endpoint.STATUS_V2: status_v2,
    Endpoint.VERIFIER: verifier,
}
FIELDS = ("cardNumber", "status", "cardStatusType", "expiresAt", "code", "message", "issuer", "issuedAt", "x")
NUMBERS = (
    ANNA.upper(),
    ANNA.replace("-", ""),
    BRUNO,
    ANNA[:-1],
    f" {ANNA}",
    f"urn:uuid:{ANNA}",
    ANNA[:8] + ANNA[9:],
)
DAYS = (
    "2099-02-29",
    "2096-02-29",
    "0000-01-01",
    "20991231",
    "2099-W01-1",
    "2099-1-1",
    "2099-12-31 ",
    "1999-12-31",
    "1970-01-01",
    "0001-01-01",
    "2014-12-31",
    "2015-01-01",
    "2024-09-30",
    "9999-12-31",
    "",
)
CODES = ("ER-0001", "ER-0042", "SE-0000", "404", " ", "er-0001")
ODD_WORDS = ("active", "ACTIVE ", "SUSPENDED", "АCTIVE", "ACTIVE\u200b")  # noqa: RUF001 - the Cyrillic A is the point
ODD_TYPES = (None, "", "text/html", "text/json", "application/json; charset=utf-16", "application/jsonp")
ENCODINGS = ("identity", "gzip", "br", "x")

scalars = st.sampled_from([None, True, 0, -1, 1e400, "", "key", *NUMBERS, *DAYS, *CODES, *WORDS, *ODD_WORDS])
anything = st.recursive(
    scalars | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=2) | st.dictionaries(st.sampled_from(["key", "x"]), inner, max_size=2)
    ),
    max_leaves=3,
)


@dataclass(frozen=True, slots=True)
class Case:
    """One question and the reply to it."""

    endpoint: Endpoint
    asked: str
    reply: Reply


# Made once: building a strategy costs more than drawing from it.
fields = st.sampled_from(FIELDS)
words = st.sampled_from([*WORDS, *ODD_WORDS])
dice = st.integers(0, 11)
places = st.integers(0, 400)
few_bytes = st.binary(min_size=1, max_size=2)
endpoints = st.sampled_from(Endpoint)
oddities: dict[str, st.SearchStrategy[Any]] = {
    "content_type": st.sampled_from([*ODD_TYPES, *JSON_TYPES]),
    "content_encoding": st.sampled_from(ENCODINGS),
    "status": st.integers(100, 599),
    "body": st.none(),
}


def _spoil_a_field(draw: st.DrawFn, says: dict[str, Any]) -> None:
    says[draw(fields)] = draw(anything)


def _spoil_the_word(draw: st.DrawFn, says: dict[str, Any]) -> None:
    word = draw(words)
    says |= {"status": word, "cardStatusType": {"key": word}}


def _spoil_the_days(draw: st.DrawFn, says: dict[str, Any]) -> None:
    says |= {"expiresAt": draw(st.sampled_from(DAYS)), "issuedAt": draw(st.sampled_from(DAYS))}


def _drop_a_field(draw: st.DrawFn, says: dict[str, Any]) -> None:
    says.pop(draw(fields), None)


spoiling = st.lists(
    st.sampled_from([_spoil_the_word, _spoil_a_field, _spoil_the_days, _drop_a_field]), max_size=2
)


def _spoil_the_bytes(draw: st.DrawFn, body: bytes) -> bytes:
    at = draw(places) % len(body)
    return (
        body[:at],
        body[:at] + draw(few_bytes) + body[at:],
        body[:-1] + b"," + body[1:],
        body + body[:at],
        b"[" + body + b"]",
        b"\xef\xbb\xbf" + body,
    )[draw(dice) % 6]


@st.composite
def cases(draw: st.DrawFn) -> Case:
    """A good reply about Anna's card, or that it is unknown, and then what goes wrong with it."""
    endpoint, known = draw(endpoints), draw(dice) > 2
    says = SHAPES[endpoint](ANNA) if known else dict(NOT_FOUND)
    for spoil in draw(spoiling):
        spoil(draw, says)
    body = json.dumps(says).encode()
    if draw(dice) > 9:
        body = _spoil_the_bytes(draw, body)
    parts: dict[str, Any] = {"status": 200 if known else 404, "content_type": JSON_TYPES[0], "body": body}
    if (odd := draw(dice)) < len(oddities):
        name = list(oddities)[odd]
        parts[name] = draw(oddities[name])
    return Case(endpoint, BRUNO if draw(dice) == 0 else ANNA, Reply(**parts))


def naive(case: Case) -> str:
    """What the naive reading finds."""
    parts = asdict(case.reply)
    del parts["retry_after"], parts["date"]
    return naive_reading.read(case.endpoint, case.asked, **parts)


def ours(case: Case) -> str:
    """The result of validator/router."""
    result = read_reply(case.endpoint, Escn.parse(case.asked), case.reply)
    if isinstance(result, KnownCard):
        return result.status.value
    return UNKNOWN if isinstance(result, UnknownCard) else NOTHING


def compare(count: int) -> Counter[tuple[str, str]]:
    """Read `count` generated replies twice: how often (naive, ours) said what."""
    said: Counter[tuple[str, str]] = Counter()

    @settings(
        max_examples=count,
        deadline=None,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(cases())
    def read(case: Case) -> None:
        said[naive(case), ours(case)] += 1

    read()
    return said


def main(count: int) -> int:
    """Print what was said, and how often the two readings disagreed."""
    said = compare(count)
    for (theirs, own), times in said.most_common():
        sys.stdout.write(f"{times:8d}  naive: {theirs:14} ours: {own}\n")
    wrong = sum(times for (theirs, own), times in said.items() if theirs != own)
    sys.stdout.write(f"{said.total()} replies, {wrong} read differently\n")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1])))
