"""The application behind nginx and Caddy as deploy/ sets them up: sign-in, scan page, photo, cookies."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING
from urllib.parse import urlencode

import pytest

from tests.fuzz.bodies import FORM, form, part
from tests.support.demo_site import PASSWORD, Site, running_site
from tests.support.reverse_proxies import NAMES, ReverseProxy, reverse_proxy

if TYPE_CHECKING:
    from collections.abc import Iterator
    from http.client import HTTPMessage

AS_FORM = {"Content-Type": "application/x-www-form-urlencoded"}


@pytest.fixture(name="site", scope="module")
def _site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The demo with the settings that install.sh writes for a proxy."""
    with running_site(tmp_path_factory.mktemp("site"), proxy_hops="1", secure_cookies="true") as site:
        yield site


@pytest.fixture(
    name="proxy", scope="module", params=[(name, below) for name in NAMES for below in (False, True)], ids=str
)
def _proxy(
    request: pytest.FixtureRequest, site: Site, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[ReverseProxy]:
    """Each proxy, for a host name of its own and below a sub-path."""
    name, below = request.param
    with reverse_proxy(name, tmp_path_factory.mktemp(name), site.address, sub_path=below) as proxy:
        yield proxy


def cookies(headers: HTTPMessage) -> list[str]:
    """Every cookie that an answer sets."""
    return headers.get_all("Set-Cookie") or []


def signed_in(proxy: ReverseProxy) -> dict[str, str]:
    """The session of a person who signs in with the form."""
    sent = urlencode({"username": "staff", "password": PASSWORD}).encode()
    here = {"Origin": f"https://localhost:{proxy.https_port}"}
    status, headers, body = proxy.ask("POST", f"{proxy.prefix}/login", sent, AS_FORM | here)
    assert (status, headers["Location"]) == (302, f"{proxy.prefix}/"), body
    return {"Cookie": "; ".join(each.partition(";")[0] for each in cookies(headers))}


def test_a_person_signs_in_and_sends_a_photo(proxy: ReverseProxy) -> None:
    """From the sign-in page to the verdict on a demo card."""
    assert proxy.ask("GET", f"{proxy.prefix}/login")[0] == 200
    session = signed_in(proxy)
    status, _, page = proxy.ask("GET", f"{proxy.prefix}/", headers=session)
    assert status == 200
    assert b"data-scanner" in page
    status, _, picture = proxy.ask("GET", f"{proxy.prefix}/demo/cards/anna-active.png", headers=session)
    assert status == 200

    sent = {"Content-Type": FORM} | session
    status, _, body = proxy.ask("POST", f"{proxy.prefix}/api/v1/scans", form(part(picture)), sent)

    assert (status, json.loads(body)["outcome"]) == (200, "valid")


def test_the_application_knows_that_it_is_asked_over_https(proxy: ReverseProxy) -> None:
    """Cookies go to https and to this host, or to this path of it; browsers shall keep to https."""
    sent = urlencode({"username": "staff", "password": PASSWORD}).encode()
    _, headers, _ = proxy.ask("POST", f"{proxy.prefix}/login", sent, AS_FORM | {"X-Forwarded-Proto": "http"})
    names = [each.partition("=")[0] for each in cookies(headers)]

    assert ("__Secure-escv" if proxy.prefix else "__Host-escv") in names
    assert all("; Secure" in each for each in cookies(headers))
    assert headers["Strict-Transport-Security"] == "max-age=31536000"
    assert headers.get_all("Content-Security-Policy") is not None
    assert len(headers.get_all("Content-Security-Policy") or []) == 1
