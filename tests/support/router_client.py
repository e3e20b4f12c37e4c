"""A Router client for tests, and one check with it."""

from __future__ import annotations

import contextlib
import time
from typing import TYPE_CHECKING, Any

from scanner.escn import Escn
from tests.support.cards import ANNA, status_v2, verifier
from tests.support.router_scripts import answers, by_endpoint
from validator.router.answers import RouterFailure
from validator.router.client import RouterClient, RouterConfig

if TYPE_CHECKING:
    from collections.abc import Iterator

    from validator.router.answers import RouterAnswer
    from validator.verdict import Reason

ANNA_ESCN = Escn.parse(ANNA)
SHORT_S = 0.4
"""A short deadline for tests in which the Router never answers.

All other tests use the default, which a busy machine does not reach.
"""

SPARE_S = 1.0
"""The same for a Router that first hangs and then answers."""

PROMISE_S = 3.0
"""No answer may take longer, whatever the Router does."""

good = by_endpoint(answers(200, status_v2(ANNA)), answers(200, verifier(ANNA)))


@contextlib.contextmanager
def open_client(url: str, **config: Any) -> Iterator[RouterClient]:
    """A client, closed at the end."""
    made = RouterClient(RouterConfig(url, **config))
    try:
        yield made
    finally:
        made.close()


def ask(client: RouterClient, escn: Escn = ANNA_ESCN) -> RouterAnswer:
    """The answer about a card; fails the test if it came later than promised."""
    began = time.monotonic()
    answer = client.status(escn)
    assert time.monotonic() - began <= PROMISE_S
    return answer


def reason(answer: RouterAnswer) -> Reason:
    """The reason of the failure; fails the test if there is an answer."""
    assert isinstance(answer, RouterFailure), answer
    return answer.reason


def failed(answer: RouterAnswer) -> RouterFailure:
    """The failure; fails the test if there is an answer."""
    assert isinstance(answer, RouterFailure), answer
    return answer
