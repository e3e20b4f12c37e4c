"""Who may change something: the whole matrix of method, Sec-Fetch-Site, Origin and host."""

from __future__ import annotations

import pytest

from validator.http.origin import is_same_origin

HOST = "esc.uni.example"
UNSAFE = ["POST", "PUT", "PATCH", "DELETE", "TRACE", "BREW"]


@pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS"])
@pytest.mark.parametrize("site", [None, "cross-site", "rubbish"])
@pytest.mark.parametrize("origin", [None, "https://evil.example", "null"])
def test_looking_is_free(method: str, site: str | None, origin: str | None) -> None:
    """A safe method changes nothing, wherever it comes from."""
    assert is_same_origin(method, HOST, site, origin)


@pytest.mark.parametrize("method", UNSAFE)
@pytest.mark.parametrize("site", ["same-origin", "none"])
@pytest.mark.parametrize("origin", [None, f"https://{HOST}", "null", "https://evil.example"])
def test_our_own_pages_may_change_things(method: str, site: str, origin: str | None) -> None:
    """The browser's own word decides; Origin is not asked."""
    assert is_same_origin(method, HOST, site, origin)


@pytest.mark.parametrize("method", UNSAFE)
@pytest.mark.parametrize(
    "site", ["cross-site", "same-site", "", "Same-Origin", "same-origin, cross-site", "x"]
)
@pytest.mark.parametrize("origin", [None, f"https://{HOST}"])
def test_other_pages_may_not(method: str, site: str, origin: str | None) -> None:
    """Nor may a sibling domain, an unknown word or a doubled header, even with our Origin."""
    assert not is_same_origin(method, HOST, site, origin)


@pytest.mark.parametrize("method", UNSAFE)
def test_what_is_no_browser_may(method: str) -> None:
    """Neither header: a till's program or a command, which nobody can talk into using a cookie."""
    assert is_same_origin(method, HOST, None, None)


@pytest.mark.parametrize(
    ("origin", "host"),
    [
        ("https://esc.uni.example", "esc.uni.example"),
        ("https://esc.uni.example", "ESC.uni.example"),
        ("https://esc.uni.example", "esc.uni.example:443"),
        ("http://esc.uni.example", "esc.uni.example:80"),
        ("http://127.0.0.1:8000", "127.0.0.1:8000"),
        ("http://[::1]:8000", "[::1]:8000"),
    ],
)
def test_an_old_browser_is_known_by_its_origin(origin: str, host: str) -> None:
    """Without Sec-Fetch-Site the Origin must name our own host and port."""
    assert is_same_origin("POST", host, None, origin)


@pytest.mark.parametrize(
    "origin",
    [
        "null", "", "https://", "esc.uni.example", "https://evil.example", "https://esc.uni.example.evil.example",
        "https://esc.uni.example:8443", "http://esc.uni.example:x", "ftp://esc.uni.example", "https://[",
        "https://evil.example/esc.uni.example", "file://", "https://esc.uni.example:99999",
        "https://uni.example", "chrome-extension://esc.uni.example",
    ],
)  # fmt: skip
def test_any_other_origin_is_refused(origin: str) -> None:
    """Near misses, other ports and schemes, and rubbish."""
    assert not is_same_origin("POST", HOST, None, origin)
