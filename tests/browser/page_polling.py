"""Polls a condition on a page: the page's policy forbids Playwright's own way (eval)."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from playwright.sync_api import Error

if TYPE_CHECKING:
    from playwright.sync_api import Page

TIMEOUT_S = 10.0
PAUSE_MS = 50


def wait_until(page: Page, condition: str, timeout_s: float = TIMEOUT_S) -> object:
    """The result of this JavaScript function as soon as it is truthy; also across a reload."""
    end = time.monotonic() + timeout_s
    while not (given := _given(page, condition)):
        assert time.monotonic() < end, f"not true after {timeout_s:g} s: {condition}"
        page.wait_for_timeout(PAUSE_MS)
    return given


def _given(page: Page, condition: str) -> object:
    try:
        return page.evaluate(condition)
    except Error as error:
        # The page was reloaded during the call.
        if "context was destroyed" in str(error) or "navigation" in str(error):
            return None
        raise
