"""Every answer says what it is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.support.clients import every_route, one_client_each

if TYPE_CHECKING:
    from flask import Flask


def test_every_answer_says_what_it_is(app: Flask) -> None:
    """A body has its type; texts have their charset, and JSON is UTF-8 by its own rule."""
    actors = one_client_each(app)
    seen = set()
    for client in (actors["anonymous"], actors["manager"]):
        for method, address, _ in every_route(app):
            answer = client.open(address, method=method)
            kind = answer.headers.get("Content-Type", "")
            seen.add(kind)
            if answer.data:
                assert "/" in kind, f"{method} {address}"
            if kind.startswith("text/"):
                assert "charset=utf-8" in kind, f"{method} {address}: {kind}"
            if answer.data.startswith((b"{", b"[")):
                assert "json" in kind, f"{method} {address}: {kind}"

    assert {"application/problem+json", "text/html; charset=utf-8"} <= seen
