"""Drives the site in one browser window, the same for all engines."""

from __future__ import annotations

import base64
import time
from typing import TYPE_CHECKING, Any

from tests.engines.remote_control import EngineError

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.engines.remote_control import Remote

# Longest time of a step on a slow, busy machine; tests do not measure time.
TIMEOUT_S = 90.0
PAUSE_S = 0.1
# Put into a page: a camera that shows what the test holds before it, and a record of what stood on the stage,
# because a busy test could miss an answer that clears itself. All of it stays reachable from the window: the
# engines collect `navigator.mediaDevices` while nothing refers to it, and our functions on it. WebKit's
# captureStream sends only the first picture where no rate is given.
PREPARE = """
const canvas = document.createElement("canvas");
[canvas.width, canvas.height] = [1280, 720];
const context = canvas.getContext("2d");
const { mediaDevices, wakeLock } = navigator;
const props = (window.props = { canvas, mediaDevices, wakeLock, picture: null, seen: [], locks: [] });
mediaDevices.getUserMedia = async () => {
  if (props.picture === null) {
    throw new DOMException("refused by the test", "NotAllowedError");
  }
  return canvas.captureStream(10);
};
props.drawing = setInterval(() => props.picture && context.drawImage(props.picture, 0, 0), 50);

const request = wakeLock.request.bind(wakeLock);
wakeLock.request = async (kind) => {
  const lock = await request(kind);
  props.locks.push(lock);
  return lock;
};

const look = () => {
  const shown = document.querySelector("[data-testid=verdict], [data-testid=refusal]");
  if (shown === null) {
    return;
  }
  const { outcome, reason, source, phase, code } = shown.dataset;
  const [number] = /[0-9a-f]{4}…[0-9a-f]{4}/.exec(shown.textContent) ?? [];
  const word = shown.querySelector(".word");
  const { clientWidth } = document.documentElement; // a phone's scroll bar takes no width
  const share = word === null ? 0 : parseFloat(getComputedStyle(word).fontSize) / clientWidth;
  const now = { number, outcome, reason, source, phase, code, share };
  if (JSON.stringify(now) !== JSON.stringify(props.seen[props.seen.length - 1])) {
    props.seen.push(now);
  }
};
props.observer = new MutationObserver(look);
props.observer.observe(document, { subtree: true, childList: true, attributes: true });
"""
HOLD = """
const image = new Image();
image.src = `data:image/jpeg;base64,${arguments[0]}`;
return image.decode().then(() => void (window.props.picture = image));
"""
SEEN = """
const [wanted, from] = arguments;
const isWanted = (each) => Object.keys(wanted).every((name) => each[name] === wanted[name]);
const { seen } = window.props;
const place = seen.findIndex((each, at) => at >= from && isWanted(each));
return place < 0 ? null : { place, ...seen[place] };
"""
FIND = """
const found = document.querySelector(arguments[0]);
return found?.checkVisibility() ? found : null;
"""
FILL = """
const [selector, text] = arguments;
const field = document.querySelector(selector);
field?.focus();
return field !== null && document.execCommand("insertText", false, text);
"""
# For the error message of a wait that timed out.
PAGE_STATE = """
return JSON.stringify({ at: location.href, title: document.title, seen: window.props?.seen,
  camera: document.querySelector("[data-viewfinder]")?.dataset.camera,
  text: document.body.innerText.slice(0, 800) });
"""


class BrowserDriver:
    """One user's session on the site at this address, in one browser."""

    def __init__(self, remote: Remote, address: str) -> None:
        self._remote = remote
        self._address = address
        self._unseen_from = 0
        self.share = 0.0
        """How high the word of the answer seen last was, as a share of the window's width."""

    def go(self, path: str) -> None:
        """Open this page of the site."""
        self._remote.call("Navigate", url=f"{self._address}{path}")

    def reload(self) -> None:
        """Reload the page by script: Marionette's own command bypasses the service worker."""
        self.run("window.isOld = true; setTimeout(() => location.reload());")
        self.until("!window.isOld && document.readyState === 'complete'")

    def run(self, script: str, *arguments: Any) -> Any:
        """The result of this function body in the page; promises are awaited."""
        return self._remote.call("ExecuteScript", script=script, args=list(arguments))

    def until(self, expression: str) -> None:
        """Wait until this JavaScript expression is truthy; also across navigations."""
        self._until(lambda: self.run(f"return {expression};"), expression)

    def tap(self, selector: str) -> None:
        """Click this element with the browser's pointer as soon as it is clickable."""
        self._until(lambda: self._act("ElementClick", selector), selector)

    def choose(self, selector: str, file: str) -> None:
        """Choose this file in a file field. Not for text: a second try would type it twice."""
        self._until(lambda: self._act("ElementSendKeys", selector, text=file), selector)

    def fill(self, selector: str, text: str) -> None:
        """Insert this text at once: keys with gaps look like a stalled scanner."""
        self._until(lambda: self.run(FILL, selector, text), selector)

    def press(self, selector: str) -> None:
        """Move the pointer to this element and press its button without releasing it."""
        self._until(lambda: self.run(FIND, selector), selector)
        origin = self.run(FIND, selector)
        move = {"type": "pointerMove", "origin": origin, "x": 0, "y": 0, "duration": 0}
        actions = [move, {"type": "pointerDown", "button": 0}]
        self._remote.call("PerformActions", actions=[{"type": "pointer", "id": "mouse", "actions": actions}])

    def prepare(self) -> None:
        """Install the test's camera and its record of the stage in the open page."""
        self.run(PREPARE)
        self._unseen_from = 0

    def hold(self, jpeg: bytes) -> None:
        """Show this picture to the camera; before the first picture the camera is refused."""
        self.run(HOLD, base64.b64encode(jpeg).decode())

    def sees(self, **wanted: str) -> None:
        """Until this stood on the stage, after what was seen before."""
        seen = self._until(lambda: self.run(SEEN, wanted, self._unseen_from), str(wanted))
        self._unseen_from = seen["place"] + 1
        self.share = float(seen["share"])

    def _act(self, command: str, selector: str, **parameters: str) -> bool:
        found = self.run(FIND, selector)
        if found is not None:
            (element,) = found.values()
            self._remote.call(command, id=element, **parameters)
        return found is not None

    def _until(self, attempt: Callable[[], Any], what: str) -> Any:
        """What the attempt gives, as soon as that is something true; what was refused is tried again."""
        end = time.monotonic() + TIMEOUT_S
        refused = None
        while time.monotonic() < end:
            try:
                if given := attempt():
                    return given
            except EngineError as error:  # the page may be reloading, or the element moving
                refused = error
            time.sleep(PAUSE_S)
        raise AssertionError(f"not within {TIMEOUT_S:g} s: {what}; {self.run(PAGE_STATE)}") from refused
