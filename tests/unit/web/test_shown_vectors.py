"""The vectors that hold the page's and the script's view of an answer together."""

from __future__ import annotations

import json

from tests.support.shown_vectors import SHOWN, vectors
from validator.verdict import Reason, Source

AGAIN = "run `python -m tests.support.shown_vectors` and look at what changed"


def test_the_vectors_are_what_the_pages_show() -> None:
    """present() gives exactly what the vectors say, to which tests/js/result/ holds present.js."""
    assert json.loads(SHOWN.read_text(encoding="utf-8")) == list(vectors()), AGAIN


def test_the_vectors_leave_no_reason_and_no_source_out() -> None:
    """Every reason is shown by a vector, from every source that it can have."""
    seen = {(each["verdict"]["reason"], each["verdict"]["source"]) for each in vectors()}

    assert {reason for reason, _ in seen} == set(Reason)
    assert {source for _, source in seen} == set(Source)
