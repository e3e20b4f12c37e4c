"""A session ends during work: no check is lost, and no other user can read or deliver it."""

from __future__ import annotations

import http.client
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from tests.browser.scanner_driver import ScannerDriver, open_scanner
from tests.support.server_process import new_number
from validator.demo.deck import BY_SLUG

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Response, Route

    from tests.support.demo_site import Site

KIRA = BY_SLUG["kira-expired"].escn
LATE = "/api/v1/late-checks"
KNOWN = "() => document.querySelector('[data-account-name]').textContent === '{}'"


def end_session(at: ScannerDriver) -> None:
    """End the session elsewhere, as a timeout or the account page does; this browser is not informed."""
    cookies = "; ".join(f"{one['name']}={one['value']}" for one in at.context.cookies())
    connection = http.client.HTTPConnection(urlsplit(at.site.address).netloc)
    connection.request("POST", "/logout", headers={"Cookie": cookies})
    assert connection.getresponse().status == 302
    connection.close()


def sign_in(at: ScannerDriver, name: str) -> None:
    """Sign in on the page that is shown, and wait until the next page knows the user."""
    at.page.get_by_label("User name").fill(name)
    at.page.get_by_label("Password").fill("lindenburg on the lake")
    at.page.get_by_role("button", name="Sign in").click()
    at.until(KNOWN.format(name))


def test_checks_that_wait_are_delivered_by_who_made_them(chromium: Browser, site: Site) -> None:
    """Sara's session ends while she checks without a network; a manager signs in before she does."""
    delivered: list[int] = []

    def note(response: Response) -> None:
        if response.url.endswith(LATE):
            delivered.append(response.status)

    with open_scanner(chromium, site) as at:
        at.page.on("response", note)
        at.sign_in_as("staff").open("/lookup")
        at.until(KNOWN.format("staff"))
        at.context.set_offline(offline=True)
        at.scan(new_number())
        at.shows("could_not_check", "alone")
        at.says("1 check waiting")
        end_session(at)
        at.context.set_offline(offline=False)

        at.page.wait_for_url("**/login?next=%2Flookup")
        assert "1 check made without a network waits" in at.page.get_by_test_id("checks-left").inner_text()
        sign_in(at, "manager")
        assert "waiting" not in at.status
        at.page.get_by_role("button", name="Sign out").click()
        at.page.get_by_label("Password").wait_for()
        assert set(delivered) <= {401}
        at.asked.clear()
        sign_in(at, "staff")
        at.until_asked(LATE)
        at.until("() => !document.querySelector('[data-status]').textContent.includes('waiting')")
        assert delivered[-1] == 200


def test_the_card_that_met_the_end_is_checked_after_the_sign_in(chromium: Browser, site: Site) -> None:
    """The next card of the queue finds the session over; after the sign-in its answer is shown."""
    with open_scanner(chromium, site) as at:
        at.sign_in_as("staff").open("/lookup")
        at.until(KNOWN.format("staff"))
        end_session(at)
        at.scan(KIRA)

        at.page.wait_for_url("**/login?next=%2Flookup")
        assert "the last card is checked" in at.page.get_by_test_id("checks-left").inner_text()
        kept = at.page.evaluate("JSON.stringify(sessionStorage)")
        assert KIRA not in kept
        sign_in(at, "staff")
        at.shows("not_valid", "live")


def test_the_end_of_a_session_is_announced_with_the_way_to_the_next(chromium: Browser, site: Site) -> None:
    """A quarter of an hour before it, under the answer; who signs in again is back at the scanner."""
    left = 36_000

    def answer(route: Route) -> None:
        answer = route.fetch()
        route.fulfill(response=answer, json=answer.json() | {"session_left_s": left})

    with open_scanner(chromium, site) as at:
        at.page.route("**/api/v1/me", answer)
        at.sign_in_as("staff")
        at.until(KNOWN.format("staff"))
        assert at.page.get_by_test_id("session-end").is_hidden()

        left = 14 * 60
        at.open("/lookup").until(KNOWN.format("staff"))
        assert "ends in 14 min" in at.page.get_by_test_id("session-end").inner_text()
        at.page.get_by_test_id("session-end").get_by_role("link").click()
        at.page.wait_for_url("**/login?again=1&next=**")
        left = 36_000
        sign_in(at, "staff")
        at.page.wait_for_url("**/lookup")
        assert at.page.get_by_test_id("session-end").is_hidden()
