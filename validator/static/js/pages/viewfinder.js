/** The viewfinder's own state on the page: off, starting, on, or in trouble with words that help. */

/**
 * @typedef {import("../camera/supervisor.js").CameraState} CameraState
 * @typedef {import("../camera/trouble.js").Trouble} Trouble
 */

/** @type {Record<CameraState, string>} */
const SHOWN = { off: "off", starting: "starting", live: "on", restarting: "on", trouble: "trouble" };

/** @param {HTMLElement} root @param {CameraState} state */
export function drawCamera(root, state) {
  const place = /** @type {HTMLElement | null} */ (root.querySelector("[data-viewfinder]"));
  if (place) {
    place.dataset.camera = SHOWN[state];
  }
}

/** @param {HTMLElement} root @param {Trouble | null} trouble */
export function drawTrouble(root, trouble) {
  root.querySelector("[data-trouble-title]")?.replaceChildren(trouble?.title ?? "");
  root.querySelector("[data-trouble-next]")?.replaceChildren(trouble?.next ?? "");
}
