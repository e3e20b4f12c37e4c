"""One question to a Router client and how long the answer took."""

from __future__ import annotations

import contextlib
import time
from typing import TYPE_CHECKING, Any

from scanner.escn import Escn
from tests.support.cards import ANNA, status_v2, verifier
from tests.support.plays import answers, by_endpoint
from validator.router.answers import RouterFailure
from validator.router.client import RouterClient, RouterConfig

if TYPE_CHECKING:
    from collections.abc import Iterator

    from validator.router.answers import RouterAnswer
    from validator.verdict import Reason

ANNAS = Escn.parse(ANNA)
SHORT_S = 0.4
"""A deadline for a Router that never answers, so that its test is quick.

All others have the default, which a busy machine does not use up.
"""

SPARE_S = 1.0
"""The same for a Router that hangs first and answers then."""

PROMISE_S = 3.0
"""No answer may take longer, whatever the Router does (issue 2)."""

good = by_endpoint(answers(200, status_v2(ANNA)), answers(200, verifier(ANNA)))


@contextlib.contextmanager
def client(url: str, **config: Any) -> Iterator[RouterClient]:
    """A client, closed at the end."""
    made = RouterClient(RouterConfig(url, **config))
    try:
        yield made
    finally:
        made.close()


def ask(asking: RouterClient, escn: Escn = ANNAS) -> RouterAnswer:
    """The answer about a card; fails the test where it came later than promised."""
    began = time.monotonic()
    answer = asking.status(escn)
    assert time.monotonic() - began <= PROMISE_S
    return answer


def reason(answer: RouterAnswer) -> Reason:
    """Why there is no answer; fails the test where there is one."""
    assert isinstance(answer, RouterFailure), answer
    return answer.reason


def failed(answer: RouterAnswer) -> RouterFailure:
    """The failure; fails the test where there is an answer."""
    assert isinstance(answer, RouterFailure), answer
    return answer
