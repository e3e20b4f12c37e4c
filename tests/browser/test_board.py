"""The answer on the scanner's page, in a real browser: what is seen, spoken, and pressed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from flask import render_template

from tests.browser.examine import examine
from tests.browser.until import until
from tests.support.board_page import BoardPage, served
from tests.support.page import Page
from tests.support.script_site import script_site
from tests.support.verdicts import BRUSSELS, EVERY_LOOK, LIVE, NOW, OLD, REMEMBERED, stood_in, verdict
from validator.verdict import Outcome, Reason, Source
from validator.web.present import present

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from flask import Flask
    from playwright.sync_api import Browser

    from validator.verdict import Verdict

EXPIRED = verdict(Reason.EXPIRED)
ALONE = verdict(Reason.DEVICE_OFFLINE, source=Source.DEVICE)
HERE = stood_in(source=Source.DEVICE, stands_in_for=Reason.DEVICE_OFFLINE)

READY = "() => window.test !== undefined"


@pytest.fixture(name="board")
def _board(app: Flask, chromium: Browser) -> Iterator[BoardPage]:
    complaints: list[str] = []
    with script_site(served(app, BRUSSELS)) as address:
        context = chromium.new_context(viewport={"width": 390, "height": 844})
        page = context.new_page()
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on(
            "console", lambda message: complaints.append(message.text) if message.type == "error" else None
        )
        page.goto(f"{address}/static/x/board.html")
        until(page, READY)
        yield BoardPage(page)
        context.close()
    assert [each for each in complaints if "favicon" not in each and "404" not in each] == []


def written(app: Flask, of: Verdict) -> str:
    """The text of the same answer on the page that works without scripts."""
    with app.test_request_context("/"):
        page = Page(render_template("verdict/result.html", shown=present(of, NOW, BRUSSELS)))
    return page.one("section", data_testid="verdict").text


@pytest.mark.parametrize("look", EVERY_LOOK)
def test_the_panel_says_what_the_page_says(app: Flask, board: BoardPage, look: str) -> None:
    """With scripts an answer has the very words, in the same order, that the page without them has."""
    of = EVERY_LOOK[look]
    board.checks(of)
    own = ".result-actions, .pulse"
    text = board.verdict.evaluate(
        "(panel, own) => { const copy = panel.cloneNode(true);"
        " copy.querySelectorAll(own).forEach((each) => each.remove());"
        " copy.querySelectorAll('*').forEach((each) => each.append(' ')); return copy.textContent; }",
        own,
    )

    assert "".join(text.split()) == "".join(written(app, of).split())
    names = ("outcome", "reason", "source")
    assert [board.verdict.get_attribute(f"data-{name}") for name in names] == [
        of.outcome,
        of.reason,
        of.source,
    ]


def a_change(at: BoardPage) -> None:
    at.checks(REMEMBERED)
    at.answers(EXPIRED, change="changed")


def a_late_answer(at: BoardPage) -> None:
    at.shows("anna")
    at.checks(LIVE, "bruno")
    at.answers(EXPIRED, 0)


STATES: dict[str, Callable[[BoardPage], object]] = {
    "before the first card": lambda _: None,
    "asking": lambda at: at.checks(None),
    "live": lambda at: at.checks(LIVE),
    "being confirmed": lambda at: at.checks(REMEMBERED, phase="remembered", confirming=True),
    "older": lambda at: at.checks(OLD),
    "changed": a_change,
    "alone": lambda at: at.checks(ALONE, phase="alone", trouble="slow"),
    "foreign": lambda at: at.page.evaluate("test.board.foreign({code: 'not_an_esc_code', kind: 'wifi'})"),
    "a line about another": a_late_answer,
    "settings": lambda at: at.page.get_by_text("Settings of this device").click(),
}


@pytest.mark.parametrize("state", STATES)
def test_every_state_is_for_everybody(board: BoardPage, state: str) -> None:
    """No rule of axe-core is broken, nothing scrolls sideways, nothing that is pressed is under 48 pixels."""
    STATES[state](board)

    assert examine(board.page) == []


@pytest.mark.parametrize(("width", "height"), [(320, 640), (390, 844), (820, 1180), (1280, 800)])
def test_the_word_and_the_picture_stand_on_the_first_screen(
    board: BoardPage, width: int, height: int
) -> None:
    """Whatever the answer, its word and the camera's picture are seen together, above what is pressed."""
    board.page.set_viewport_size({"width": width, "height": height})
    for of in (LIVE, REMEMBERED, EXPIRED, ALONE):
        board.checks(of, of.reason)
        word = board.page.locator(".word").bounding_box()
        picture = board.page.locator("[data-viewfinder]").bounding_box()
        pressed = board.page.locator("[data-controls]").bounding_box()

        assert word
        assert picture
        assert pressed
        assert board.page.evaluate("scrollY") == 0
        assert picture["y"] >= 0
        assert picture["height"] >= 90
        assert word["y"] + word["height"] <= (pressed["y"] if width < 896 else height)
        assert word["height"] >= 40


def test_an_answer_is_spoken_once(board: BoardPage) -> None:
    """A screen reader hears each answer once: word, reason and what it says; never the asking."""
    board.checks(None)
    board.answers(EXPIRED)

    assert board.said == ["NOT VALID: EXPIRED. The card’s time has run out"]
    assert board.page.locator("[role=status][data-announcer]").count() == 1
    assert board.verdict.get_attribute("role") is None


def test_a_remembered_answer_is_confirmed_or_changed_in_its_place(board: BoardPage) -> None:
    """First the remembered answer, being confirmed; then the live one, which says what it was before."""
    board.checks(HERE, phase="remembered", confirming=True, trouble="slow")
    assert board.verdict.get_attribute("data-confirm") == "confirming"
    assert "The connection is slow" in board.verdict.inner_text()

    board.answers(LIVE, change="confirmed")
    assert board.verdict.get_attribute("data-confirm") == "confirmed"

    board.checks(HERE, "bruno", phase="remembered", confirming=True)
    board.answers(EXPIRED, change="changed")
    assert "Changed: VALID before, now NOT VALID: EXPIRED" in board.verdict.inner_text()
    assert board.said[-1].startswith("Changed: VALID before")


def test_a_touch_holds_the_answer_and_a_button_clears_it(board: BoardPage) -> None:
    """A valid answer clears itself after the time that was set; touched, it stays until it is sent away."""
    board.page.evaluate("test.preferences.set('resultSeconds', 1)")
    board.checks(LIVE)
    board.verdict.wait_for(state="detached")
    assert board.page.locator("[data-idle]").is_visible()

    board.checks(LIVE, "bruno")
    board.page.locator(".face").click()
    # The line of a foreign code goes after four seconds: by then the answer would long have gone.
    board.page.evaluate("test.board.several()")
    board.page.get_by_test_id("refusal").wait_for(state="detached")
    assert board.verdict.is_visible()

    board.page.get_by_role("button", name="Clear").click()
    assert board.verdict.count() == 0


def test_the_same_code_bounces_and_asks_nothing(board: BoardPage) -> None:
    """Held up again within five seconds a card is shown again, visibly, without a second check."""
    board.checks(LIVE)
    board.waits(2_000)
    board.shows("anna")
    assert board.verdict.get_attribute("data-bounce") == "odd"

    board.waits(2_000)
    board.shows("anna")
    assert board.verdict.get_attribute("data-bounce") == "even"
    assert (board.asked, len(board.said)) == (1, 1)


def test_check_again_asks_again(board: BoardPage) -> None:
    """Under COULD NOT CHECK one press asks once more, and the focus stays where the person was."""
    board.checks(ALONE, phase="alone", trouble="offline")
    again = board.page.get_by_role("button", name="Check again")
    again.focus()
    board.page.keyboard.press("Enter")
    assert board.asked == 2

    board.answers(ALONE, phase="alone", trouble="offline")
    assert board.page.evaluate("document.querySelector('[data-result]').contains(document.activeElement)")


def test_a_live_valid_moves(board: BoardPage) -> None:
    """A picture of a green screen stands still: the real one names its time, and a mark and an age go on."""
    board.page.emulate_media(reduced_motion="reduce")
    board.checks(LIVE)
    assert "Checked 14:05:00" in board.verdict.inner_text()

    board.page.locator(".pulse-mark[data-beat='3']").wait_for(timeout=8_000)
    for of in (REMEMBERED, EXPIRED):
        board.checks(of, of.reason)
        assert board.page.locator(".pulse").count() == 0


def test_a_foreign_code_leaves_the_answer_where_it_is(board: BoardPage) -> None:
    """The line has its code and goes by itself, the answer stays; several cards have their own line."""
    board.checks(EXPIRED)
    board.page.evaluate("test.board.foreign({ code: 'not_an_esc_code', kind: 'wifi' })")
    line = board.page.get_by_test_id("refusal")
    assert line.get_attribute("data-code") == "not_an_esc_code"
    assert "Wi-Fi" in line.inner_text()
    assert board.verdict.get_attribute("data-outcome") == Outcome.NOT_VALID

    line.wait_for(state="detached", timeout=8_000)
    board.page.evaluate("test.board.several()")
    assert board.page.get_by_test_id("refusal").get_attribute("data-code") == "several_codes"


def test_a_late_change_comes_back_loudly_until_it_is_noted(board: BoardPage) -> None:
    """A card shown valid and gone since: its later NOT VALID stands in a line until a person presses."""
    board.checks(HERE, phase="remembered", confirming=True)
    board.checks(LIVE, "bruno")
    board.answers(EXPIRED, 0, change="changed")
    notice = board.page.get_by_test_id("notice")
    assert notice.get_attribute("data-kind") == "changed"
    assert "3e50…0001 was shown as VALID. It is NOT VALID: EXPIRED." in notice.inner_text()
    assert board.verdict.get_attribute("data-outcome") == Outcome.VALID

    notice.get_by_role("button").click()
    assert notice.count() == 0


def test_a_contradiction_is_told_until_somebody_has_seen_it(board: BoardPage) -> None:
    """A late answer that contradicts what was shown offline stays, and pressing tells who keeps it."""
    board.page.evaluate(
        "test.board.contradiction({ number: '77aa…0f0f', shown: { outcome: 'valid', reason: 'active' },"
        " now: { outcome: 'not_valid', reason: 'expired' }, made_at: '2026-11-24T11:00:00Z',"
        " seen: () => { window.wasSeen = true; } })"
    )
    notice = board.page.get_by_test_id("notice")
    assert "24 November 2026, 12:00" in notice.inner_text()

    notice.get_by_role("button").click()
    assert board.page.evaluate("window.wasSeen") is True


def test_settings_are_kept_and_tones_can_be_tried(board: BoardPage) -> None:
    """What is switched on this device holds after a reload, and the self-test says whether tones work."""
    board.page.get_by_text("Settings of this device").click()
    board.page.get_by_label("Along a queue").check()
    board.page.get_by_label("A valid result clears itself after").select_option("Never")
    board.page.get_by_role("button", name="Not valid", exact=True).click()
    board.page.get_by_text("Tones work").wait_for()

    board.page.reload()
    until(board.page, READY)
    board.page.get_by_text("Settings of this device").click()
    assert board.page.get_by_label("Along a queue").is_checked()
    assert board.page.get_by_label("A valid result clears itself after").input_value() == "0"
    assert board.page.locator("[data-scanner][data-queue]").count() == 1
