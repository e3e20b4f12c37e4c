"""The device's memory in a real browser: what it keeps, hides and forgets."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest

from tests.browser.camera_page import CHROMIUM
from tests.browser.device import Device, device, until_in_pack
from validator.demo.deck import BY_SLUG

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import Browser, BrowserContext, StorageState

    from tests.support.demo_site import Site

ANNA, KIRA, MAYA = (BY_SLUG[slug].escn for slug in ("anna-active", "kira-expired", "maya-suspended"))
# No other test of this site ever shows it.
NEW_CARD = ANNA.replace(ANNA[:8], "0000de1c")
FEW_BYTES = 6_000_000
# What version 1 kept: its pack, the key of its hashes, and a check that waits.
EARLIER = """async (escn) => {
  const opened = await new Promise((resolve) => {
    const opening = indexedDB.open("escv", 1);
    const stores = ["keys", "state", "chunks", "queue", "notices"];
    opening.onupgradeneeded = () => stores.forEach((name) => opening.result.createObjectStore(name));
    opening.onsuccess = () => resolve(opening.result);
  });
  const aes = { name: "AES-GCM", length: 256 };
  const own = await crypto.subtle.generateKey(aes, false, ["encrypt", "decrypt"]);
  const hmac = { name: "HMAC", hash: "SHA-256" };
  const pack = await crypto.subtle.importKey("raw", new Uint8Array(32), hmac, false, ["sign"]);
  const seal = async (store, text) => {
    const iv = crypto.getRandomValues(new Uint8Array(12));
    const under = { name: "AES-GCM", iv, additionalData: new TextEncoder().encode(store) };
    return { iv, data: await crypto.subtle.encrypt(under, own, new TextEncoder().encode(text)) };
  };
  const at = Date.now();
  const check = { id: crypto.randomUUID(), escn, madeAt: at, shown: { outcome: "valid", reason: "active" } };
  const waits = { at, sealed: await seal("queue", JSON.stringify(check)) };
  const chunk = { sealed: await seal("chunks", "rows of version 1") };
  const writing = opened.transaction(["keys", "state", "chunks", "queue"], "readwrite");
  const put = (store, key, value) => writing.objectStore(store).put(value, key);
  put("keys", "epoch", "an epoch");
  put("keys", "own", own);
  put("keys", "pack", pack);
  put("state", "pack", { cursor: "1.1", keyId: "k", maxCards: 50_000, maxAgeS: 604_800, syncedAt: at });
  put("state", "clock", { offset: 0, highest: at });
  put("chunks", "one", chunk);
  put("queue", check.id, waits);
  await new Promise((resolve) => { writing.oncomplete = resolve; });
  opened.close();
}"""
REOPENED = """async (root) => {
  const { openMemory } = await import(`${root}js/memory/memory.js`);
  const memory = await openMemory();
  return [memory.queue.size(), memory.pack.facts().cards];
}"""


@contextmanager
def _at(chromium: Browser, signed_in: StorageState) -> Iterator[BrowserContext]:
    context = chromium.new_context(storage_state=signed_in)
    yield context
    context.close()


@pytest.fixture(name="till")
def _till(chromium: Browser, site: Site, signed_in: StorageState) -> Iterator[Device]:
    """A till at which three cards were checked."""
    with _at(chromium, signed_in) as context:
        till = device(context, site.address).open()
        for card in (ANNA, KIRA, MAYA):
            assert till.says(card)[0] == "live"
        until_in_pack(context, site.address, 3)
        yield till


def test_a_card_that_any_till_saw_is_answered_on_every_device(
    chromium: Browser, site: Site, signed_in: StorageState, till: Device
) -> None:
    """Sara's phone never saw these cards; without a network it knows the answers that the till got."""
    with _at(chromium, signed_in) as context:
        phone = device(context, site.address).open()
        phone.until("window.synced")
        context.set_offline(offline=True)

        assert [phone.says(card) for card in (ANNA, KIRA, MAYA)] == [
            ("remembered", "active"),
            ("remembered", "expired"),
            ("remembered", "inactive"),
        ]
        answer = phone.check(NEW_CARD)[-1]
        assert (answer["phase"], answer["verdict"]["outcome"], answer["trouble"]) == (
            "alone",
            "could_not_check",
            "offline",
        )
        assert answer["verdict"]["card"]["issuer_name"] is not None
        assert phone.status["link"] == "offline"
        assert 0 <= phone.status["packAge"] < 60
        assert phone.status["queued"] == 4
    assert till.status["link"] == "live"


def test_the_memory_is_there_after_a_new_start_without_a_network(till: Device) -> None:
    """The device's own answers count too, before the next sync."""
    till.sync()
    till.page.goto(till.page.url)
    till.open(keeps_pack=False)
    till.context.set_offline(offline=True)

    assert till.says(KIRA) == ("remembered", "expired")


def test_keys_are_used_and_never_read(till: Device) -> None:
    """The device's own key cannot be taken out of the browser by any script; of the pack none is kept."""
    till.sync()

    assert till.keys == [["AES-GCM", False, False]]


def test_what_the_earlier_version_left_is_dropped_and_what_waits_is_delivered(
    chromium: Browser, site: Site, signed_in: StorageState
) -> None:
    """The pack with readable times and the key that found cards in it are gone at the first opening."""
    with _at(chromium, signed_in) as context:
        phone = device(context, site.address)
        phone.page.goto(f"{site.address}/livez")
        phone.page.evaluate(EARLIER, NEW_CARD)
        assert phone.stores == {"chunks": 1, "keys": 3, "notices": 0, "queue": 1, "state": 2}

        assert phone.page.evaluate(REOPENED, phone._static) == [1, 0]
        assert phone.keys == [["AES-GCM", False, False]]
        assert phone.stores == {"chunks": 0, "keys": 2, "notices": 0, "queue": 1, "state": 1}

        phone.open()
        phone.until("window.synced && window.memory.queue.size() === 0")


def test_signing_out_without_a_network_leaves_nothing(till: Device) -> None:
    """All data is deleted at once, in the other tab too; a reachable server is informed first."""
    other = Device(till.context, till.page.url.removesuffix("/livez"), till._static).open()
    till.sync()
    other.until("window.memory.pack.facts().cards > 0")
    till.context.set_offline(offline=True)
    till.says(NEW_CARD)
    assert till.stores["queue"] == 1

    assert till.page.evaluate("window.checking.session.signOut()") is False
    assert till.stores == {"chunks": 0, "keys": 0, "notices": 0, "queue": 0, "state": 0}
    for tab in (till, other):
        assert tab.page.evaluate("window.memory.pack.facts().cards") == 0
        assert tab.says(ANNA) == ("alone", "device_offline")
    assert till.stores["queue"] == 0
    names = till.page.evaluate("[...Object.keys(localStorage), ...Object.keys(sessionStorage)]")
    assert set(names) <= {"escv.sign-out", "escv.persist"}

    asked: list[str] = []
    till.page.on("request", lambda request: asked.append(request.url.rsplit("/", 1)[-1]))
    till.context.set_offline(offline=False)
    till.page.evaluate("window.dispatchEvent(new Event('online'))")
    till.until("!window.checking.session.isSignOutPending()")
    assert asked[0] == "logout"
    assert till.context.request.get(till.page.url.replace("livez", "api/v1/me")).status == 401


def test_a_session_that_ended_empties_the_device(till: Device) -> None:
    """If the server reports no session, the device deletes its memory and shows this."""
    till.sync()
    till.context.clear_cookies()

    assert till.check(ANNA)[-1]["trouble"] == "signed_out"
    till.until("window.signedOut")
    assert sum(till.stores.values()) == 0


def test_a_browser_without_a_database_checks_all_the_same(
    chromium: Browser, site: Site, signed_in: StorageState
) -> None:
    """Where nothing can be kept, cards are checked, and while the page lives it remembers."""
    with _at(chromium, signed_in) as context:
        context.add_init_script("Object.defineProperty(window, 'indexedDB', { value: undefined });")
        phone = device(context, site.address).open()
        assert phone.says(ANNA) == ("live", "active")
        phone.until("window.synced")
        context.set_offline(offline=True)

        assert phone.says(ANNA) == ("remembered", "active")


def test_a_full_disk_checks_all_the_same(chromium: Browser, site: Site, signed_in: StorageState) -> None:
    """If the browser's storage is full, cards are checked, and remembered until the page is closed."""
    with _at(chromium, signed_in) as context:
        phone = device(context, site.address)
        quota = context.new_cdp_session(phone.page)
        quota.send("Storage.overrideQuotaForOrigin", {"origin": site.address, "quotaSize": 1})
        phone.open()
        assert phone.says(ANNA) == ("live", "active")
        phone.until("window.synced")
        assert phone.stores["chunks"] == 0
        context.set_offline(offline=True)

        assert phone.says(ANNA) == ("remembered", "active")


def test_the_files_of_the_browser_hold_no_number(
    site: Site, signed_in: StorageState, tmp_path: Path, chromium: Browser
) -> None:
    """Not in its database, its caches, its history or elsewhere, in one byte a letter or in two."""
    assert chromium.is_connected()
    profile = tmp_path / "profile"
    with _profile(chromium, profile) as context:
        context.add_cookies(signed_in["cookies"])  # type: ignore[arg-type]  # what one context gave another one takes
        phone = device(context, site.address).open()
        for card in (ANNA, KIRA):
            assert phone.says(card)[0] == "live"
        phone.sync()
        context.set_offline(offline=True)
        phone.says(MAYA)
        phone.says(NEW_CARD)
        assert phone.stores["queue"] == 2
        assert phone.stores["chunks"] > 0

    files = [path for path in profile.rglob("*") if path.is_file()]
    assert any("IndexedDB" in str(path) for path in files)
    assert sum(path.stat().st_size for path in files if "IndexedDB" in str(path)) < FEW_BYTES
    secrets = [card for number in (ANNA, KIRA, MAYA, NEW_CARD) for card in (number, number.replace("-", ""))]
    forms = [form for card in secrets for form in (card.encode(), card.encode("utf-16-le"))]
    found = [path for path in files for form in forms if form in path.read_bytes()]
    assert found == []


@contextmanager
def _profile(chromium: Browser, folder: Path) -> Iterator[BrowserContext]:
    """A browser of its own with a profile on the disk, as a phone has one."""
    context = chromium.browser_type.launch_persistent_context(
        folder, executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"]
    )
    yield context
    context.close()
