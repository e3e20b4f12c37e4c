"""The answer on the scanner's page, in a real browser: what is seen, spoken, and pressed."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from flask import render_template

from tests.browser.accessibility import accessibility_faults
from tests.browser.page_polling import wait_until
from tests.support.board_page import BoardPage, served
from tests.support.html_page import HtmlPage
from tests.support.static_server import static_server
from tests.support.verdicts import BRUSSELS, EVERY_KIND, LIVE, NOW, OLD, REMEMBERED, stale_verdict, verdict
from validator.verdict import Outcome, Reason, Source
from validator.web.present import present

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from flask import Flask
    from playwright.sync_api import Browser

    from validator.verdict import Verdict

EXPIRED = verdict(Reason.EXPIRED)
TEST = verdict(warnings=("sandbox_card",))
ALONE = verdict(Reason.DEVICE_OFFLINE, source=Source.DEVICE)
HERE = stale_verdict(source=Source.DEVICE, stands_in_for=Reason.DEVICE_OFFLINE)

READY = "() => window.test !== undefined"


@pytest.fixture(name="board")
def _board(app: Flask, chromium: Browser) -> Iterator[BoardPage]:
    errors: list[str] = []
    with static_server(served(app, BRUSSELS)) as address:
        context = chromium.new_context(viewport={"width": 390, "height": 844})
        page = context.new_page()
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.on("console", lambda message: errors.append(message.text) if message.type == "error" else None)
        page.goto(f"{address}/static/x/board.html")
        wait_until(page, READY)
        yield BoardPage(page)
        context.close()
    assert [each for each in errors if "favicon" not in each and "404" not in each] == []


def written(app: Flask, of: Verdict) -> str:
    """The text of the same answer on the page that works without scripts."""
    with app.test_request_context("/"):
        page = HtmlPage(render_template("verdict/result.html", shown=present(of, NOW, BRUSSELS)))
    return page.one("section", data_testid="verdict").text


@pytest.mark.parametrize("look", EVERY_KIND)
def test_the_panel_says_what_the_page_says(app: Flask, board: BoardPage, look: str) -> None:
    """With scripts an answer has the very words, in the same order, that the page without them has."""
    of = EVERY_KIND[look]
    board.checks(of)
    own = ".result-actions, .pulse, .stay, .held"
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


def a_held_answer(at: BoardPage) -> None:
    at.checks(LIVE)
    at.page.locator(".face").click()


STATES: dict[str, Callable[[BoardPage], object]] = {
    "before the first card": lambda _: None,
    "asking": lambda at: at.checks(None),
    "live": lambda at: at.checks(LIVE),
    "being confirmed": lambda at: at.checks(REMEMBERED, phase="remembered", confirming=True),
    "older": lambda at: at.checks(OLD),
    "changed": a_change,
    "alone": lambda at: at.checks(ALONE, phase="alone", trouble="slow"),
    "foreign": lambda at: at.page.evaluate("test.board.foreign({code: 'not_an_esc_code', kind: 'wifi'})"),
    "imitated": lambda at: at.page.evaluate("test.board.foreign({code: 'lookalike_host', kind: null})"),
    "odd": lambda at: at.checks(replace(LIVE, warnings=("unknown_qr_host", "unusual_number"))),
    "of the test system": lambda at: at.checks(TEST),
    "held": a_held_answer,
    "a line about another": a_late_answer,
    "settings": lambda at: at.page.get_by_text("Settings of this device").click(),
}


@pytest.mark.parametrize("state", STATES)
def test_every_state_is_accessible(board: BoardPage, state: str) -> None:
    """No rule of axe-core is broken, nothing scrolls sideways, nothing that is pressed is under 48 pixels."""
    STATES[state](board)

    assert accessibility_faults(board.page) == []


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

    assert board.said == ["NOT VALID: EXPIRED. The card has expired"]
    assert board.page.locator("[role=status][data-announcer]").count() == 1
    assert board.verdict.get_attribute("role") is None


def test_a_remembered_answer_is_confirmed_or_changed_in_its_place(board: BoardPage) -> None:
    """First the remembered answer, being confirmed; then the live one, which says what it was before."""
    board.checks(HERE, phase="remembered", confirming=True, trouble="slow")
    assert board.verdict.get_attribute("data-confirm") == "confirming"
    assert "No answer came in time" in board.verdict.inner_text()

    board.answers(LIVE, change="confirmed")
    assert board.verdict.get_attribute("data-confirm") == "confirmed"

    board.checks(HERE, "bruno", phase="remembered", confirming=True)
    board.answers(EXPIRED, change="changed")
    assert "Changed: VALID before, now NOT VALID: EXPIRED" in board.verdict.inner_text()
    assert board.said[-1].startswith("Changed: VALID before")


def test_a_valid_answer_clears_itself_and_shows_when(board: BoardPage) -> None:
    """A bar drains over the time that was set: 8 seconds, along a queue 4; then the answer has gone."""
    for queue, time in ((False, "8000ms"), (True, "4000ms")):
        board.page.evaluate("on => test.preferences.set('queueMode', on)", queue)
        board.checks(LIVE, f"card {time}")
        bar = board.page.locator(".stay")
        assert bar.is_visible()
        assert bar.evaluate("bar => bar.style.getPropertyValue('--stay')") == time
        assert board.page.locator(".stay-bar").evaluate(
            "bar => bar.getAnimations()[0].effect.getComputedTiming().duration"
        ) == float(time.removesuffix("ms"))

    # Three seconds are the least that can be set.
    board.page.evaluate("test.preferences.set('queueMode', false)")
    board.page.evaluate("test.preferences.set('resultSeconds', 1)")
    board.checks(LIVE, "bruno")
    board.verdict.wait_for(state="detached")
    assert board.page.locator("[data-idle]").is_visible()


def test_without_movement_the_bar_drains_in_steps(board: BoardPage) -> None:
    """With reduced motion, the remaining time is still visible."""
    board.page.emulate_media(reduced_motion="reduce")
    board.checks(LIVE)
    timing = "bar => getComputedStyle(bar).animationTimingFunction"
    assert board.page.locator(".stay-bar").evaluate(timing).startswith("steps(8")


@pytest.mark.parametrize("part", [".face", ".facts dd", ".more summary"])
def test_a_touch_holds_the_answer_visibly_and_a_second_one_clears_it(board: BoardPage, part: str) -> None:
    """Wherever it was touched, it says that it is held and how to end that; the bar shows the minute."""
    board.checks(LIVE)
    held = board.page.get_by_role("button", name="Held: tap to clear")
    assert not held.is_visible()
    board.page.locator(part).first.click()
    assert held.is_visible()
    assert board.page.locator(".stay").evaluate("bar => bar.style.getPropertyValue('--stay')") == "60000ms"

    board.page.locator(".face .word").click()
    assert board.verdict.count() == 0


def test_a_held_answer_goes_after_a_minute(board: BoardPage) -> None:
    """A touch of the screen does not keep a VALID there."""
    board.checks(LIVE)
    board.page.locator(".face").click()
    board.waits(59_000)
    board.page.evaluate("test.preferences.set('sound', false)")
    assert board.verdict.count() == 1
    board.verdict.wait_for(state="detached")


def test_what_waits_anyway_is_not_held(board: BoardPage) -> None:
    """NOT VALID stays until the next card: a touch changes nothing, and nothing drains."""
    board.checks(EXPIRED)
    board.page.locator(".face").click()
    assert not board.page.get_by_role("button", name="Held: tap to clear").is_visible()
    assert not board.page.locator(".stay").is_visible()

    board.page.get_by_role("button", name="Clear").click()
    assert board.verdict.count() == 0


@pytest.mark.parametrize("queue", [False, True])
@pytest.mark.parametrize(("width", "height"), [(390, 844), (360, 640), (1280, 800)])
def test_a_warning_stands_inside_the_answers_colour(
    board: BoardPage, width: int, height: int, *, queue: bool
) -> None:
    """Every mode shows what is odd about the code on the first screen, inside the face of the answer."""
    board.page.set_viewport_size({"width": width, "height": height})
    board.page.evaluate("on => test.preferences.set('queueMode', on)", queue)
    for number, of in enumerate((LIVE, REMEMBERED, EXPIRED, ALONE)):
        for code in ("unknown_qr_host", "unusual_number", "sandbox_card"):
            board.checks(replace(of, warnings=(*of.warnings, code)), f"card {number} {code}")
            strip = board.page.locator(".face [data-testid=warning]")
            assert strip.get_attribute("data-code") == code
            box, pressed = strip.bounding_box(), board.page.locator("[data-controls]").bounding_box()
            assert box
            assert pressed
            assert box["y"] + box["height"] <= (pressed["y"] if width < 896 else height)


def test_a_card_of_the_test_system_is_not_green(board: BoardPage) -> None:
    """The outcome stays valid for programs; a person sees and hears something else than VALID."""
    board.checks(LIVE)
    green = board.page.locator(".face").evaluate("face => getComputedStyle(face).background")
    board.checks(TEST, "bruno")
    assert board.verdict.get_attribute("data-outcome") == Outcome.VALID
    assert board.page.locator(".word").inner_text() == "TEST CARD"
    assert board.page.locator(".face").evaluate("face => getComputedStyle(face).background") != green
    assert board.said[-1].startswith("TEST CARD. ")
    assert board.page.locator(".recent-word").first.inner_text() == "TEST CARD"


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
    """A screenshot of a green screen does not move: the real one shows its time, a moving mark and an age."""
    board.page.emulate_media(reduced_motion="reduce")
    board.checks(LIVE)
    assert "Checked 14:05:00" in board.verdict.inner_text()

    board.page.locator(".pulse-mark[data-beat='3']").wait_for(timeout=8_000)
    for of in (REMEMBERED, EXPIRED):
        board.checks(of, of.reason)
        assert board.page.locator(".pulse").count() == 0


def test_what_is_no_card_takes_the_place_of_the_answer(board: BoardPage) -> None:
    """A neutral panel names the kind and disappears; the answer before it is listed in the last results."""
    board.checks(EXPIRED)
    board.page.evaluate("test.board.foreign({ code: 'not_an_esc_code', kind: 'wifi' }, 'scanner')")
    panel = board.page.get_by_test_id("refusal")
    assert panel.get_attribute("data-code") == "not_an_esc_code"
    assert "Not a student card code" in panel.inner_text()
    assert "Wi-Fi" in panel.inner_text()
    assert board.verdict.count() == 0
    assert "EXPIRED" in board.page.locator("[data-recent-list]").inner_text()
    assert board.said[-1].startswith("Not a student card code. It is a Wi-Fi code.")

    panel.wait_for(state="detached", timeout=8_000)
    board.page.evaluate("test.board.several()")
    assert board.page.get_by_test_id("refusal").get_attribute("data-code") == "several_codes"


def test_a_code_that_imitates_a_cards_has_a_panel_that_waits(board: BoardPage) -> None:
    """It says what to do, looks like no other panel, and stays until a person sends it away."""
    board.checks(LIVE)
    board.page.evaluate("test.board.foreign({ code: 'lookalike_host', kind: 'web_address' }, 'scanner')")
    panel = board.page.get_by_test_id("refusal")
    assert panel.get_attribute("data-code") == "lookalike_host"
    assert panel.inner_text().startswith("This code imitates a card’s\n\nDo not accept it.")
    assert "lookalike" in (panel.get_attribute("class") or "")
    assert board.verdict.count() == 0

    board.waits(3_600_000)
    board.page.evaluate("test.preferences.set('sound', false)")
    assert panel.is_visible()
    panel.get_by_role("button", name="Clear").click()
    assert panel.count() == 0


@pytest.mark.parametrize(("width", "height"), [(320, 568), (390, 844), (844, 390), (1280, 800)])
def test_a_line_about_another_card_never_stands_above_or_over_the_answer(
    board: BoardPage, width: int, height: int
) -> None:
    """Notices about earlier cards neither move nor cover the outcome’s word."""
    board.page.set_viewport_size({"width": width, "height": height})
    board.shows("anna")
    board.checks(LIVE, "bruno")
    word = board.page.locator(".word")
    before = word.bounding_box()
    board.answers(EXPIRED, 0)
    notice = board.page.get_by_test_id("notice")
    after, line = word.bounding_box(), notice.bounding_box()
    assert before
    assert after
    assert line
    assert after["y"] <= before["y"]
    assert line["y"] >= after["y"] + after["height"]


def test_a_late_change_comes_back_loudly_until_it_is_noted(board: BoardPage) -> None:
    """A card was shown valid and replaced: its later NOT VALID stays as a line until it is acknowledged."""
    board.checks(HERE, phase="remembered", confirming=True)
    board.checks(LIVE, "bruno")
    board.answers(EXPIRED, 0, change="changed")
    notice = board.page.get_by_test_id("notice")
    assert notice.get_attribute("data-kind") == "changed"
    assert "3e50…0001 was shown as VALID. It is NOT VALID: EXPIRED." in notice.inner_text()
    assert board.verdict.get_attribute("data-outcome") == Outcome.VALID

    notice.get_by_role("button").click()
    assert notice.count() == 0


def test_a_contradiction_is_shown_until_it_is_acknowledged(board: BoardPage) -> None:
    """A late answer that contradicts the offline answer stays; a press acknowledges it to its owner."""
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
    board.page.get_by_label("A valid result clears itself after").select_option("12 seconds")
    board.page.get_by_role("button", name="Not valid", exact=True).click()
    board.page.get_by_text("Tones work").wait_for()

    board.page.reload()
    wait_until(board.page, READY)
    board.page.get_by_text("Settings of this device").click()
    assert board.page.get_by_label("Along a queue").is_checked()
    assert board.page.get_by_label("A valid result clears itself after").input_value() == "12"
    assert board.page.locator("[data-scanner][data-queue]").count() == 1
