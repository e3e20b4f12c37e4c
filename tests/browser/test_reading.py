"""The decoder in a real browser under the real policy: what it reads, and what never leaves its worker."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from tests.browser.camera_page import decode, show, start, worker_messages
from tests.support.drawing import encode
from tests.support.drawing_company import bare, campus, of_kind, poster, separated, wall
from tests.support.drawing_faults import View
from tests.support.static_server import STATIC, static_server
from tests.support.videos import FOREIGN, LARGE, SMALL, as_grey, black, far_code, placed

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from playwright.sync_api import Browser, Page

MIA = "3e506370-826a-103d-bf76-001000000001"
JON = "3e506370-826a-103d-bf76-001000000002"
CODE = f"https://s.esc-r.eu/{MIA}"
MIDDLE = (640, 360)
MOST_LOOKS = 60  # on a busy machine one call has time for one step
WORKER = "js/decoder/worker.js"
WASM = "vendor/zxing-wasm/zxing_reader.wasm"
SCRIPT = "vendor/zxing-wasm/es/reader/index.js"
# A detector that reads frames as Mia's card, after answering the self-test rightly or only half.
DETECTOR = """globalThis.BarcodeDetector = class {
  static async getSupportedFormats() { return ["qr_code"]; }
  async detect(source) {
    const isTest = source instanceof ImageData;
    if (!isTest) { return %(frame)s; }
    const isInverted = source.data[0] < 128;
    return isInverted && %(blind)s ? [] : [{ rawValue: "ESCV SELF-TEST 1" }];
  }
};
"""
READS = f'[{{ rawValue: "{CODE}" }}]'
THROWS = 'Promise.reject(new Error("no service"))'

HIDING = (
    b"OffscreenCanvasRenderingContext2D.prototype.getImageData = (x, y, wide, high) =>"
    b" new ImageData(wide, high);\n"
)
UNTIL_READ_OR_BLIND = """async () => {
  for (;;) {
    const seen = await window.decoder.read(document.querySelector("#film"));
    if (seen?.seen === "card" || window.decoder.isBlind()) {
      return [seen?.payload.escn ?? null, window.decoder.isBlind()];
    }
    await new Promise((resume) => setTimeout(resume, 30));
  }
}"""
# A large PNG, a GIF, a small JPEG, and something that is no picture.
SMALLER = """async () => {
  const { smaller } = await import("/static/x/js/pages/photo.js");
  const drawn = (type, width, height) => {
    const canvas = new OffscreenCanvas(width, height);
    canvas.getContext("2d").fillRect(1, 1, 5, 5);
    return canvas.convertToBlob({ type });
  };
  const small = new Blob([await drawn("image/png", 20, 10)], { type: "image/gif" });
  const [large, plain] = [await drawn("image/png", 5000, 3000), await drawn("image/jpeg", 30, 20)];
  const photos = [large, small, plain, new Blob(["no"])];
  const sizes = [];
  for (const photo of photos) {
    const made = await smaller(photo);
    const size = made === photo ? null : await createImageBitmap(made);
    sizes.push(size === null ? "as it is" : [made.type, size.width, size.height]);
  }
  return sizes;
}"""


@pytest.fixture(name="page")
def _page(chromium: Browser) -> Iterator[Page]:
    page = chromium.new_page()
    yield page
    page.close()


@pytest.fixture(name="film", scope="module")
def _film(chromium: Browser) -> Iterator[Page]:
    """One film page with a decoder that works, as a till's stays open all day."""
    page = chromium.new_page()
    with static_server() as address:
        assert start(page, address)["wasm"] is True
        yield page
    page.close()


def two(left: str, right: str) -> bytes:
    """Two codes side by side in one frame."""
    halves = (placed(text, View(module=5), (320, 360), (720, 640), 4) for text in (left, right))
    return encode(np.hstack([as_grey(half) for half in halves]), 90)


def with_detector(frame: str, blind: str = "false") -> bytes:
    """The worker's script in a browser that has such a detector."""
    return (DETECTOR % {"frame": frame, "blind": blind}).encode() + (STATIC / WORKER).read_bytes()


@pytest.mark.parametrize(
    ("view", "at", "size"),
    [
        pytest.param(View(), MIDDLE, SMALL, id="plain"),
        pytest.param(View(inverted=True), MIDDLE, SMALL, id="light on dark"),
        pytest.param(View(turn=90), MIDDLE, SMALL, id="on its side"),
        pytest.param(View(turn=203), MIDDLE, SMALL, id="head down"),
        pytest.param(View(module=5), (120, 130), SMALL, id="in the corner"),
        pytest.param(View(module=5), (1800, 960), LARGE, id="in the corner of a large frame"),
        pytest.param(View(light=0.2), MIDDLE, SMALL, id="in the dark"),
        pytest.param(View(module=9), (360, 640), (1280, 720), id="upright camera"),
    ],
)
def test_reads_a_card_wherever_and_however_it_is_held(
    film: Page, view: View, at: tuple[int, int], size: tuple[int, int]
) -> None:
    """Sara need not aim: a code is read inverted, turned, and outside the middle."""
    show(film, placed(CODE, view, at, size, 3))
    seen = decode(film)
    assert seen["seen"] == "card"
    assert seen["payload"] == {"escn": MIA, "warnings": []}
    assert (seen["meta"]["height"], seen["meta"]["width"]) == size


def test_reads_a_small_code_at_arms_length(film: Page) -> None:
    """15 mm at 20 cm, 3.5 pixels a module at 1920 wide."""
    show(film, far_code(CODE, 3))
    assert decode(film, 4)["payload"]["escn"] == MIA


def test_one_card_among_foreign_codes_counts(film: Page) -> None:
    """A poster with the menu's address beside the student's phone does not get in the way."""
    show(film, two(FOREIGN[1], CODE))
    assert decode(film)["payload"]["escn"] == MIA


@pytest.mark.parametrize(
    "picture",
    [
        pytest.param(lambda: bare(CODE, 14), id="no quiet zone on dark ground"),
        pytest.param(lambda: bare(CODE, 245, inverted=True), id="inverted, no quiet zone on light ground"),
        pytest.param(lambda: campus(CODE, FOREIGN[1]), id="out of focus beside an easy campus code"),
        pytest.param(lambda: poster(CODE, FOREIGN[1]), id="small beside a poster's code"),
        pytest.param(lambda: wall(CODE, FOREIGN[1]), id="among thirty-two codes"),
        pytest.param(lambda: separated(CODE), id="modules that do not touch"),
        pytest.param(lambda: of_kind(CODE, "Aztec"), id="Aztec"),
        pytest.param(lambda: of_kind(CODE, "PDF417"), id="PDF417"),
    ],
)
def test_the_search_goes_on_until_the_card_is_read(film: Page, picture: Callable[[], bytes]) -> None:
    """Neither another code nor a ground of the code's own colour ends it."""
    show(film, picture())
    # Another code is no end: each look may see only that.
    looks = (decode(film, 1) for _ in range(MOST_LOOKS))
    assert MIA in (seen["payload"]["escn"] for seen in looks if seen["seen"] == "card")


def test_two_cards_at_once_are_no_answer(film: Page) -> None:
    """It is unknown whose card was meant."""
    show(film, two(CODE, f"http://esc.gg/{JON}"))
    assert decode(film)["seen"] == "several"


@pytest.mark.parametrize("kind", ["Code39", "Code128"])
def test_a_librarys_bar_code_is_named(film: Page, kind: str) -> None:
    """Its kind is reported, but not its text."""
    show(film, of_kind("0012345678", kind))
    looks = [decode(film, 1) for _ in range(MOST_LOOKS)]
    assert {seen["kind"] for seen in looks if seen["seen"] != "nothing"} == {"barcode"}


@pytest.mark.parametrize("text", FOREIGN)
def test_the_text_of_a_foreign_code_never_leaves_the_worker(film: Page, text: str) -> None:
    """A national identity number or a password of a Wi-Fi stays where it was read."""
    show(film, placed(text, View(), MIDDLE, SMALL, 3))
    seen = decode(film)
    assert set(seen) == {"seen", "code", "kind", "meta"}
    said = worker_messages(film).lower()
    assert "foreign" in said
    for piece in ("mensa", "knoedel", "speiseplan", "example", "0042424242", "schac"):
        assert piece not in said


def test_a_black_picture_is_nothing(film: Page) -> None:
    """Nor is it a symbol that only needs to come closer."""
    show(film, black())
    seen = decode(film, 3)
    assert (seen["seen"], seen["hint"]) == ("nothing", False)


def test_reads_where_frames_cannot_be_wrapped(page: Page) -> None:
    """Older browsers hand over copies; the cards are the same."""
    page.add_init_script("delete window.VideoFrame")
    with static_server() as address:
        start(page, address)
        show(page, placed(CODE, View(inverted=True), MIDDLE, SMALL, 3))
        assert decode(page)["payload"]["escn"] == MIA


@pytest.mark.parametrize("pixel_format", ["I420", "NV12", "RGBA", "BGRX", "I444"])
def test_frames_are_taken_right_in_every_pixel_format(film: Page, pixel_format: str) -> None:
    """The plane as it comes shows what a canvas shows; else the canvas would be used for good."""
    assert film.evaluate(
        """async (format) => {
          const { createFrameConverter } = await import("/static/x/js/decoder/luminance.js");
          const canvas = new OffscreenCanvas(64, 48);
          const context = canvas.getContext("2d");
          context.fillStyle = "#fff";
          context.fillRect(8, 4, 30, 20);
          const drawn = new VideoFrame(canvas, { timestamp: 0 });
          const rgba = new Uint8Array(drawn.allocationSize({ format: "RGBA" }));
          await drawn.copyTo(rgba, { format: "RGBA" });
          const sizes = { I420: 1.5, NV12: 1.5, I444: 3, RGBA: 4, BGRX: 4 };
          const bytes = new Uint8Array(64 * 48 * sizes[format]).fill(128);
          for (let at = 0; at < 64 * 48; at++) {
            if (sizes[format] === 4) {
              bytes.set(rgba.subarray(4 * at, 4 * at + 4), 4 * at);
            } else {
              bytes[at] = rgba[4 * at];
            }
          }
          const init = { format, codedWidth: 64, codedHeight: 48, timestamp: 0 };
          const converter = createFrameConverter();
          await converter.convert(new VideoFrame(bytes, init));
          const plane = await converter.convert(new VideoFrame(bytes, init));
          const spots = [10 * plane.stride + 20, 40 * plane.stride + 50];
          return [converter.isFast(), plane.width, ...spots.map((at) => plane.data[at])];
        }""",
        pixel_format,
    ) == [True, 64, 255, 0]


@pytest.mark.parametrize(
    ("page_script", "seen"),
    [
        pytest.param("", [MIA, False], id="frames"),
        pytest.param("delete window.VideoFrame", [None, True], id="only a canvas"),
    ],
)
def test_a_canvas_that_hides_pixels_is_not_believed(page: Page, page_script: str, seen: list[Any]) -> None:
    """The camera's own frames are read all the same; without them the page knows why nothing is read."""
    page.add_init_script(page_script)
    with static_server({WORKER: HIDING + (STATIC / WORKER).read_bytes()}) as address:
        start(page, address)
        show(page, placed(CODE, View(), MIDDLE, SMALL, 3))
        assert page.evaluate(UNTIL_READ_OR_BLIND) == seen


def test_a_photo_is_made_smaller_and_of_a_kind_the_server_reads(film: Page) -> None:
    """What this browser cannot open goes as it is."""
    assert film.evaluate(SMALLER) == [
        ["image/jpeg", 4096, 2458],
        ["image/jpeg", 20, 10],
        "as it is",
        "as it is",
    ]


@pytest.mark.parametrize(
    "replaced",
    [
        pytest.param({WASM: None}, id="wasm missing"),
        pytest.param({SCRIPT: None}, id="script missing"),
        pytest.param({WASM: b"\0asm\1\0\0\0"}, id="wasm of another version"),
    ],
)
def test_without_an_engine_it_says_so(page: Page, replaced: dict[str, bytes | None]) -> None:
    """Then the page sends frames to the server, and says what it does."""
    with static_server(replaced) as address:
        assert start(page, address) == {"wasm": False, "native": False}
        show(page, placed(CODE, View(), MIDDLE, SMALL, 3))
        seen = decode(page, 2)
        assert (seen["seen"], seen["meta"]["engine"]) == ("nothing", "none")


def test_a_proved_detector_of_the_browser_reads_alone_where_ours_is_missing(page: Page) -> None:
    """Where npm is missing the app still scans on such devices."""
    with static_server({WASM: None, WORKER: with_detector(READS)}) as address:
        assert start(page, address) == {"wasm": False, "native": True}
        show(page, black())
        seen = decode(page)
        assert (seen["payload"]["escn"], seen["meta"]["engine"]) == (MIA, "native")


def test_a_proved_detector_reads_beside_ours(page: Page) -> None:
    """What ours misses it may read, on the same frame."""
    with static_server({WORKER: with_detector(READS)}) as address:
        assert start(page, address) == {"wasm": True, "native": True}
        show(page, black())
        assert decode(page)["meta"]["engine"] == "native"


def test_a_detector_blind_to_inverted_codes_is_not_used(page: Page) -> None:
    """The Router's own generator draws them light on dark."""
    with static_server({WORKER: with_detector(READS, blind="true")}) as address:
        assert start(page, address) == {"wasm": True, "native": False}


def test_a_detector_that_fails_costs_no_card(page: Page) -> None:
    """It is dropped at its first fault; ours reads on."""
    with static_server({WORKER: with_detector(THROWS)}) as address:
        assert start(page, address)["native"] is True
        show(page, placed(CODE, View(), MIDDLE, SMALL, 3))
        seen = decode(page)
        assert (seen["payload"]["escn"], seen["meta"]["engine"]) == (MIA, "wasm")


def test_a_worker_that_dies_is_replaced(page: Page) -> None:
    """Sara sees nothing of it: the next looks are the new worker's."""
    dying = (
        b"if (!(await caches.has('died'))) { await caches.open('died'); throw new Error('out of memory'); }\n"
    )
    with static_server({WORKER: dying + (STATIC / WORKER).read_bytes()}) as address:
        assert start(page, address)["wasm"] is True
        show(page, placed(CODE, View(), MIDDLE, SMALL, 3))
        assert decode(page)["payload"]["escn"] == MIA
