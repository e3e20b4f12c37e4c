"""Which endpoint is asked first: where one is refused for good, checks must not be doubled for that."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from validator.router.config import Endpoint

HOLD_S = 300.0
"""How long the endpoint that helped out is asked first, before the operator's order is tried again."""


class AskingOrder:
    """The operator's order, save that an endpoint that helped out goes first for a while. Thread-safe."""

    def __init__(self, configured: tuple[Endpoint, ...], clock: Callable[[], float]) -> None:
        self._configured = configured
        self._clock = clock
        # One tuple, replaced as a whole: readers in other threads see the old one or the new one.
        self._first: tuple[Endpoint, float] = (configured[0], 0.0)

    def now(self) -> tuple[Endpoint, ...]:
        """The endpoints in the order to ask them now."""
        first, until = self._first
        if first is self._configured[0] or self._clock() >= until:
            return self._configured
        return (first, *(endpoint for endpoint in self._configured if endpoint is not first))

    def worked(self, endpoint: Endpoint) -> None:
        """Tell that this endpoint gave an answer about a card."""
        if endpoint is not self.now()[0]:
            self._first = (endpoint, self._clock() + HOLD_S)
