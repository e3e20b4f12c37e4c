/** A button that a passing hand does not press: it has to be held, by finger, mouse or key. */

export const HOLD_MS = 3_000;

/**
 * Calls `act` when the element has been held so long. The hold goes on where the element moves away under the pointer.
 * @param {HTMLElement} element
 * @param {() => void} act
 * @param {{setTimeout(work: () => void, ms: number): number, clearTimeout(id: number): void}} timers
 */
export function onHold(element, act, timers) {
  let timer = 0;

  function begin() {
    end();
    element.toggleAttribute("data-held", true);
    timer = timers.setTimeout(() => {
      end();
      act();
    }, HOLD_MS);
  }

  function end() {
    timers.clearTimeout(timer);
    element.toggleAttribute("data-held", false);
  }

  element.addEventListener("pointerdown", (event) => {
    keepPointer(element, event.pointerId);
    begin();
  });
  element.addEventListener("keydown", (event) => {
    if (!event.repeat && (event.key === "Enter" || event.key === " ")) {
      begin();
    }
  });
  for (const name of ["pointerup", "pointercancel", "pointerleave", "lostpointercapture", "keyup", "blur"]) {
    element.addEventListener(name, end);
  }
  // A long press opens a menu on some tablets, which would end the hold.
  element.addEventListener("contextmenu", (event) => event.preventDefault());
}

/**
 * Until it is let go, this pointer's events come to the element, wherever the element and the pointer are.
 * @param {HTMLElement} element
 * @param {number} pointerId
 */
function keepPointer(element, pointerId) {
  try {
    element.setPointerCapture(pointerId);
  } catch {
    // It was let go already.
  }
}
