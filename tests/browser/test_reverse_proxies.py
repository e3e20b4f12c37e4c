"""A phone reaches the application through nginx and Caddy with the files of deploy/."""

from __future__ import annotations

import base64
import hashlib
from contextlib import ExitStack
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from tests.browser.camera_page import CHROMIUM
from tests.browser.device import until_in_pack
from tests.browser.scanner_driver import open_scanner
from tests.support.demo_site import running_site
from tests.support.reverse_proxies import NAMES, ReverseProxy, reverse_proxy
from validator.demo.deck import BY_SLUG

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import Browser

ANNA = BY_SLUG["anna-active"].escn
PROTOCOL = """() => performance.getEntriesByType("navigation")[0].nextHopProtocol"""


def trusting(chromium: Browser, proxy: ReverseProxy) -> Browser:
    """Another Chromium, which trusts the key of this proxy: service workers need a trusted certificate."""
    certificate = x509.load_pem_x509_certificate((proxy.folder / "cert.pem").read_bytes())
    key = certificate.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    pin = base64.b64encode(hashlib.sha256(key).digest()).decode()
    arguments = ["--no-sandbox", "--disable-gpu", f"--ignore-certificate-errors-spki-list={pin}"]
    return chromium.browser_type.launch(executable_path=CHROMIUM, args=arguments)


@pytest.mark.parametrize("name", NAMES)
def test_a_phone_signs_in_checks_and_keeps_a_card(chromium: Browser, tmp_path: Path, name: str) -> None:
    """Over HTTP/2; the app installs, and answers from the device when the proxy is gone."""
    with ExitStack() as stack:
        site = stack.enter_context(running_site(tmp_path / "site", proxy_hops="1", secure_cookies="true"))
        proxying = stack.enter_context(ExitStack())
        proxy = proxying.enter_context(reverse_proxy(name, tmp_path / name, site.address))
        browser = stack.enter_context(trusting(chromium, proxy))
        here = replace(site, address=proxy.address)
        at = stack.enter_context(open_scanner(browser, here, ignore_https_errors=True))

        at.sign_in_as("staff").install()
        assert at.page.evaluate(PROTOCOL) == "h2"
        at.scan(ANNA)
        at.shows("valid", "active", "router")
        until_in_pack(at.context, proxy.address, 1)
        at.open().until_kept(ANNA)

        proxying.close()
        at.scan(ANNA)
        at.shows("valid", "active", "device")
