"""Device cookies and browser labels: they identify a browser with as little data as possible."""

from __future__ import annotations

import pytest

from validator.accounts.device_cookies import DeviceCookies
from validator.accounts.sessions import label_of
from validator.rate_limiting.login_throttle import network_of

OLD, NEW = "o" * 32, "n" * 32
DAY = 86_400
CHROME = "Mozilla/5.0 (Linux; Android 14; Pixel 8) AppleWebKit/537.36 Chrome/126.0 Mobile Safari/537.36"
EDGE = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/126.0 Safari/537.36 Edg/126.0"
IPHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) Version/17.5 Mobile/15E148 Safari/604.1"


def test_a_browser_is_known_to_those_who_signed_in_on_it() -> None:
    """Each by an entry of their own, for half a year; no other person is, and no name is readable."""
    known = DeviceCookies([OLD])
    cookie = known.issue(known.issue("", "maria", 0), "dora", 10 * DAY)

    assert known.find(cookie, "maria", DAY)
    assert known.find(cookie, "maria", DAY) != known.find(cookie, "dora", DAY)
    assert known.find(cookie, "eva", DAY) is None
    assert known.find(cookie, "maria", 180 * DAY) is None
    assert known.find(cookie, "dora", 180 * DAY)
    assert "maria" not in cookie


def test_each_sign_in_gives_a_new_mark() -> None:
    """A copy of an old cookie counts as another browser; a cookie holds twelve people at most."""
    known = DeviceCookies([OLD])
    cookie = known.issue("", "maria", 0)
    assert known.find(known.issue(cookie, "maria", 0), "maria", 0) != known.find(cookie, "maria", 0)

    for number in range(12):
        cookie = known.issue(cookie, f"other {number}", 0)
    assert known.find(cookie, "maria", 0) is None
    assert known.find(cookie, "other 0", 0)


@pytest.mark.parametrize("cookie", ["", "rubbish", "W10.x", "\ud800"])
def test_a_cookie_that_is_not_ours_knows_nobody(cookie: str) -> None:
    """Nor does one of another site's key."""
    assert DeviceCookies([OLD]).find(cookie, "maria", 0) is None
    assert DeviceCookies([NEW]).find(DeviceCookies([OLD]).issue("", "maria", 0), "maria", 0) is None


def test_a_new_secret_key_still_knows_whom_the_old_one_knew() -> None:
    """As long as the old one is configured; the next sign-in issues a cookie under the new one."""
    cookie = DeviceCookies([OLD]).issue("", "maria", 0)
    both = DeviceCookies([NEW, OLD])
    assert both.find(cookie, "maria", 0)

    assert DeviceCookies([NEW]).find(both.issue(cookie, "maria", 0), "maria", 0)


@pytest.mark.parametrize(
    ("header", "label"),
    [
        (CHROME, "Chrome on Android"), (EDGE, "Edge on Windows"), (IPHONE, "Safari on iPhone"),
        ("", "Another browser on another system"), ("<script>", "Another browser on another system"),
    ],
)  # fmt: skip
def test_a_browser_is_called_by_its_kind_alone(header: str, label: str) -> None:
    """No version, no model, nothing of what a stranger sent."""
    assert label_of(header) == label


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("192.0.2.1", "192.0.2.200", True), ("192.0.2.1", "192.0.3.1", False),
        ("2001:db8:0:12::1", "2001:db8:0:34::1", True), ("2001:db8:0:100::1", "2001:db8:0:200::1", False),
        ("::ffff:192.0.2.1", "192.0.2.9", True), ("fe80::1%eth0", "fe80::2", True),
    ],
)  # fmt: skip
def test_a_network_is_a_department_not_an_address(one: str, other: str, same: bool) -> None:  # noqa: FBT001 - a table
    """A /24, or a /56 of IPv6."""
    assert (network_of(one) == network_of(other)) is same
    assert network_of(one) not in {one, None}


@pytest.mark.parametrize("address", [None, "", "unix", "127.0.0.1", "::1"])
def test_a_loopback_address_tells_nothing(address: str | None) -> None:
    """Behind a proxy that was not declared all people have it: they must not wait for each other."""
    assert network_of(address) is None
