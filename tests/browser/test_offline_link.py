"""Bad connections of every kind: a check always ends in a named state, in under 4 s, and never in a guess."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

import pytest

from tests.browser.device import Device, device
from tests.browser.page_driver import close_context
from tests.support.fault_proxy import fault_proxy
from validator.demo.deck import BY_SLUG

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from playwright.sync_api import Browser, Route, StorageState

    from tests.support.demo_site import Site
    from tests.support.fault_proxy import FaultProxy

ANNA, KIRA = (BY_SLUG[slug].escn for slug in ("anna-active", "kira-expired"))
END_MS = 4_000
AT_ONCE_MS = 100
NAMED = {"remembered", "alone", "live"}


def unseen() -> str:
    """The number of a card that was never checked at the site; the Router does not know it either."""
    return f"{next(_numbers):08x}{ANNA[8:]}"


_numbers = itertools.count(1)


@pytest.fixture(name="link")
def _link(site: Site) -> Iterator[FaultProxy]:
    with fault_proxy(site.address) as link:
        yield link


@pytest.fixture(name="phone")
def _phone(chromium: Browser, site: Site, signed_in: StorageState, link: FaultProxy) -> Iterator[Device]:
    """A phone that knows Anna's card and Kira's, behind a link that a test may spoil."""
    context = chromium.new_context(storage_state=signed_in)
    # Cookies belong to a host, not to a port: the link's door is the same site.
    phone = device(context, site.address, link.address).open()
    for card in (ANNA, KIRA):
        assert phone.says(card, "live")[0] == "live"
    phone.sync()
    yield phone
    close_context(context)


BROKEN: dict[str, Callable[[FaultProxy], None]] = {
    "cut": lambda link: link.reset_connections(),
    "silent": lambda link: link.go_silent(),
    "so slow that nothing comes": lambda link: link.pass_through(6.0),
}


@pytest.mark.parametrize("how", BROKEN)
def test_every_check_ends_in_a_named_state(phone: Device, link: FaultProxy, how: str) -> None:
    """Refused, swallowed or hopelessly late: a remembered card is answered, another says COULD NOT CHECK."""
    BROKEN[how](link)
    for card, phase, outcome in (
        (ANNA, "remembered", "valid"),
        (unseen(), "alone", "could_not_check"),
        (KIRA, "remembered", "not_valid"),
    ):
        answers = phone.check(card, "named", most_ms=END_MS)
        shown = [each for each in answers if each["verdict"]]
        assert (shown[-1]["phase"], shown[-1]["verdict"]["outcome"]) == (phase, outcome)
        assert shown[0]["ms"] < END_MS
    assert phone.status["link"] == "offline"


@pytest.mark.parametrize("how", ["cut", "silent"])
def test_once_the_link_is_known_to_be_gone_memory_answers_at_once(
    phone: Device, link: FaultProxy, how: str
) -> None:
    """From the second card on, the remembered answer is shown within a tenth of a second."""
    BROKEN[how](link)
    phone.check(unseen(), "named", most_ms=END_MS)
    answers = phone.check(ANNA, "named", most_ms=END_MS)

    assert answers[0]["phase"] == "remembered"
    assert answers[0]["ms"] < AT_ONCE_MS


def test_a_slow_answer_is_bridged_and_confirmed(phone: Device, link: FaultProxy) -> None:
    """The remembered answer comes after two seconds; the live one takes its place and confirms it."""
    link.pass_through(1.3)
    answers = phone.check(ANNA, "live")

    assert [each["phase"] for each in answers] == ["asking", "remembered", "live"]
    assert (answers[1]["confirming"], answers[2]["change"]) == (True, "confirmed")
    assert phone.status["link"] == "slow"
    assert phone.check(KIRA, "live")[0]["phase"] == "remembered"


def test_what_was_decided_alone_is_told_when_the_link_is_back(phone: Device, link: FaultProxy) -> None:
    """Each check once, and nothing waits any more; what was not known then is known now."""
    card = unseen()
    link.reset_connections()
    assert phone.says(card) == ("alone", "device_offline")
    assert phone.says(ANNA) == ("remembered", "active")
    assert phone.status["queued"] == 2

    link.pass_through()
    phone.until("window.memory.queue.size() === 0", timeout_s=15)
    assert phone.status["link"] == "live"
    assert phone.status["contradictions"] == 0
    phone.until(f"window.memory.pack.find('{card}').then((row) => row?.goodUntil > row?.checkedAt)")

    link.reset_connections()
    assert phone.says(card) == ("remembered", "unknown_card")


def test_a_later_answer_that_differs_is_shown_until_it_is_acknowledged(phone: Device) -> None:
    """The phone showed VALID, the server answers otherwise: the phone reports it, also after a restart."""
    card = unseen()
    phone.page.evaluate(
        """async (escn) => {
          const shown = { outcome: "valid", reason: "active" };
          const madeAt = window.memory.pack.likelyNow() - 60_000;
          await window.memory.queue.add({ id: crypto.randomUUID(), escn, madeAt, shown });
        }""",
        card,
    )
    phone.until("window.memory.notices.all().length === 1", timeout_s=15)
    phone.open()

    (notice,) = phone.page.evaluate("window.memory.notices.all()")
    assert (notice["shown"]["outcome"], notice["now"]["reason"]) == ("valid", "unknown_card")
    assert notice["number"] == f"{card[:4]}…{card[-4:]}"
    phone.page.evaluate("(id) => window.memory.notices.dismiss([id])", notice["id"])
    assert phone.status["contradictions"] == 0


ODD: dict[str, Callable[[Route], None]] = {
    "a sign-in page of the Wi-Fi": lambda route: route.fulfill(
        status=200, content_type="text/html", body="<h1>Welcome</h1>"
    ),
    "valid in JSON of no shape": lambda route: route.fulfill(json={"outcome": "valid"}),
    "a redirect": lambda route: route.fulfill(status=302, headers={"Location": "/livez"}),
    "a proxy's fault": lambda route: route.fulfill(status=502, content_type="text/html", body="<h1>Bad"),
}


@pytest.mark.parametrize("odd", ODD)
def test_no_middlebox_answer_becomes_valid(phone: Device, odd: str) -> None:
    """Whatever answers in our server's place, an unknown card is not valid for it."""
    phone.context.route("**/api/v1/validations", ODD[odd])
    answers = phone.check(unseen())[-1]

    assert (answers["phase"], answers["verdict"]["outcome"]) == ("alone", "could_not_check")
    assert answers["trouble"] in {"offline", "server_fault"}


def test_the_link_may_drop_at_any_point_of_a_check(phone: Device, link: FaultProxy) -> None:
    """At twenty points of the way, cut or silent: the end is named, and never later than 4 s."""
    for point in range(20):
        link.pass_through()
        phone.page.evaluate("window.checking.api.alive()")
        wait_ms = point * 3
        breaks = link.reset_connections if point % 2 else link.go_silent
        phone.page.evaluate(
            """(escn) => {
              const began = performance.now();
              window.events = [];
              window.checking.check({ escn, warnings: [] }, (answer) => {
                window.events.push({ phase: answer.phase, ms: performance.now() - began });
              });
            }""",
            ANNA if point % 3 else unseen(),
        )
        phone.page.wait_for_timeout(wait_ms)
        breaks()
        phone.until("window.events.some(({ phase }) => phase !== 'asking')", timeout_s=5)
        named = [each for each in phone.page.evaluate("window.events") if each["phase"] != "asking"]
        assert named[0]["phase"] in NAMED
        assert named[0]["ms"] < END_MS
        link.pass_through()
        phone.until("!window.checking.isBusy()", timeout_s=10)
