"""`make run HTTPS=1`, opened by a browser on another host: with the certificate's warning, and with trust."""

from __future__ import annotations

import base64
import hashlib
from pathlib import Path
from typing import TYPE_CHECKING

import cv2
import numpy as np
import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from playwright.sync_api import Error as PlaywrightError

from tests.browser.camera_page import CAMERA_ALLOWED, CHROMIUM
from tests.browser.conftest import PHONE, TIMEOUT_MS
from tests.browser.scanner_driver import READY, ScannerDriver
from tests.http.demo.test_start import demo, free_port, printed
from tests.support.codes import png_of
from tests.support.demo_site import PASSWORD, Site
from tests.support.other_host import OtherHost, other_host
from validator.demo.deck import BY_SLUG

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser

ANNA = BY_SLUG["anna-active"]
# The headless shell has no page for a certificate that it does not know.
WITH_WARNING = "/usr/bin/chromium"
FILM = "--use-file-for-fake-video-capture="
CAMERA = "--use-fake-ui-for-media-stream", "--use-fake-device-for-media-stream"
CAMERA_ON = "() => document.querySelector('[data-viewfinder]').dataset.camera === 'on'"
REGISTER = """async () => {
  const root = document.querySelector("script[type=module]").src.replace(/js\\/pages\\/.*/, "");
  const { own, scriptUrl } = await import(`${root}js/addresses.js`);
  const script = scriptUrl(own("/sw.js"));
  return navigator.serviceWorker.register(script).then(() => "registered", ({ name }) => name);
}"""


@pytest.fixture(name="phone", scope="module")
def _phone() -> Iterator[OtherHost]:
    with other_host() as phone:
        yield phone


@pytest.fixture(name="https", scope="module")
def _https(phone: OtherHost, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, str]]:
    """The demo's data folder, and its address for the phone."""
    folder, secure = tmp_path_factory.mktemp("https"), free_port()
    given = {"HTTPS": "1", "HTTPS_PORT": str(secure), "ESCV_DEMO_PASSWORD": PASSWORD}
    with demo(folder, free_port(), **given) as process:
        printed(process)
        yield folder, f"https://{phone.server}:{secure}"


def started(chromium: Browser, phone: OtherHost, folder: Path, program: str, *arguments: str) -> Browser:
    """A browser on the other host, whose camera sees Anna's card."""
    pixels = np.frombuffer(png_of(ANNA.payload).getvalue(), dtype=np.uint8)
    decoded = cv2.imdecode(pixels, cv2.IMREAD_COLOR)
    assert decoded is not None
    picture = cv2.resize(decoded, (480, 480))
    film = folder / "card.mjpeg"
    film.write_bytes(cv2.imencode(".jpg", picture)[1].tobytes() * 5)
    always = ("--no-sandbox", "--disable-gpu", *CAMERA, f"{FILM}{film}")
    return chromium.browser_type.launch(
        executable_path=phone.wrapper(folder, program), args=[*always, *arguments]
    )


def driver(browser: Browser, address: str) -> ScannerDriver:
    """The scanner page of a new device at this address."""
    context = browser.new_context(base_url=address, viewport=PHONE, **CAMERA_ALLOWED)
    page = context.new_page()
    page.set_default_timeout(TIMEOUT_MS)
    # The demo's process owns the Router.
    return ScannerDriver(page, Site(address, None))  # type: ignore[arg-type]


def test_behind_the_warning_the_camera_checks_a_card(
    chromium: Browser, phone: OtherHost, https: tuple[Path, str], tmp_path: Path
) -> None:
    """A person continues at the browser's warning: the camera works, and the browser keeps no app."""
    if not Path(WITH_WARNING).exists():
        pytest.skip("needs Debian's package chromium: the headless shell shows no warning")
    with started(chromium, phone, tmp_path, WITH_WARNING, "--headless=new") as browser:
        at = driver(browser, https[1])
        page = at.page
        with pytest.raises(PlaywrightError, match="ERR_CERT_AUTHORITY_INVALID"):
            page.goto("/login")
        page.locator("#details-button").click()
        page.locator("#proceed-link").click()
        page.get_by_label("User name").fill("staff")
        page.get_by_label("Password").fill(PASSWORD)
        page.get_by_role("button", name="Sign in").click()
        at.until(READY)
        at.until(CAMERA_ON)
        at.shows("valid", "active", "router")

        assert page.evaluate("isSecureContext")
        assert page.evaluate(REGISTER) == "SecurityError"


def test_with_a_trusted_certificate_the_app_is_kept(
    chromium: Browser, phone: OtherHost, https: tuple[Path, str], tmp_path: Path
) -> None:
    """The same card, and the service worker that answers without a network."""
    certificate = x509.load_pem_x509_certificate((https[0] / "demo-certificate.pem").read_bytes())
    key = certificate.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    pin = base64.b64encode(hashlib.sha256(key).digest()).decode()
    trust = f"--ignore-certificate-errors-spki-list={pin}"
    with started(chromium, phone, tmp_path, CHROMIUM, trust) as browser:
        at = driver(browser, https[1])
        at.sign_in_as("staff").install()
        at.until(CAMERA_ON)
        at.shows("valid", "active")

        assert at.browser_errors == []
