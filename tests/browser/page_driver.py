"""Drives the pages in a browser: sign in, send photos, type numbers, read the verdict."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.support.demo_site import PASSWORD

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext, ConsoleMessage, Locator, Page, Response

    from tests.support.demo_site import Site

SERVER_FAULT = 500


def close_context(context: BrowserContext) -> None:
    """Close it after its route handlers have finished: a later one would fail the next test."""
    for page in context.pages:
        page.unroute_all(behavior="wait")
    context.unroute_all(behavior="wait")
    context.close()


class PageDriver:
    """One browser window, with the errors that the browser reported."""

    def __init__(self, page: Page, site: Site, *, has_scripts: bool = False) -> None:
        self.page = page
        self.site = site
        self.has_scripts = has_scripts
        self.browser_errors: list[str] = []
        page.on("console", self._record_message)
        page.on("pageerror", lambda error: self.browser_errors.append(str(error)))
        page.on("response", self._record_response)

    def _record_message(self, message: ConsoleMessage) -> None:
        # Chromium reports every 4xx answer as an error too; refusals and missing pages are expected here.
        if message.type in {"error", "warning"} and "Failed to load resource" not in message.text:
            self.browser_errors.append(message.text)

    def _record_response(self, response: Response) -> None:
        is_own = response.url.startswith((self.site.address, "data:"))
        if not is_own or response.status >= SERVER_FAULT:
            self.browser_errors.append(f"{response.status} {response.url}")

    def sign_in(self) -> None:
        """Sign in as staff; the scanner opens."""
        self.page.goto("/")
        self.page.get_by_label("User name").fill("staff")
        self.page.get_by_label("Password").fill(PASSWORD)
        self.page.get_by_role("button", name="Sign in").click()

    def photograph(self, card: str) -> None:
        """Send the picture of a demo card's code, by the name in its address."""
        picture = self.page.request.get(f"/demo/cards/{card}.png").body()
        self.send(picture, "IMG_0001.png", "image/png")

    def send(self, data: bytes, name: str, kind: str) -> None:
        """Choose this file and press the button."""
        self.page.goto("/")
        self.page.get_by_label("Take a photo of the code").set_input_files(
            {"name": name, "mimeType": kind, "buffer": data}
        )
        if self.has_scripts:
            # The scanner hides the photo form, which is the fallback without a camera.
            with self.page.expect_navigation():
                self.page.locator("form.photo").evaluate("form => form.submit()")
        else:
            self.page.get_by_role("button", name="Check the photo").click()

    def type_number(self, text: str) -> None:
        """Type into the number field and press Enter."""
        self.page.goto("/lookup")
        self.page.get_by_label("Type the card number").fill(text)
        if self.has_scripts:
            self.page.keyboard.press("Enter")
            self.page.locator("[data-testid=verdict], [data-testid=refusal]").wait_for()
        else:
            with self.page.expect_navigation():
                self.page.keyboard.press("Enter")

    @property
    def verdict(self) -> Locator:
        """The result on the page."""
        return self.page.get_by_test_id("verdict")

    @property
    def answer(self) -> tuple[str | None, str | None, str | None]:
        """Outcome, reason and source of the result."""
        outcome, reason, source = (
            self.verdict.get_attribute(f"data-{name}") for name in ("outcome", "reason", "source")
        )
        return outcome, reason, source
