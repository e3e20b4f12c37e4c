"""A page with a film and the decoder, for tests and benchmarks of reading."""

from __future__ import annotations

import base64
import os
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, Page

# The headless shell renders the same pages for half the processor time.
CHROMIUM_PATHS = ("/usr/bin/chromium-headless-shell", "/usr/bin/chromium")
CHROMIUM = os.environ.get("ESCV_CHROMIUM") or next(
    (each for each in CHROMIUM_PATHS if Path(each).exists()), CHROMIUM_PATHS[0]
)
CAMERA_ALLOWED: Any = {"permissions": ["camera"]}
"""Options of a context in which the camera is allowed."""


# All messages of the worker are kept, so that a test can search them for what must not be there.
RECORD_MESSAGES = """
window.heard = [];
window.Worker = class extends Worker {
  constructor(...given) {
    super(...given);
    this.addEventListener("message", ({ data }) => window.heard.push(JSON.stringify(data)));
  }
};
"""
START = """async () => {
  const { Decoder } = await import("/static/x/js/decoder/decoder.js");
  window.decoder = new Decoder();
  return window.decoder.ready;
}"""
# A canvas with this picture becomes the film, like a camera's stream.
SHOW = """async (picture) => {
  const image = new Image();
  image.src = picture;
  await image.decode();
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = [image.naturalWidth, image.naturalHeight];
  const context = canvas.getContext("2d");
  const film = document.querySelector("#film");
  film.srcObject = canvas.captureStream();
  const draw = () => context.drawImage(image, 0, 0);
  draw();
  await film.play();
  clearInterval(window.drawing);
  window.drawing = setInterval(draw, 30);
  while (film.videoWidth !== canvas.width || film.readyState < 2) {
    await new Promise((next) => film.requestVideoFrameCallback(next));
  }
  await new Promise((next) => film.requestVideoFrameCallback(next));
}"""
# A frame that could not be decoded does not count: the worker may be replaced meanwhile.
LOOK = """async (most) => {
  let seen = null;
  for (let look = 0; look < most && window.decoder.works();) {
    const next = await window.decoder.read(document.querySelector("#film"));
    if (next === null) {
      await new Promise((resume) => setTimeout(resume, 30));
      continue;
    }
    seen = next;
    look += 1;
    if (seen.seen !== "nothing") {
      break;
    }
  }
  return seen;
}"""


def start(page: Page, address: str) -> dict[str, bool]:
    """Open the page and start the decoder; return which of its engines work."""
    page.add_init_script(RECORD_MESSAGES)
    page.goto(address)
    return dict(page.evaluate(START))


def show(page: Page, jpeg: bytes) -> None:
    """Show this picture in the film."""
    page.evaluate(SHOW, f"data:image/jpeg;base64,{base64.b64encode(jpeg).decode()}")


def decode(page: Page, most: int = 8) -> Any:
    """What is seen within `most` frames; None without a worker."""
    return page.evaluate(LOOK, most)


def worker_messages(page: Page) -> str:
    """All messages of the worker."""
    return str(page.evaluate("window.heard.join()"))


@contextmanager
def camera_browser(chromium: Browser, film: Path) -> Iterator[Browser]:
    """A second browser with camera permission; its camera shows this film."""
    arguments = [
        "--no-sandbox",
        "--disable-gpu",
        "--use-fake-device-for-media-stream",
        "--use-fake-ui-for-media-stream",
        f"--use-file-for-fake-video-capture={film}",
    ]
    browser = chromium.browser_type.launch(executable_path=CHROMIUM, args=arguments)
    yield browser
    browser.close()


# A complete scanner with its camera; its events are kept in order.
SCAN = """async ({ reads = false } = {}) => {
  const { Camera } = await import("/static/x/js/camera/camera.js");
  const { Scanner } = await import("/static/x/js/scanning/scanner.js");
  const { Decoder } = await import("/static/x/js/decoder/decoder.js");
  const video = document.querySelector("#film");
  const kept = new Map();
  const events = { cards: [], foreign: [], hints: [], states: [], troubles: [], pictures: [] };
  window.events = events;
  const camera = (window.camera = new Camera(video, {
    mediaDevices: navigator.mediaDevices,
    preferences: {
      get: (name, fallback) => kept.get(name) ?? fallback,
      set: (name, value) => kept.set(name, value),
    },
    on: {
      state: (state) => events.states.push(state),
      trouble: (trouble) => events.troubles.push(trouble),
    },
  }));
  window.scanner = new Scanner({
    video,
    camera,
    decoder: new Decoder(),
    readOnServer: reads
      ? async (picture) => {
          const { width, height } = await createImageBitmap(picture);
          events.pictures.push([picture.type, width, height]);
        }
      : null,
    on: {
      card: ({ escn }) => events.cards.push(escn),
      foreign: (refusal) => events.foreign.push(refusal),
      hint: (kind) => events.hints.push(kind),
    },
  });
  await camera.start();
}"""


def scan(page: Page, address: str, **how: bool) -> None:
    """Open the page and start a scanner with its camera; its events are in `window.events`."""
    page.add_init_script(RECORD_MESSAGES)
    page.goto(address)
    page.evaluate(SCAN, how)


def events(page: Page, what: str) -> list[Any]:
    """The events of this kind from scanner and camera, in order."""
    return list(page.evaluate(f"window.events.{what}"))


def wait_until(page: Page, condition: str, limit_s: float = 15) -> None:
    """Poll until this condition holds for the events; the policy forbids Playwright's own way (eval)."""
    names = "{ cards, foreign, hints, states, troubles, pictures }"
    deadline = time.monotonic() + limit_s
    while not page.evaluate(f"(({names}) => {condition})(window.events)"):
        assert time.monotonic() < deadline, f"{condition}: {page.evaluate('JSON.stringify(window.events)')}"
        page.wait_for_timeout(50)
