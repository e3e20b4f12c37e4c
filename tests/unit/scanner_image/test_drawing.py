"""The drawn test set keeps its promises: the same for a seed, mostly phone screens, real forms of codes."""

from __future__ import annotations

from collections import Counter

import numpy as np

from scanner.payload import parse_payload
from tests.support.drawing import draw
from tests.support.drawing_carriers import CARRIER_SHARES, CARRIERS
from tests.support.drawing_symbols import OFFICIAL, modules, number, payload


def test_the_same_seed_draws_the_same_picture() -> None:
    """Two runs of a benchmark see the same pixels."""
    first, again = (draw("glare", 0.3, np.random.default_rng(8)) for _ in range(2))

    assert first == again


def test_most_cards_are_on_phone_screens() -> None:
    """At least 60 % of the cards are digital, as at today's counters."""
    assert dict(zip(CARRIERS, CARRIER_SHARES, strict=True))["screen"] >= 0.6


def test_every_drawn_code_holds_a_number() -> None:
    """The payloads are ESC payloads in several address forms."""
    random = np.random.default_rng(1)
    texts = [payload(random) for _ in range(200)]

    assert all(parse_payload(text).escn.value == text[-36:] for text in texts)
    assert len(Counter(text[:-36] for text in texts)) == 5


def test_the_official_symbol_is_version_four() -> None:
    """The official generator forces 33 modules."""
    text = f"https://s.esc-r.eu/{number(np.random.default_rng(2))}"

    assert modules(text, OFFICIAL).shape == (33, 33)
