"""Two devices of one site, and a network that is cut, silent or slow: every card is answered or named."""

from __future__ import annotations

import itertools
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING, NamedTuple

import pytest

from tests.browser.accessibility import accessibility_faults
from tests.browser.device import STORES, until_in_pack
from tests.browser.scanner_driver import ANOTHER_PAGE, ASKS, LEAVE, STAGE, ScannerDriver, open_scanner, via
from tests.support.cards import NOT_FOUND, status_v2
from tests.support.demo_site import PASSWORD, ROOT, running_site
from tests.support.fault_proxy import fault_proxy
from tests.support.fault_router import FaultRouter
from tests.support.router_scripts import answers
from validator.accounts.models import Role
from validator.accounts.passwords import Passwords
from validator.accounts.people import People
from validator.database import Database

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path
    from typing import Any

    from playwright.sync_api import Browser, StorageState

    from tests.support.demo_site import Site
    from tests.support.fault_proxy import FaultProxy
    from tests.support.fault_router import Exchange

UNIVERSITY = "Université de Saint-Valentin"
NAMED_S = 4
# How the title begins of what must be shown where the page itself does not come.
PAGE_SHOWN = {"/guide": "What genuine", "/manage/late-answers": "Check a card"}
LATE, PACK = "/api/v1/late-checks", "/api/v1/offline-pack"
GIVEN_UP = f"""() => {{
  const [outcome, , , phase, confirm] = ({STAGE})() ?? [];
  return outcome === "valid" && phase === "remembered" && !confirm;
}}"""
QUEUED = f"async () => (await ({STORES})()).queue === 1"
NOTICE = "() => document.querySelector('[data-notices] [data-kind=contradiction][data-loud]') !== null"
# The path of everything in Cache Storage.
KEPT = """async () => {
  const found = [];
  for (const name of await caches.keys()) {
    for (const { url } of await (await caches.open(name)).keys()) found.push(new URL(url).pathname);
  }
  return found;
}"""
ALL_KEPT = f"""async () => {{
  const worker = await (await fetch("/sw.js")).text();
  const {{ pages, files }} = JSON.parse(worker.slice(worker.indexOf("{{"), worker.indexOf(";\\n")));
  const kept = await ({KEPT})();
  return [...Object.values(pages), ...files].every((path) => kept.includes(path));
}}"""
_numbers = itertools.count(1)


def card() -> str:
    """A card of the university that was not shown before."""
    return f"{next(_numbers):08x}-826a-103d-bf76-001000000001"


class Town(NamedTuple):
    """A site, its data, and what its Router says of each card."""

    site: Site
    folder: Path
    router: dict[str, dict[str, Any]]


@pytest.fixture(name="town", scope="module")
def _town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    said: dict[str, dict[str, Any]] = {}

    def script(exchange: Exchange) -> bool:
        number = exchange.request.path.split("/")[-2]
        known = number in said
        return answers(200 if known else 404, status_v2(number, **said[number]) if known else NOT_FOUND)(
            exchange
        )

    folder = tmp_path_factory.mktemp("town")
    settings = {"fresh_s": "0", "fresh_not_valid_s": "0", "router_calls_per_s": "0", "limits": "off"}
    with FaultRouter(script) as router, running_site(folder, ROOT, router_url=router.url, **settings) as site:
        yield Town(site, folder, said)


def signed_in_as(chromium: Browser, town: Town, name: str) -> StorageState:
    with open_scanner(chromium, town.site) as at:
        return at.sign_in_as(name).context.storage_state()


@pytest.fixture(name="mia", scope="module")
def _mia(chromium: Browser, town: Town) -> StorageState:
    """Mia manages the canteen."""
    return signed_in_as(chromium, town, "manager")


@pytest.fixture(name="seen", scope="module")
def _seen(chromium: Browser, town: Town) -> dict[str, tuple[str, str]]:
    """Four cards that Sara checked at her till, with their answers."""
    cards = {
        card(): ("valid", "active"),
        card(): ("valid", "active"),
        card(): ("not_valid", "expired"),
        card(): ("not_valid", "inactive"),
    }
    for number, (_, reason) in cards.items():
        town.router[number] = {"status": reason.upper()}
    with open_scanner(chromium, town.site) as sara:
        sara.sign_in_as("staff")
        for number, answer in cards.items():
            sara.scan(number)
            sara.shows(*answer, "live")
        until_in_pack(sara.context, town.site.address, len(cards))
    return cards


@contextmanager
def phone(chromium: Browser, town: Town, mia: StorageState, link: FaultProxy) -> Iterator[ScannerDriver]:
    """Mia's phone, which has seen no card itself, behind this link; its memory is up to date."""
    with open_scanner(chromium, via(link, town.site), mia) as at:
        at.open().install()
        until_synced(at)
        yield at
        link.pass_through()


def until_synced(at: ScannerDriver) -> None:
    """Wait until the pack is on this device."""
    at.until("() => document.querySelector('[data-account-name]').textContent !== ''")
    at.until("() => indexedDB.databases().then((found) => found.length > 0)")
    for _ in range(100):
        if at.stores["chunks"] > 0:
            return
        at.page.wait_for_timeout(50)
    raise AssertionError("the pack never came")


def spoil(link: FaultProxy, how: str) -> None:
    """Make the link so."""
    if how == "slow":
        link.pass_through(6)
    else:
        getattr(link, how)()


@pytest.mark.parametrize("how", ["reset_connections", "go_silent", "slow"])
def test_a_card_that_sara_saw_is_answered_on_mias_phone(
    chromium: Browser, town: Town, mia: StorageState, seen: dict[str, tuple[str, str]], how: str
) -> None:
    """Known cards are answered from memory, a new one is COULD NOT CHECK; both are delivered later."""
    with fault_proxy(town.site.address) as link, phone(chromium, town, mia, link) as at:
        spoil(link, how)
        for number, answer in seen.items():
            at.scan(number)
            at.shows(*answer, "device", "remembered", timeout_s=NAMED_S)
            assert "remembered on this device" in at.verdict.inner_text()
        unknown = card()
        town.router[unknown] = {"status": "ACTIVE"}
        at.scan(unknown)
        at.shows("could_not_check", "device_offline", "device", timeout_s=NAMED_S)
        assert UNIVERSITY in at.verdict.inner_text()
        at.says("Offline: answering from memory of less than a minute ago")
        at.says(f"{len(seen) + 1} checks waiting to be confirmed")

        at.asked.clear()
        link.pass_through()
        at.says("Online", timeout_s=25)
        at.until("() => !document.querySelector('[data-status]').textContent.includes('waiting')", 25)
        # Over a link that was only late, the answers themselves may come before any delivery.
        sent = sum(asked.endswith(LATE) for asked in at.asked)
        assert sent in ({1} if how == "reset_connections" else {0, 1})
        assert at.page.locator("[data-notices] *").count() == 0
        # On the same stage a card that comes back within seconds is only shown again.
        at.open()
        at.scan(unknown)
        at.shows("valid", "active", "live")


def test_a_slow_answer_is_shown_from_memory_and_confirmed(
    chromium: Browser, town: Town, mia: StorageState, seen: dict[str, tuple[str, str]]
) -> None:
    """After two seconds the remembered answer is shown as not yet confirmed, and then confirmed."""
    with fault_proxy(town.site.address) as link, phone(chromium, town, mia, link) as at:
        link.pass_through(1.3)
        at.scan(next(iter(seen)))
        at.shows("valid", "device", "remembered", "confirming", timeout_s=NAMED_S)
        at.shows("valid", "router", "live", "confirmed")


@pytest.mark.parametrize("broken", [(LATE, "go_silent"), (PACK, "reset_connections")])
def test_a_delivery_and_a_sync_may_break_off(
    chromium: Browser,
    town: Town,
    mia: StorageState,
    seen: dict[str, tuple[str, str]],
    broken: tuple[str, str],
) -> None:
    """The link drops in the middle of either: cards are answered meanwhile, and what waits is not lost."""
    number, answer = next(iter(seen.items()))
    asked, how = broken
    with fault_proxy(town.site.address) as link, phone(chromium, town, mia, link) as at:
        link.reset_connections()
        at.scan(number)
        at.shows(*answer, "device")
        at.says("1 check waiting")
        link.pass_through(0.2)
        at.asked.clear()
        at.open()
        at.until_asked(asked)
        spoil(link, how)
        at.open()
        at.scan(number)
        at.shows(*answer, "device", "remembered", timeout_s=NAMED_S)
        link.pass_through()
        at.says("Online", timeout_s=25)
        at.until("() => !document.querySelector('[data-status]').textContent.includes('waiting')", 25)
        assert at.page.locator("[data-notices] *").count() == 0


@pytest.mark.usefixtures("seen")
def test_states_of_a_bad_connection_are_accessible(chromium: Browser, town: Town, mia: StorageState) -> None:
    """Not yet confirmed, changed, a line about a card that has gone: no fault at any width."""
    first, second = card(), card()
    town.router.update({first: {"status": "ACTIVE"}, second: {"status": "ACTIVE"}})
    with fault_proxy(town.site.address) as link, phone(chromium, town, mia, link) as at:
        at.scan(first)
        at.shows("valid", "live")
        # The page writes in the background: a page that is opened sooner does not know the card.
        at.until_kept(first)
        at.open()
        link.go_silent()
        at.scan(first)
        at.shows("valid", "remembered", "confirming", timeout_s=NAMED_S)
        assert accessibility_faults(at.page) == []
        town.router[first] = {"status": "EXPIRED", "expiresAt": "2026-01-31"}
        link.pass_through()
        at.shows("not_valid", "router", "changed")
        assert accessibility_faults(at.page) == []

        at.open()
        link.go_silent()
        at.scan(second)
        at.until(ASKS)
        at.scan(first)
        link.pass_through()
        at.page.get_by_test_id("notice").wait_for()
        assert accessibility_faults(at.page) == []


@pytest.mark.usefixtures("seen")
def test_a_contradiction_stands_until_it_is_noted(chromium: Browser, town: Town, mia: StorageState) -> None:
    """Shown VALID offline, ended meanwhile: an alert, also after a restart, and for the managers."""
    number = card()
    town.router[number] = {"status": "ACTIVE"}
    with fault_proxy(town.site.address) as link, phone(chromium, town, mia, link) as at:
        at.scan(number)
        at.shows("valid", "router")
        at.until_kept(number)
        link.reset_connections()
        town.router[number] = {"status": "EXPIRED", "expiresAt": "2026-01-31"}
        at.open()
        at.scan(number)
        at.shows("valid", "device", "remembered")
        # Only a check that was given up is delivered later; one under way changes the answer in its place.
        at.until(GIVEN_UP)
        at.until(QUEUED)
        link.pass_through()
        at.until(NOTICE, 25)
        at.open().until(NOTICE)
        notice = at.page.get_by_test_id("notice")
        assert "was shown as VALID" in notice.inner_text()
        assert "NOT VALID: EXPIRED" in notice.inner_text()
        assert number not in at.page.content()
        at.says("1 result has changed")
        at.page.get_by_role("button", name="OK").click()
        at.until(f"() => !({NOTICE})()")
        at.open()
        assert not at.page.evaluate(NOTICE)

        at.page.goto("/manage/late-answers")
        line = at.page.get_by_test_id("late-answer").first.inner_text()
        assert "manager" in line
        assert line.index("VALID") < line.index("EXPIRED")


def test_a_cold_start_without_a_network_is_a_whole_scanner(
    chromium: Browser, town: Town, mia: StorageState, seen: dict[str, tuple[str, str]]
) -> None:
    """Nothing open, the network gone: the app opens from what is kept, and answers."""
    with fault_proxy(town.site.address) as link, phone(chromium, town, mia, link) as at:
        link.reset_connections()
        at.page.goto("about:blank")
        for path, title in (("/", "Check a card"), ("/lookup", "Type a number")):
            at.open(path)
            assert at.page.title().startswith(title)
            for number, answer in seen.items():
                at.scan(number)
                at.shows(*answer, "device", "remembered")
        at.page.goto("/manage/late-answers")
        assert at.page.get_by_test_id("start-camera").is_visible()


@pytest.mark.usefixtures("seen")
@pytest.mark.parametrize("path", PAGE_SHOWN)
@pytest.mark.parametrize("how", ["stall_bodies", "reset_connections"])
def test_a_page_that_stops_in_its_middle_is_not_waited_for(
    chromium: Browser, town: Town, mia: StorageState, how: str, path: str
) -> None:
    """The answer stalls or breaks off: the cached page is shown, or the scanner instead."""
    with fault_proxy(town.site.address) as link, phone(chromium, town, mia, link) as at:
        link.stall_bodies()
        at.page.evaluate(LEAVE, path)
        at.until_asked(path)
        spoil(link, how)
        title = f"document.title.startsWith('{PAGE_SHOWN[path]}')"
        at.until(f"() => ({ANOTHER_PAGE})() && {title} && document.querySelector('footer') !== null", NAMED_S)


def test_no_verdict_ever_comes_from_the_service_worker(
    chromium: Browser, town: Town, mia: StorageState, seen: dict[str, tuple[str, str]]
) -> None:
    """With the network gone every question to the server fails, and nothing of its answers was kept."""
    with fault_proxy(town.site.address) as link, phone(chromium, town, mia, link) as at:
        at.scan(next(iter(seen)))
        at.shows("valid", "live")
        paths = at.page.evaluate(KEPT)
        assert any(path.startswith("/shell/") for path in paths)
        assert [path for path in paths if not path.startswith(("/shell/", "/static/"))] == []
        link.reset_connections()
        ask = "([method, path]) => fetch(path, { method }).then(() => 'answered', () => 'failed')"
        for method, path in (("POST", "validations"), ("GET", "me"), ("GET", "offline-pack")):
            assert at.page.evaluate(ask, [method, f"/api/v1/{path}"]) == "failed"


def test_what_the_browser_threw_away_is_made_good(
    chromium: Browser, town: Town, mia: StorageState, seen: dict[str, tuple[str, str]]
) -> None:
    """Memory and kept files gone, while it runs or before a start: it works, and keeps them again."""
    number = next(iter(seen))
    with fault_proxy(town.site.address) as link, phone(chromium, town, mia, link) as at:
        evict(at)
        at.scan(number)
        at.shows("valid", "live")

        evict(at)
        at.open()
        until_synced(at)
        at.until(ALL_KEPT)
        link.reset_connections()
        at.open()
        at.scan(number)
        at.shows("valid", "device", "remembered")

        evict(at)
        at.page.goto("/")
        assert at.page.get_by_role("heading", name="No connection").is_visible()
        link.pass_through()
        at.page.get_by_role("link", name="open the scanner again").click()
        at.page.get_by_test_id("start-camera").wait_for()
        # First this, while nothing is under way that the browser would wait for.
        at.until(ALL_KEPT)
        evict(at)
        link.go_silent()
        at.page.evaluate(LEAVE, "/manage/late-answers")
        at.until("() => document.querySelector('h1').textContent === 'No connection'", NAMED_S)
        # The test caused these answers with status 503.
        at.browser_errors.clear()


def evict(at: ScannerDriver) -> None:
    """As a browser does that is short of space."""
    devtools = at.context.new_cdp_session(at.page)
    what = {"origin": at.site.address, "storageTypes": "indexeddb,cache_storage"}
    devtools.send("Storage.clearDataForOrigin", what)


def test_a_disabled_account_is_signed_out_and_its_data_deleted(chromium: Browser, town: Town) -> None:
    """Mia disables Tom: at his next check his phone forgets everything and shows the sign-in page."""
    database = Database(f"sqlite:///{town.folder / 'validator.sqlite'}")
    people = People(database, Passwords(), lambda: datetime.now(UTC))
    people.add("tom", PASSWORD, Role.STAFF)
    number = card()
    town.router[number] = {"status": "ACTIVE"}
    with open_scanner(chromium, town.site) as tom:
        tom.sign_in_as("tom")
        tom.scan(number)
        tom.shows("valid", "live")
        people.disable("tom")
        tom.scan(card())
        tom.page.wait_for_url("**/login?next=%2F")
        assert sum(tom.stores.values()) == 0
    database.close()
